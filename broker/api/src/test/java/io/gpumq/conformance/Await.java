package io.gpumq.conformance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for conditions, each with the same generous deadline. */
public final class Await {
  /** How long a test waits for what must come; {@code -Dgpumq.deadline=SECONDS} sets another. */
  public static final Duration DEADLINE = Duration.ofSeconds(Long.getLong("gpumq.deadline", 30));

  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private Await() {}

  /** Waits until {@code condition} holds. */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, condition, holds -> holds);
  }

  /** Waits until {@code source} gives a value that is {@code wanted}, and returns that. */
  public static <T> T until(String what, Callable<T> source, Predicate<T> wanted) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      T value = call(source);
      if (wanted.test(value)) {
        return value;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in " + DEADLINE + ": " + what + "; last seen: " + value);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Waits until {@code duration} is surely over, for leases and delays to run out. */
  public static void passed(Duration duration) {
    long start = System.nanoTime();
    until("time passing", () -> System.nanoTime() - start > duration.toNanos());
  }

  private static <T> T call(Callable<T> source) {
    try {
      return source.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
