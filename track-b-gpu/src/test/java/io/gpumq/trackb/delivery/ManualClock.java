package io.gpumq.trackb.delivery;

import java.util.function.LongSupplier;

/** A clock that stands still until it is told to go on. */
final class ManualClock implements LongSupplier {
  private long nanos;

  ManualClock(long nanos) {
    this.nanos = nanos;
  }

  void advance(long by) {
    nanos += by;
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}
