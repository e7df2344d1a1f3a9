package io.gpumq.trackb.spi;

import io.gpumq.kernels.LinkLayout;

/**
 * Where a device takes up the work on a ring, and how far it goes.
 *
 * @param first every sequence below is completed
 * @param resumeEnd sequences from here on are not completed; those from {@code first} up to here
 *     may be, and are looked at one by one
 * @param end the device ends before this sequence, having handled one message at a time: a trial;
 *     {@link #NEVER} for a ring at work as usual
 */
public record Resume(long first, long resumeEnd, long end) {
  public static final long NEVER = LinkLayout.NEVER;

  /** Of a ring that nobody has worked on. */
  public static Resume fresh(long firstSequence) {
    return new Resume(firstSequence, firstSequence, NEVER);
  }

  /** Whether this is to find out which message kills the device. */
  public boolean isTrial() {
    return end != NEVER;
  }
}
