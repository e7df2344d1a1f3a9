package io.gpumq.trackb.delivery;

import io.gpumq.api.QueueConfig;

/** What a sequence says: bits 56 to 59 are its lane, those below its position there. */
public final class Sequences {
  /** The lowest bit of the lane. */
  public static final int LANE_SHIFT = 56;

  private Sequences() {}

  /** Returns the lane that a sequence belongs to; the queue may have no such lane. */
  public static long lane(long sequence) {
    return sequence >>> LANE_SHIFT;
  }

  /**
   * Returns a sequence for an error: its number, and in a lane above 0 lane and position, too. A
   * number that is of no lane that a queue can have stands alone.
   */
  public static String show(long sequence) {
    long lane = lane(sequence);
    return lane == 0 || lane >= QueueConfig.MAX_LANES
        ? Long.toString(sequence)
        : sequence + " (lane " + lane + ", position " + (sequence & (1L << LANE_SHIFT) - 1) + ")";
  }
}
