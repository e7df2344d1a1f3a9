package io.gpumq.trackb.layout;

import io.gpumq.kernels.RingLayout;

/** The word that the host publishes a slot with; {@code ring_layout.h} draws its bits. */
public final class Descriptor {
  /** As many as the word has room for. */
  public static final int MAX_TRIES = RingLayout.MOST_TRIES;

  /** The bits that say what became of a message's handler. */
  private static final long FATE =
      (long) MAX_TRIES << RingLayout.TRIES_SHIFT | 255L << RingLayout.ERROR_SHIFT;

  private Descriptor() {}

  /** Of a message of {@code length} bytes. */
  public static long message(long sequence, int length) {
    return stamp(sequence) << RingLayout.STAMP_SHIFT | length;
  }

  /** Of a slot that was claimed, and its send given up. */
  public static long voided(long sequence) {
    return stamp(sequence) << RingLayout.STAMP_SHIFT | 1L << RingLayout.VOID_BIT;
  }

  public static boolean isVoid(long word) {
    return (word >> RingLayout.VOID_BIT & 1) != 0;
  }

  public static int length(long word) {
    return (int) word & (1 << RingLayout.LENGTH_BITS) - 1;
  }

  /** Runs of the handler that a device did not survive; 15 may be more. */
  public static int tries(long word) {
    return (int) (word >> RingLayout.TRIES_SHIFT) & MAX_TRIES;
  }

  /** Not 0 for a message that is not to be handled any more, but to fail with this code. */
  public static int error(long word) {
    return (int) (word >> RingLayout.ERROR_SHIFT) & 255;
  }

  /** A message's word, after a device died of it or beside it. */
  public static long after(long word, int tries, int error) {
    return word & ~FATE
        | (long) tries << RingLayout.TRIES_SHIFT
        | (long) error << RingLayout.ERROR_SHIFT;
  }

  /** Whether {@code word} is the one of {@code sequence}, not of another lap. */
  public static boolean isOf(long word, long sequence) {
    return word >>> RingLayout.STAMP_SHIFT == stamp(sequence);
  }

  /** Low 32 bits of sequence + 1: never that of another sequence still in the ring. */
  public static long stamp(long sequence) {
    return sequence + 1 & 0xffff_ffffL;
  }
}
