package io.gpumq.spi;

import io.gpumq.api.CloseReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Makes one close of a queue, however many call for it. The first does the work, a later one may
 * cut its drain short, and all get the same outcome. Safe for use by many threads.
 */
public final class Closing {
  private final CompletableFuture<CloseReport> outcome = new CompletableFuture<>();

  /** Guarded by this object when written. */
  private volatile Deadline drain;

  private Closing(Duration drain) {
    this.drain = Deadline.after(drain);
  }

  /**
   * Closes, or joins the close that is under way or over.
   *
   * @param place where the queue keeps its close, {@code null} in it before the first
   * @param drain how long to wait at most, zero or more, of any length
   * @param work what the first caller does; what it throws, every caller gets
   * @return the report of {@code work}
   * @throws io.gpumq.api.ConfigException if {@code drain} is negative; nothing is closed then
   */
  public static CloseReport close(
      AtomicReference<Closing> place, Duration drain, Function<Closing, CloseReport> work) {
    Deadline.require("drain", drain);
    Closing own = new Closing(drain);
    Closing closing = place.compareAndExchange(null, own);
    if (closing == null) {
      closing = own;
      try {
        own.outcome.complete(work.apply(own));
      } catch (Throwable e) {
        own.outcome.completeExceptionally(e);
      }
    } else {
      closing.cutShort(drain);
    }
    return closing.join();
  }

  /** Returns whether a close has come to its end, well or not. */
  public static boolean isOver(AtomicReference<Closing> place) {
    Closing closing = place.get();
    return closing != null && closing.outcome.isDone();
  }

  /** Lets the drain last no longer than {@code longest} from now. */
  private synchronized void cutShort(Duration longest) {
    Deadline other = Deadline.after(longest);
    if (other.remainingNanos() < drain.remainingNanos()) {
      drain = other;
    }
  }

  /** Returns whether the time to drain is over. */
  public boolean isOver() {
    return drain.isPassed();
  }

  private CloseReport join() {
    return outcome(outcome);
  }

  /** Waits for a report and returns it, or throws the failure itself. */
  public static CloseReport outcome(CompletableFuture<CloseReport> report) {
    try {
      return report.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
