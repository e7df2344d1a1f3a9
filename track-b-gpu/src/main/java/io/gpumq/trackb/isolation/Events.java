package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Events one after the other on a thread of their own, until it is closed. The thread is there from
 * the beginning, and neither its waits nor its end want memory: a pool loses its worker where it
 * finds none to wait with.
 */
final class Events {
  private static final Log LOG = Log.of(Events.class);

  /** Longer than any process lives, and still a moment when it is added to one. */
  private static final long MOST_NANOS = Long.MAX_VALUE / 2;

  /** Due so long after the first moment of these events. */
  private record Event(long dueNanos, long order, Runnable what) {}

  private final Consumer<Throwable> onFailure;
  private final long beginNanos = System.nanoTime();

  /** What is to come; guarded by this, as all below. */
  private final PriorityQueue<Event> coming =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::dueNanos).thenComparingLong(Event::order));

  private long posted;

  /** The last event, once it is known. */
  private Runnable last;

  private boolean ended;

  /** What the last event threw, if it did. */
  private RuntimeException failure;

  private Error error;

  /**
   * @param onFailure told of an event that failed, on the same thread
   */
  Events(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    Thread thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Does something when everything before is done.
   *
   * @return {@code false} after the end: it will not be done
   */
  boolean post(Runnable event) {
    return add(0, event);
  }

  /** Does something when so much time has passed, unless the end comes first. */
  void later(long millis, Runnable event) {
    if (!add(TimeUnit.MILLISECONDS.toNanos(millis), event)) {
      LOG.debug("an event after the end");
    }
  }

  private synchronized boolean add(long nanos, Runnable event) {
    if (last != null) {
      return false;
    }
    coming.add(new Event(nowNanos() + Math.min(nanos, MOST_NANOS), posted++, event));
    notifyAll();
    return true;
  }

  private long nowNanos() {
    return System.nanoTime() - beginNanos;
  }

  private void run() {
    while (true) {
      try {
        Runnable next = next();
        if (next == null) {
          break;
        }
        next.run();
      } catch (Throwable e) {
        tell(e);
      }
    }
    Runnable end;
    synchronized (this) {
      end = last;
      coming.clear(); // what waits for its time holds rings
    }
    RuntimeException failed = null;
    Error died = null;
    try {
      end.run();
    } catch (RuntimeException e) {
      failed = e;
    } catch (Error e) {
      died = e;
    }
    synchronized (this) {
      failure = failed;
      error = died;
      ended = true;
      notifyAll();
    }
  }

  private void tell(Throwable e) {
    try {
      onFailure.accept(e);
    } catch (Throwable again) { // the next event comes, whatever this one did
      LOG.debug("an event that failed could not be dealt with", again);
    }
  }

  /** Waits for the next event. Returns {@code null} when only the last is left. */
  private synchronized Runnable next() throws InterruptedException {
    while (true) {
      Event first = coming.peek();
      long left = first == null ? Long.MAX_VALUE : first.dueNanos - nowNanos();
      if (left <= 0) {
        return coming.poll().what;
      }
      if (last != null) {
        return null;
      }
      if (first == null) {
        wait();
      } else {
        wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      }
    }
  }

  /** Does something as the last event, and waits for it. Closing again waits for the same. */
  void close(Runnable last) {
    synchronized (this) {
      if (this.last == null) {
        this.last = last;
        notifyAll();
      }
    }
    awaitEnd();
  }

  /** Waits until the last event is done, and throws what it failed with. */
  synchronized void awaitEnd() {
    boolean interrupted = false;
    while (!ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (error != null) {
      throw error;
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits for what an event completes, and throws what it failed with. */
  static void await(CompletableFuture<Void> done) {
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
