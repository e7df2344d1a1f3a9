package io.gpumq.trackb.isolation;

import java.time.Duration;

/**
 * How long to go on with tries that achieve nothing. The pause doubles from try to try, up to a
 * limit. For one thread at a time.
 */
final class Patience {
  /** Tries in a row that achieve nothing before it may be over. */
  static final int MOST_FRUITLESS = 5;

  private static final long FIRST_BACKOFF_MILLIS = 50;
  private static final long MOST_BACKOFF_MILLIS = 10_000;
  private static final int MOST_DOUBLINGS = 10;

  private final long leastNanos;
  private int fruitless;
  private long firstNanos;

  /** One that is over after {@value #MOST_FRUITLESS} fruitless tries. */
  Patience() {
    this(Duration.ZERO);
  }

  /** One that is not over, either, before so much time has passed since the first of them. */
  Patience(Duration least) {
    leastNanos = least.toNanos();
  }

  /** One has achieved something, or had no time to. */
  void renew() {
    fruitless = 0;
  }

  /** One more has ended without. */
  void tried() {
    if (fruitless == 0) {
      firstNanos = System.nanoTime();
    }
    fruitless++;
  }

  boolean isOver() {
    return fruitless >= MOST_FRUITLESS && System.nanoTime() - firstNanos >= leastNanos;
  }

  /** How long to wait before the next try; 0 if the last one achieved something. */
  long backoffMillis() {
    return fruitless == 0
        ? 0
        : Math.min(
            FIRST_BACKOFF_MILLIS << Math.min(fruitless - 1, MOST_DOUBLINGS), MOST_BACKOFF_MILLIS);
  }
}
