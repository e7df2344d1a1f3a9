package io.gpumq.trackb.link;

import java.util.function.LongSupplier;

/**
 * Where handlers run in the order of keys: tells for each message of a lane which one it comes
 * after, the last before it whose key is in the same of 256 buckets. For the holder of the lane's
 * lock.
 */
public final class KeyOrder {
  private static final int BUCKET_BITS = 8;

  /** Spreads keys that differ in a few bits over the upper ones: 2 to the 64, golden cut. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final LongSupplier landed;

  /** For each bucket one more than the ring's sequence of its last message, or 0. */
  private final long[] last = new long[1 << BUCKET_BITS];

  /**
   * @param landed below which ring sequence all has landed
   */
  public KeyOrder(LongSupplier landed) {
    this.landed = landed;
  }

  /**
   * Notes a message, and tells what it comes after.
   *
   * @param slot its sequence in the ring
   * @return one more than that one's sequence in the ring; 0 if there is none, or it has landed
   */
  long note(long key, long slot) {
    int bucket = (int) (key * SPREAD >>> Long.SIZE - BUCKET_BITS);
    long after = last[bucket];
    last[bucket] = slot + 1;
    return after <= landed.getAsLong() ? 0 : after;
  }
}
