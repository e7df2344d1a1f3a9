package io.gpumq.trackb.delivery;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * How many consumers read mostly from one group, so that they can spread over those of a queue's
 * lanes. A hint: nothing depends on it. Safe for use by many threads.
 */
public final class Readership {
  private static final AtomicIntegerFieldUpdater<Readership> READERS =
      AtomicIntegerFieldUpdater.newUpdater(Readership.class, "readers");

  /** In this object itself: there is one for each group of each lane. */
  private volatile int readers;

  Readership() {}

  /** How many there are. */
  public int count() {
    return readers;
  }

  /** One more reads here from now on. */
  public void join() {
    READERS.incrementAndGet(this);
  }

  /** One that has joined reads elsewhere, or ends. */
  public void leave() {
    READERS.decrementAndGet(this);
  }
}
