package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.COMPLETION_ERROR_SHIFT;
import static io.gpumq.kernels.LinkLayout.COMPLETION_TRIES_SHIFT;
import static io.gpumq.kernels.LinkLayout.MOST_TRIES;
import static io.gpumq.kernels.LinkLayout.PUSHED_BIT;
import static io.gpumq.kernels.LinkLayout.STAMP_SHIFT;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.STATUS_SHIFT;

/** The word that the device completes a slot with; {@code link/layout.h} draws its bits. */
public final class CompletionWord {
  private static final long STATUS_MASK = 3L << STATUS_SHIFT;

  private CompletionWord() {}

  public static long of(long sequence, int status, boolean pushed, int tries, int error) {
    return SlotWords.stamp(sequence) << STAMP_SHIFT
        | (long) error << COMPLETION_ERROR_SHIFT
        | (long) tries << COMPLETION_TRIES_SHIFT
        | (pushed ? 1L << PUSHED_BIT : 0)
        | (long) status << STATUS_SHIFT;
  }

  /** Whether {@code word} is the one of {@code sequence}, not of another lap. */
  public static boolean isOf(long word, long sequence) {
    return word >>> STAMP_SHIFT == SlotWords.stamp(sequence);
  }

  /** Whether it is, and says that all went well. */
  public static boolean isHandled(long word, long sequence) {
    return isOf(word, sequence) && (word & STATUS_MASK) == (long) STATUS_OK << STATUS_SHIFT;
  }

  /** One of {@code LinkLayout}'s STATUS constants. */
  public static int status(long word) {
    return (int) (word >> STATUS_SHIFT) & 3;
  }

  /** Whether the entry lies in the window. */
  public static boolean isPushed(long word) {
    return (word >> PUSHED_BIT & 1) != 0;
  }

  /** Runs of the handler. */
  public static int tries(long word) {
    return (int) (word >> COMPLETION_TRIES_SHIFT) & MOST_TRIES;
  }

  /** The handler's error code, where the status is failed. */
  public static int error(long word) {
    return (int) (word >> COMPLETION_ERROR_SHIFT) & 255;
  }
}
