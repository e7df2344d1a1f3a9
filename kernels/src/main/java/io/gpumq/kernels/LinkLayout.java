package io.gpumq.kernels;

/**
 * The layout of a ring's shared memory and of the entries that it carries: the Java twin of {@code
 * link/layout.h}, which draws it. A test holds every constant here against the constant of the same
 * name there.
 *
 * <p>Offsets and sizes are in bytes, shifts in bits.
 */
public final class LinkLayout {
  private LinkLayout() {}

  // --- The file

  public static final long MAGIC = 0x32514d5550470a1aL;
  public static final int VERSION = 2;
  public static final int PAGE_BYTES = 4096;
  public static final int HEADER_OFFSET = 0;
  public static final int CONTROL_OFFSET = 4096;
  public static final int HEADER_BYTES = 104;

  // --- The control block

  public static final int CONTROL_STRIDE = 128;
  public static final int HEAD = 0;
  public static final int STOP = 1;
  public static final int HEARTBEAT = 2;
  public static final int ERROR = 3;
  public static final int CONTROL_WORDS = 4;

  // --- Units and places

  /** Everything in ingress memory, arena and window is a multiple of so many bytes. */
  public static final int UNIT = 16;

  public static final int PLACE_BITS = 34;

  // --- Descriptor

  public static final int DESCRIPTOR_BYTES = 16;
  public static final int STAMP_SHIFT = 32;
  public static final int OP_SHIFT = 30;
  public static final int OP_CARRY = 0;
  public static final int OP_MOVE = 1;
  public static final int OP_READ = 2;
  public static final int OP_KEEP = 3;
  public static final int TRIES_SHIFT = 26;
  public static final int MOST_TRIES = 15;
  public static final int PUSH_BIT = 25;
  public static final int LENGTH_BITS = 25;
  public static final int MOST_LENGTH = 16777216;
  public static final int PLACE_SHIFT = 30;
  public static final int UNIT_SHIFT = 13;
  public static final int UNIT_BITS = 17;
  public static final int READ_UNITS = 4;
  public static final int EXTENSIONS_SHIFT = 11;
  public static final int CONDEMNED_BIT = 10;
  public static final int CHECK_SHIFT = 5;
  public static final int CHECK_MASK = 31;

  // --- Entry

  public static final int ENTRY_HEADER_BYTES = 16;
  public static final int ENTRY_EXTENSIONS_SHIFT = 25;
  public static final int ENTRY_STATUS_SHIFT = 27;
  public static final int ENTRY_TRIES_SHIFT = 29;
  public static final int ENTRY_ERROR_SHIFT = 33;
  public static final int ENTRY_RESULT_SHIFT = 41;
  public static final int ENTRY_RESULT_BITS = 21;
  public static final int ENTRY_KEYED_BIT = 62;
  public static final int ENTRY_FULL_ID_BIT = 63;
  public static final int ID_COUNT_BITS = 20;

  public static final int STATUS_MARK = 2;

  // --- Segment

  public static final int SEGMENT_HEADER_BYTES = 64;
  public static final int SEGMENT_MAGIC = 0x4753514d;
  public static final int SEGMENT_VERSION = 2;
  public static final int SEGMENT_SEALED = 1;
  public static final int SEGMENT_OWN = 2;
  public static final int SEGMENT_CLEANED = 4;
  public static final int SEGMENT_VERSION_OFFSET = 4;
  public static final int SEGMENT_FLAGS_OFFSET = 6;
  public static final int SEGMENT_QUEUE_OFFSET = 8;
  public static final int SEGMENT_LIVE_OFFSET = 12;
  public static final int SEGMENT_EPOCH_OFFSET = 16;
  public static final int SEGMENT_FIRST_OFFSET = 24;
  public static final int SEGMENT_END_OFFSET = 32;
  public static final int SEGMENT_BASE_OFFSET = 40;
  public static final int SEGMENT_LAST_OFFSET = 44;
  public static final int SEGMENT_ENTRIES_OFFSET = 48;
  public static final int SEGMENT_UNITS_OFFSET = 52;
  public static final int SEGMENT_KILOBYTES_OFFSET = 56;
  public static final int SEGMENT_CHECKSUM_OFFSET = 60;

  // --- Completion word

  public static final int COMPLETION_ERROR_SHIFT = 24;
  public static final int COMPLETION_TRIES_SHIFT = 20;
  public static final int PUSHED_BIT = 19;
  public static final int STATUS_SHIFT = 17;
  public static final int STATUS_OK = 0;
  public static final int STATUS_FAILED = 1;
  public static final int ERROR_FAULT = 255;

  // --- Express cells

  public static final int CELL_BYTES = 32;
  public static final int CELL_PAYLOAD = 24;
  public static final int EXPRESS_SLOTS = 16;
  public static final int EXPRESS_PAYLOAD = 4096;
  public static final int EXPRESS_TEXT_BITS = 13;

  // --- State word of a slot, in the arena

  public static final int LAP_SHIFT = 8;
  public static final int EMPTY = 0;
  public static final int READY = 1;
  public static final int INFLIGHT = 2;
  public static final int DONE = 3;

  // --- Error word

  public static final int ERROR_CODE_SHIFT = 56;
  public static final int ERROR_STAMP = 1;
  public static final int ERROR_STATE = 2;
  public static final int ERROR_PLACE = 3;

  // --- The kernel's parameter and the device's own words

  public static final int RING_BYTES = 168;
  public static final long NEVER = Long.MAX_VALUE;
  public static final int MIRROR_BYTES = 768;
  public static final int MIRROR_TICKETS = 0;
  public static final int MIRROR_HEAD = 128;
}
