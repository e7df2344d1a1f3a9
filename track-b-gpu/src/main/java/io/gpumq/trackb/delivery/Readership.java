package io.gpumq.trackb.delivery;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many consumers read mostly from one group, so that they can spread over those of a queue's
 * lanes. A hint: nothing depends on it. Safe for use by many threads.
 */
public final class Readership {
  private final AtomicInteger readers = new AtomicInteger();

  Readership() {}

  /** How many there are. */
  public int count() {
    return readers.get();
  }

  /** One more reads here from now on. */
  public void join() {
    readers.incrementAndGet();
  }

  /** One that has joined reads elsewhere, or ends. */
  public void leave() {
    readers.decrementAndGet();
  }
}
