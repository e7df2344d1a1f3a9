package io.gpumq.trackb.isolation;

/**
 * With processes that achieve nothing: each waits twice as long for the next as the one before,
 * until it is over. For one thread at a time.
 */
final class Patience {
  /** Processes in a row that achieve nothing before it is over. */
  static final int MOST_FRUITLESS = 5;

  private static final long FIRST_BACKOFF_MILLIS = 50;

  private int fruitless;

  /** One has achieved something, or had no time to. */
  void renew() {
    fruitless = 0;
  }

  /** One more has ended without. */
  void tried() {
    fruitless++;
  }

  boolean isOver() {
    return fruitless >= MOST_FRUITLESS;
  }

  /** How long to wait before the next is started; 0 if the last one achieved something. */
  long backoffMillis() {
    return fruitless == 0 ? 0 : FIRST_BACKOFF_MILLIS << fruitless - 1;
  }
}
