package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.ENTRY_ERROR_SHIFT;
import static io.gpumq.kernels.LinkLayout.ENTRY_EXTENSIONS_SHIFT;
import static io.gpumq.kernels.LinkLayout.ENTRY_FULL_ID_BIT;
import static io.gpumq.kernels.LinkLayout.ENTRY_KEYED_BIT;
import static io.gpumq.kernels.LinkLayout.ENTRY_RESULT_BITS;
import static io.gpumq.kernels.LinkLayout.ENTRY_RESULT_SHIFT;
import static io.gpumq.kernels.LinkLayout.ENTRY_STATUS_SHIFT;
import static io.gpumq.kernels.LinkLayout.ENTRY_TRIES_SHIFT;
import static io.gpumq.kernels.LinkLayout.ID_COUNT_BITS;
import static io.gpumq.kernels.LinkLayout.LENGTH_BITS;
import static io.gpumq.kernels.LinkLayout.STATUS_MARK;
import static io.gpumq.kernels.LinkLayout.UNIT;

/** The 16 bytes before each entry; {@code link/layout.h} draws them. */
public final class EntryHeader {
  private EntryHeader() {}

  /** Units of so many bytes. */
  public static int units(int bytes) {
    return (bytes + UNIT - 1) / UNIT;
  }

  /** The first word of an entry that is handled at the first try. */
  public static long handled(int length, boolean hasKey, int resultBytes) {
    return length
        | (hasKey ? 1L << ENTRY_EXTENSIONS_SHIFT | 1L << ENTRY_KEYED_BIT : 0)
        | 1L << ENTRY_TRIES_SHIFT
        | (long) resultBytes << ENTRY_RESULT_SHIFT;
  }

  /**
   * The first word of a dead letter, which no handler saw: its last extension tells of it, and in
   * the place of a result lie texts.
   */
  public static long letter(int length, boolean hasKey, int textBytes) {
    return handled(length, hasKey, textBytes) + (1L << ENTRY_EXTENSIONS_SHIFT);
  }

  /** Whether there is an extension behind those that the header's bits tell of: a letter's. */
  public static boolean isLetter(long word) {
    int told = (int) (word >>> ENTRY_KEYED_BIT & 1) + (int) (word >>> ENTRY_FULL_ID_BIT & 1);
    return extensions(word) > told;
  }

  /** The first word of an entry of which something else became; its kinds of extensions stay. */
  public static long corrected(long word, int status, int tries, int error) {
    long kinds = word & (1L << ENTRY_KEYED_BIT | 1L << ENTRY_FULL_ID_BIT);
    return kinds
        | length(word)
        | (long) extensions(word) << ENTRY_EXTENSIONS_SHIFT
        | (long) status << ENTRY_STATUS_SHIFT
        | (long) tries << ENTRY_TRIES_SHIFT
        | (long) error << ENTRY_ERROR_SHIFT
        | (long) resultBytes(word) << ENTRY_RESULT_SHIFT;
  }

  /** The first word of a mark, which is no entry: the second is the sequence of the next one. */
  public static long mark() {
    return (long) STATUS_MARK << ENTRY_STATUS_SHIFT;
  }

  /** Whether it is a mark's. */
  public static boolean isMark(long word) {
    return (word >> ENTRY_STATUS_SHIFT & 3) == STATUS_MARK;
  }

  /** The second word: when it was sent, and which of that millisecond's it is. */
  public static long id(long millis, int count) {
    return millis << ID_COUNT_BITS | count;
  }

  public static int length(long word) {
    return (int) word & (1 << LENGTH_BITS) - 1;
  }

  public static int extensions(long word) {
    return (int) (word >> ENTRY_EXTENSIONS_SHIFT) & 3;
  }

  public static boolean hasKey(long word) {
    return (word >> ENTRY_KEYED_BIT & 1) != 0;
  }

  /** Bytes behind the payload: the handler's result, or a letter's texts. */
  public static int resultBytes(long word) {
    return (int) (word >> ENTRY_RESULT_SHIFT) & (1 << ENTRY_RESULT_BITS) - 1;
  }

  public static long millis(long id) {
    return id >>> ID_COUNT_BITS;
  }
}
