package io.gpumq.soak.bench;

/**
 * When each message of an open-loop stage is to be sent. Producers take turns: at a rate of R over
 * P producers, message k of producer p is due (k P + p) / R seconds after the start. Immutable.
 */
final class Schedule {
  private final long startNanos;
  private final double intervalNanos;
  private final long[] first;
  private final long perProducer;

  /**
   * @param first sequence of each producer's first message here
   * @param perProducer messages of each producer, 1 or more
   */
  Schedule(long startNanos, double rate, long[] first, long perProducer) {
    this.startNanos = startNanos;
    this.intervalNanos = 1e9 / rate;
    this.first = first.clone();
    this.perProducer = perProducer;
  }

  long startNanos() {
    return startNanos;
  }

  /** The sequence after the last one of this producer. */
  long end(int producer) {
    return first[producer] + perProducer;
  }

  /** When a sequence is to be sent, on the clock of {@link System#nanoTime()}. */
  long dueNanos(int producer, long sequence) {
    long turn = (sequence - first[producer]) * first.length + producer;
    return startNanos + (long) (turn * intervalNanos);
  }

  /** The first sequence of this producer that is not due yet; at most its end. */
  long dueBefore(int producer, long nowNanos) {
    double turns = (nowNanos - startNanos) / intervalNanos - producer;
    if (turns < 0) {
      return first[producer];
    }
    return Math.min(end(producer), first[producer] + (long) (turns / first.length) + 1);
  }
}
