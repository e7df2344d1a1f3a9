package io.gpumq.soak.bench;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.Producer;
import io.gpumq.soak.workload.Generator;
import io.gpumq.soak.workload.Verifier;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * One message at a time: sent, polled until it is there, acknowledged, all by one thread that never
 * sleeps. What is timed is these three calls; the check comes after the clock.
 */
final class RoundTrips {
  /** Polls between two looks at the clock, while nothing comes. */
  private static final int SPINS = 256;

  private final Producer producer;
  private final Consumer consumer;
  private final Generator generator;
  private final Verifier verifier;
  private final DeadLetterReader deadLetters;
  private final long patienceNanos;

  RoundTrips(
      Producer producer,
      Consumer consumer,
      Generator generator,
      Verifier verifier,
      DeadLetterReader deadLetters,
      Duration patience) {
    this.producer = producer;
    this.consumer = consumer;
    this.generator = generator;
    this.verifier = verifier;
    this.deadLetters = deadLetters;
    this.patienceNanos = patience.toNanos();
  }

  /**
   * Goes on until the deadline, or until a message does not come back.
   *
   * @param histogram of nanoseconds
   */
  void run(long deadlineNanos, Histogram histogram) throws InterruptedException {
    long start;
    while ((start = System.nanoTime()) - deadlineNanos < 0) {
      while (producer.trySendBatch(1, generator) == 0) {
        if (System.nanoTime() - start > patienceNanos) {
          throw new IllegalStateException(
              "no room for one message though none is under way: sent " + generator.sent());
        }
      }
      Batch entries = awaitEntry(start);
      if (entries == null) {
        generator.advance(1);
        return;
      }
      if (!entries.isEmpty()) {
        consumer.acknowledge(entries);
        long end = System.nanoTime();
        Entry entry = entries.get(0);
        verifier.check(entry.payload(), entry.result());
        Percentiles.record(histogram, end - start);
      }
      generator.advance(1);
    }
  }

  /** The entry; an empty batch if it was dead-lettered; null if it does not come. */
  private Batch awaitEntry(long start) throws InterruptedException {
    for (int spins = 1; ; spins++) {
      Batch entries = consumer.poll(1, Duration.ZERO);
      if (!entries.isEmpty()) {
        return entries;
      }
      if (spins % SPINS == 0) {
        if (deadLetters.collect() > 0) {
          return entries;
        }
        if (System.nanoTime() - start > patienceNanos) {
          return null;
        }
        // So long only where the queue's own threads wait for this processor.
        Thread.yield();
      }
    }
  }
}
