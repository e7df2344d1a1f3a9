package io.gpumq.trackb.layout;

import io.gpumq.kernels.RingLayout;

/** The word that the device completes a slot with; {@code ring_layout.h} draws its bits. */
public final class Completion {
  private Completion() {}

  public static long word(
      long sequence, int length, int status, boolean pushed, int tries, int error) {
    return Descriptor.stamp(sequence) << RingLayout.STAMP_SHIFT
        | (long) error << RingLayout.ERROR_SHIFT
        | (long) tries << RingLayout.TRIES_SHIFT
        | (pushed ? 1L << RingLayout.PUSHED_BIT : 0)
        | (long) status << RingLayout.STATUS_SHIFT
        | length;
  }

  /** Whether {@code word} is the one of {@code sequence}, not of another lap. */
  public static boolean isOf(long word, long sequence) {
    return Descriptor.isOf(word, sequence);
  }

  /** Payload length in bytes. */
  public static int length(long word) {
    return Descriptor.length(word);
  }

  /** One of {@link RingLayout}'s STATUS constants. */
  public static int status(long word) {
    return (int) (word >> RingLayout.STATUS_SHIFT) & 3;
  }

  /** Whether payload and result lie in the window. */
  public static boolean isPushed(long word) {
    return (word >> RingLayout.PUSHED_BIT & 1) != 0;
  }

  /** Runs of the handler. */
  public static int tries(long word) {
    return (int) (word >> RingLayout.TRIES_SHIFT) & 15;
  }

  /** The handler's error code, where the status is failed. */
  public static int error(long word) {
    return (int) (word >> RingLayout.ERROR_SHIFT) & 255;
  }
}
