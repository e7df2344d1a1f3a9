package io.gpumq.trackb.delivery;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A figure that is written under a lock and read without. The lock orders its writers, and its end
 * shows the figure to everyone: a fence of its own for each would only take time.
 */
final class Count {
  private final AtomicLong value = new AtomicLong();

  /** For the holder of the lock. */
  void add(long more) {
    value.setRelease(value.getPlain() + more);
  }

  long get() {
    return value.get();
  }
}
