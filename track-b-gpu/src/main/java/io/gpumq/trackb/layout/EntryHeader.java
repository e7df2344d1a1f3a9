package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.UNIT;

/** The 16 bytes before each entry; {@code link/layout.h} draws them. */
public final class EntryHeader {
  private static final int LENGTH_BITS = 25;
  private static final int EXTENSIONS_SHIFT = 25;
  private static final int STATUS_SHIFT = 27;
  private static final int TRIES_SHIFT = 29;
  private static final int ERROR_SHIFT = 33;
  private static final int RESULT_SHIFT = 41;
  private static final int RESULT_BITS = 21;
  private static final int KEYED_BIT = 62;
  private static final int MILLIS_SHIFT = 20;

  private EntryHeader() {}

  /** Units of so many bytes. */
  public static int units(int bytes) {
    return (bytes + UNIT - 1) / UNIT;
  }

  /** The first word of an entry that is handled at the first try. */
  public static long handled(int length, boolean hasKey, int resultBytes) {
    return length
        | (hasKey ? 1L << EXTENSIONS_SHIFT | 1L << KEYED_BIT : 0)
        | 1L << TRIES_SHIFT
        | (long) resultBytes << RESULT_SHIFT;
  }

  /** The second word: when it was sent, and which of that millisecond's it is. */
  public static long id(long millis, int count) {
    return millis << MILLIS_SHIFT | count;
  }

  public static int length(long word) {
    return (int) word & (1 << LENGTH_BITS) - 1;
  }

  public static int extensions(long word) {
    return (int) (word >> EXTENSIONS_SHIFT) & 3;
  }

  public static boolean hasKey(long word) {
    return (word >> KEYED_BIT & 1) != 0;
  }

  public static int resultBytes(long word) {
    return (int) (word >> RESULT_SHIFT) & (1 << RESULT_BITS) - 1;
  }

  public static long millis(long id) {
    return id >>> MILLIS_SHIFT;
  }
}
