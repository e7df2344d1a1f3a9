package io.gpumq.tracka;

import io.gpumq.api.GpuMqException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.waiting.Bell;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Whether a queue is open, draining, closed or failed, and the bell that wakes who waits for
 * something in this process to change. Safe for use by many threads.
 */
final class Health {
  private enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  private final String queue;
  private final Bell bell;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile State state = State.OPEN;
  private volatile TrackFailedException failure;
  private final AtomicLong rings = new AtomicLong();
  private volatile int waiting; // written under the lock

  /**
   * @param bell is rung, too
   */
  Health(String queue, Bell bell) {
    this.queue = queue;
    this.bell = bell;
  }

  /**
   * Does what one thread at a time does; any thread may end that. A queue that closes breaks the
   * connection: then the caller hears that it is closed.
   *
   * @param requireOpen throws if it was ended, or the queue is closed or has failed
   */
  static <T, E extends Exception> T inside(
      Entrance entrance, Runnable requireOpen, Entrance.Call<T, E> call) throws E {
    return entrance.inside(
        requireOpen,
        () -> {
          try {
            return call.run();
          } catch (JedisException e) {
            requireOpen.run();
            throw e;
          }
        });
  }

  /** Throws if nothing may be sent any more. */
  void requireIntake() {
    requireNotFailed();
    if (state != State.OPEN) {
      throw closed();
    }
  }

  /** Throws if nothing may be polled or settled any more. */
  void requireOpen() {
    requireNotFailed();
    if (state == State.CLOSED) {
      throw closed();
    }
  }

  private void requireNotFailed() {
    TrackFailedException cause = failure;
    if (cause != null && state != State.CLOSED) {
      // A new exception for each caller: its trace says who was told.
      throw new TrackFailedException(cause.getMessage(), cause);
    }
  }

  private QueueClosedException closed() {
    return new QueueClosedException("queue " + queue + " is closed");
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  boolean isFailed() {
    return failure != null;
  }

  void drain() {
    state = State.DRAINING;
    ring();
  }

  void close() {
    state = State.CLOSED;
    ring();
  }

  /** Marks the queue failed, unless it is closed; what to throw in either case. */
  GpuMqException fail(String message, Throwable cause) {
    if (isClosed()) {
      return closed();
    }
    TrackFailedException error = new TrackFailedException(message, cause);
    if (failure == null) {
      failure = error;
    }
    ring();
    return error;
  }

  /** What those hear who wait without a thread. */
  Bell bell() {
    return bell;
  }

  /** Wakes every waiter to look again. */
  void ring() {
    rings.incrementAndGet();
    bell.ring();
    if (waiting > 0) { // read after the ring is counted, as await reads them the other way round
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Whether someone waits for the bell. */
  boolean hasWaiters() {
    return waiting > 0;
  }

  /** How often the bell has rung: take it before you look at what you wait for. */
  long rings() {
    return rings.get();
  }

  /**
   * Waits until the bell has rung more often than {@code heard}, {@code maxNanos} at most. Look
   * again afterwards, whatever happened.
   */
  void await(long heard, long maxNanos) throws InterruptedException {
    lock.lock();
    try {
      waiting++;
      if (rings.get() == heard) {
        changed.awaitNanos(maxNanos);
      }
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /** As {@link #await}, for those that may not be interrupted. */
  void awaitUninterruptibly(long heard, long maxNanos) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + maxNanos;
    try {
      for (long left = maxNanos; left > 0; left = deadline - System.nanoTime()) {
        try {
          await(heard, left);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
