package io.gpumq.trackb.ring;

import io.gpumq.kernels.RingLayout;

/** The word that the host publishes a slot with; {@code ring_layout.h} draws its bits. */
public final class Descriptor {
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

  /** Whether {@code word} is the one of {@code sequence}, not of another lap. */
  public static boolean isOf(long word, long sequence) {
    return word >>> RingLayout.STAMP_SHIFT == stamp(sequence);
  }

  /** Low 32 bits of sequence + 1: never that of another sequence still in the ring. */
  static long stamp(long sequence) {
    return sequence + 1 & 0xffff_ffffL;
  }
}
