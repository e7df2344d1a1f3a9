package io.gpumq.reference;

import io.gpumq.spi.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets one thread at a time do something, and sees to it before that time has passed. */
abstract class Locked {
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** What runs under the lock; may wait there. */
  interface Guarded<T, E extends Exception> {
    T run() throws E;
  }

  private final ReentrantLock lock;
  final Condition changed;

  /**
   * @param changed of the lock
   */
  Locked(ReentrantLock lock, Condition changed) {
    this.lock = lock;
    this.changed = changed;
  }

  /** Does what is due by now. Under the lock. */
  abstract void letTimePass();

  <T, E extends Exception> T locked(Guarded<T, E> action) throws E {
    lock.lock();
    try {
      letTimePass();
      return action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: waits until {@code condition} or the deadline; says whether it holds. */
  boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      long left = deadline.remainingNanos();
      if (left <= 0) {
        return false;
      }
      changed.awaitNanos(Math.min(left, TICK_NANOS));
      letTimePass();
    }
    return true;
  }

  void wakeAll() {
    locked(
        () -> {
          changed.signalAll();
          return null;
        });
  }
}
