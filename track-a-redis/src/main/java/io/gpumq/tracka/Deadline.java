package io.gpumq.tracka;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations as points of {@link System#nanoTime()}. */
final class Deadline {
  private static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(365L * 100);
  private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);

  private Deadline() {}

  /** When {@code wait} will be over; a century stands for anything longer. */
  static long in(Duration wait) {
    return System.nanoTime()
        + (wait.compareTo(LONGEST) >= 0 ? LONGEST_NANOS : Math.max(0, wait.toNanos()));
  }

  /** Whole milliseconds, rounded up. */
  static long millisUp(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }
}
