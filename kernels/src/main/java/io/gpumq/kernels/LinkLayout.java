package io.gpumq.kernels;

/**
 * The layout of a ring's shared memory and the words in it: the twin of {@code link/layout.h},
 * where they are drawn and described.
 */
public final class LinkLayout {
  private LinkLayout() {}

  public static final long MAGIC = 0x32514d5550470a1aL;
  public static final int VERSION = 2;
  public static final int PAGE_BYTES = 4096;
  public static final int CONTROL_OFFSET = 4096;
  public static final int CONTROL_STRIDE = 128;
  public static final int HEAD = 0;
  public static final int STOP = 1;
  public static final int HEARTBEAT = 2;
  public static final int ERROR = 3;
  public static final int CONTROL_WORDS = 4;

  /** Everything in ingress memory, store and window is a multiple of so many bytes. */
  public static final int UNIT = 16;

  public static final int DESCRIPTOR_BYTES = 16;
  public static final int STAMP_SHIFT = 32;
  public static final int OP_SHIFT = 30;
  public static final int OP_CARRY = 0;
  public static final int OP_READ = 1;
  public static final int OP_VOID = 2;
  public static final int TRIES_SHIFT = 26;
  public static final int MOST_TRIES = 15;
  public static final int PUSH_BIT = 25;
  public static final int LENGTH_BITS = 25;
  public static final int PLACE_SHIFT = 30;
  public static final int UNIT_SHIFT = 13;
  public static final int UNIT_BITS = 17;
  public static final int EXTENSIONS_SHIFT = 11;
  public static final int CONDEMNED_BIT = 10;
  public static final int CHECK_SHIFT = 5;
  public static final int CHECK_MASK = 31;

  public static final int COMPLETION_ERROR_SHIFT = 24;
  public static final int COMPLETION_TRIES_SHIFT = 20;
  public static final int PUSHED_BIT = 19;
  public static final int STATUS_SHIFT = 17;
  public static final int STATUS_OK = 0;
  public static final int STATUS_FAILED = 1;
  public static final int STATUS_VOID = 2;

  public static final int CELL_BYTES = 32;
  public static final int CELL_PAYLOAD = 24;
  public static final int EXPRESS_SLOTS = 16;
  public static final int EXPRESS_PAYLOAD = 4096;
  public static final int EXPRESS_TEXT_BITS = 13;

  public static final int LAP_SHIFT = 8;
  public static final int EMPTY = 0;
  public static final int READY = 1;
  public static final int INFLIGHT = 2;
  public static final int DONE = 3;
}
