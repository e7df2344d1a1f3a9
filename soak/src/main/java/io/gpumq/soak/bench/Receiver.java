package io.gpumq.soak.bench;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.soak.workload.Verifier;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * One consumer's thread: polls, checks every entry, acknowledges, until it is told to finish and
 * finds nothing more. Allocates nothing while all is well.
 */
final class Receiver {
  private static final Duration WAIT = Duration.ofMillis(20);

  private final Consumer consumer;
  private final Verifier verifier;
  private final int batch;

  /** Of the warm-up, and of what is measured. */
  private final Histogram[] latency = {Percentiles.newHistogram(), Percentiles.newHistogram()};

  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean finish;
  private long lastNanos;
  private Schedule schedule;
  private long recordFromNanos;

  Receiver(Consumer consumer, Verifier verifier, int batch) {
    this.consumer = consumer;
    this.verifier = verifier;
    this.batch = batch;
  }

  /** Prepares a stage without latencies. */
  void prepare() {
    finish = false;
    schedule = null;
  }

  /**
   * Prepares a stage that records the latency of each message due at {@code fromNanos} or later.
   */
  void prepare(Schedule timetable, long fromNanos) {
    finish = false;
    schedule = timetable;
    for (Histogram histogram : latency) {
      histogram.reset();
    }
    recordFromNanos = fromNanos;
  }

  void run(Crew crew) throws InterruptedException {
    while (!crew.stopping()) {
      boolean last = finish;
      Batch entries = consumer.poll(batch, WAIT);
      int count = entries.size();
      if (count > 0) {
        if (schedule == null) {
          check(entries, count);
        } else {
          checkAndTime(entries, count);
        }
        consumer.acknowledge(entries);
        lastNanos = System.nanoTime();
        acknowledged.lazySet(acknowledged.getPlain() + count);
      } else if (last) {
        return;
      }
    }
  }

  private void check(Batch entries, int count) {
    for (int i = 0; i < count; i++) {
      Entry entry = entries.get(i);
      verifier.check(entry.payload(), entry.result());
    }
  }

  private void checkAndTime(Batch entries, int count) {
    long now = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Entry entry = entries.get(i);
      if (verifier.check(entry.payload(), entry.result())) {
        long due = schedule.dueNanos(verifier.lastProducer(), verifier.lastSequence());
        // No branch: one that the warm-up never took would be compiled away, and its first taking
        // throws this whole loop back into the interpreter, some 100 ms in the middle of the run.
        int measured = (int) (recordFromNanos - 1 - due >>> 63);
        Percentiles.record(latency[measured], now - due);
      }
    }
  }

  /** Ends {@link #run} once a poll that began after this call finds nothing. */
  void finish() {
    finish = true;
  }

  /** Entries acknowledged so far; may be asked by any thread. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** When the last batch was acknowledged; to be asked when the thread has ended. */
  long lastNanos() {
    return lastNanos;
  }

  /** The latencies recorded; to be asked when the thread has ended. */
  Histogram latency() {
    return latency[1];
  }
}
