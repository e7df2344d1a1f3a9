package io.gpumq.tracka;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps a group's moves apart from what its consumers do. A move forgets all that is pending: what
 * was fetched before it is neither counted nor settled after it. Safe for use by many threads.
 */
final class Moves {
  private final ReadWriteLock fetches = new ReentrantReadWriteLock();
  private final ReadWriteLock batches = new ReentrantReadWriteLock();
  private volatile int count; // written with both write locks held

  /** How often the group was moved. Does not change while one of the locks below is held. */
  int count() {
    return count;
  }

  /** Held by many at a time, from a fetch in Redis until it is counted here. */
  Lock fetching() {
    return fetches.readLock();
  }

  /** Held by many at a time, while each looks what it may acknowledge and does so in Redis. */
  Lock acknowledging() {
    return batches.readLock();
  }

  /** Held by one, and nobody acknowledges a batch, while it marks an entry as refused. */
  Lock refusing() {
    return batches.writeLock();
  }

  /** Moves the group while nobody is at any of these. */
  void move(Runnable inRedisAndHere) {
    still(
        () -> {
          count++;
          inRedisAndHere.run();
        });
  }

  /** Runs something while nobody is at any of these: what Redis has and what is counted agree. */
  void still(Runnable action) {
    fetches.writeLock().lock();
    try {
      batches.writeLock().lock();
      try {
        action.run();
      } finally {
        batches.writeLock().unlock();
      }
    } finally {
      fetches.writeLock().unlock();
    }
  }
}
