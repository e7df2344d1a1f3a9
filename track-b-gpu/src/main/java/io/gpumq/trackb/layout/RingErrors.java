package io.gpumq.trackb.layout;

import io.gpumq.kernels.LinkLayout;

/**
 * The control block's error word in words. It has no room for the lane: those who know the ring
 * name it.
 */
public final class RingErrors {
  private RingErrors() {}

  /** Returns what a word other than 0 says. */
  public static String describe(long word) {
    int code = (int) (word >>> LinkLayout.ERROR_CODE_SHIFT);
    long position = word & (1L << LinkLayout.ERROR_CODE_SHIFT) - 1;
    String what =
        switch (code) {
          case LinkLayout.ERROR_STAMP -> "a published slot does not carry its stamp";
          case LinkLayout.ERROR_PLACE -> "a slot names a place outside the store or the window";
          case LinkLayout.ERROR_STATE -> "a slot is not in the state that its owner left it in";
          default -> "unknown error " + code;
        };
    return "the ring is broken at position "
        + position
        + ": "
        + what
        + "; this is a defect of GpuMQ, or memory was overwritten";
  }
}
