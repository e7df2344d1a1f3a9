package io.gpumq.soak.bench;

import org.HdrHistogram.Histogram;

/** A distribution of times in microseconds, to three significant digits. */
public record Percentiles(double p50, double p95, double p99, double p99_9, double max) {
  private static final long LONGEST_NS = 3_600_000_000_000L;

  /** A histogram of nanoseconds, up to an hour. */
  public static Histogram newHistogram() {
    return new Histogram(LONGEST_NS, 3);
  }

  /** Records a time; one beyond the histogram's range as its end. */
  public static void record(Histogram histogram, long nanos) {
    histogram.recordValue(within(nanos));
  }

  /** Records {@code count} equal times. */
  static void record(Histogram histogram, long nanos, long count) {
    histogram.recordValueWithCount(within(nanos), count);
  }

  private static long within(long nanos) {
    return Math.min(Math.max(0, nanos), LONGEST_NS);
  }

  /** Those of a histogram of nanoseconds. */
  public static Percentiles of(Histogram histogram) {
    return new Percentiles(
        micros(histogram, 50),
        micros(histogram, 95),
        micros(histogram, 99),
        micros(histogram, 99.9),
        micros(histogram, 100));
  }

  private static double micros(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1000.0;
  }
}
