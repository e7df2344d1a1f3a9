package io.gpumq.kernels;

/**
 * The layout of a queue's shared memory: the Java twin of {@code ring_layout.h}, which draws it. A
 * test holds every constant here against the constant of the same name there.
 *
 * <p>Offsets and sizes are in bytes, shifts in bits.
 */
public final class RingLayout {
  private RingLayout() {}

  // --- The file

  /** First eight bytes of the file. */
  public static final long MAGIC = 0x31514d5550470a1aL;

  /** Version of the layout. A file of another version is refused. */
  public static final int VERSION = 1;

  public static final int PAGE_BYTES = 4096;
  public static final int HEADER_OFFSET = 0;
  public static final int CONTROL_OFFSET = 4096;
  public static final int HEADER_BYTES = 136;

  // --- The control block

  public static final int CONTROL_STRIDE = 128;
  public static final int HEAD = 0;
  public static final int PUSH_LIMIT = 1;
  public static final int STOP = 2;
  public static final int HEARTBEAT = 3;
  public static final int ERROR = 4;
  public static final int CONTROL_WORDS = 5;

  // --- Descriptor word

  public static final int STAMP_SHIFT = 32;
  public static final int LENGTH_BITS = 17;
  public static final int VOID_BIT = 17;

  // --- Completion word

  public static final int STATUS_SHIFT = 17;
  public static final int STATUS_OK = 0;
  public static final int STATUS_FAILED = 1;
  public static final int STATUS_VOID = 2;
  public static final int PUSHED_BIT = 19;
  public static final int TRIES_SHIFT = 20;
  public static final int MOST_TRIES = 15;
  public static final int ERROR_SHIFT = 24;

  // --- Express cells

  public static final int CELL_BYTES = 32;
  public static final int CELL_PAYLOAD = 24;
  public static final int EXPRESS_SLOTS = 16;
  public static final int EXPRESS_RESULT_CELLS = 2;
  public static final int EXPRESS_PAYLOAD = 4096;
  public static final int EXPRESS_LENGTH_BITS = 13;

  // --- State word

  public static final int LAP_SHIFT = 8;
  public static final int EMPTY = 0;
  public static final int READY = 1;
  public static final int INFLIGHT = 2;
  public static final int DONE = 3;

  // --- Error word

  public static final int ERROR_CODE_SHIFT = 56;
  public static final int ERROR_STAMP = 1;
  public static final int ERROR_STATE = 2;

  // --- The kernel's parameter and the device's own words

  public static final int RING_BYTES = 168;
  public static final long NEVER = Long.MAX_VALUE;
  public static final int MIRROR_BYTES = 896;
  public static final int MIRROR_TICKETS = 0;
  public static final int MIRROR_HEAD = 128;
}
