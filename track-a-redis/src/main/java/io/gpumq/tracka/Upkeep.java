package io.gpumq.tracka;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Log;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks now and then at the queues of a track whose messages go by their age: nobody else may come
 * by. It has one thread, which is there while there are such queues. Safe for use by many threads.
 */
final class Upkeep {
  private static final Log LOG = Log.of(Upkeep.class);
  private static final long LEAST_PAUSE_NANOS = 100_000_000;

  /** Of an age, so much longer a message may stay. */
  private static final int PART_OF_AGE = 64;

  /** When each queue is looked at next, on {@link System#nanoTime}. Guarded by this. */
  private final Map<RedisQueue, Long> next = new HashMap<>();

  private boolean isRunning; // guarded by this

  /** Looks at a queue from now on. */
  synchronized void add(RedisQueue queue) {
    next.put(queue, System.nanoTime());
    notifyAll();
    if (!isRunning) {
      isRunning = true;
      Thread thread = new Thread(this::run, "gpumq-redis-ages");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Looks at a queue no more. */
  synchronized void remove(RedisQueue queue) {
    if (next.remove(queue) != null) {
      notifyAll();
    }
  }

  private void run() {
    for (RedisQueue due = awaitDue(); due != null; due = awaitDue()) {
      try {
        due.letAgedGo();
      } catch (QueueClosedException | TrackFailedException e) {
        // Who uses it hears of that.
      } catch (RuntimeException e) {
        LOG.error("looking at queue '" + due.name() + "' for its age", e);
      }
    }
  }

  /** Returns the next that is to be looked at, or {@code null}: there is none any more. */
  private synchronized RedisQueue awaitDue() {
    while (!next.isEmpty()) {
      long now = System.nanoTime();
      var first =
          next.entrySet().stream()
              .min((a, b) -> Long.signum(a.getValue() - b.getValue()))
              .orElseThrow();
      if (first.getValue() - now <= 0) {
        first.setValue(now + pauseNanos(first.getKey()));
        return first.getKey();
      }
      try {
        wait((first.getValue() - now) / 1_000_000 + 1);
      } catch (InterruptedException e) {
        break; // the process wants its threads to end
      }
    }
    isRunning = false;
    return null;
  }

  private static long pauseNanos(RedisQueue queue) {
    Duration age = queue.config().retention().age().dividedBy(PART_OF_AGE);
    Duration most = Duration.ofDays(1);
    return Math.max(LEAST_PAUSE_NANOS, (age.compareTo(most) < 0 ? age : most).toNanos());
  }
}
