package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.workload.StreamChecker;
import io.gpumq.soak.workload.StreamWriter;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Reads one entry at a time that lies in the store alone: a consumer keeps entries, many more go
 * through the queue behind them, and then one after another of those comes again. What is timed is
 * the poll that finds it. For one thread, and once.
 */
public final class ReadsAlone {
  /** Entries that come again: enough that none is read twice within a moment. */
  private static final int KEPT = 1000;

  /** Entries behind them: far more than lie anywhere but in the store. */
  private static final int BEHIND = 100_000;

  private static final int BATCH = 500;
  private static final int QUEUE = 0;

  private final Crowd crowd;
  private final Duration patience;
  private final StreamWriter writer;
  private final StreamChecker checker;
  private final Consumer consumer;
  private final long[] kept = new long[KEPT];
  private int next;

  /**
   * @param crowd of one queue
   * @param patience without an entry before it counts as lost
   */
  public ReadsAlone(Crowd crowd, Duration patience) {
    this.crowd = crowd;
    this.patience = patience;
    this.writer = crowd.streams().writer().of(QUEUE);
    this.checker = crowd.streams().checker("reader");
    this.consumer = crowd.consumer(QUEUE);
  }

  /** Reads for so long, after a warm-up. */
  public Percentiles measure(Duration warmup, Duration measured) throws InterruptedException {
    for (int i = 0; i < KEPT; i += BATCH) {
      send();
      take(BATCH, i);
    }
    for (int i = 0; i < BEHIND; i += BATCH) {
      send();
      take(BATCH, KEPT);
    }
    read(System.nanoTime() + warmup.toNanos(), Percentiles.newHistogram());
    Histogram histogram = Percentiles.newHistogram();
    read(System.nanoTime() + measured.toNanos(), histogram);
    for (long sequence : kept) {
      consumer.acknowledge(sequence);
    }
    return Percentiles.of(histogram);
  }

  private void send() throws InterruptedException {
    crowd.producer(QUEUE).sendBatch(BATCH, writer, patience);
    writer.advance(BATCH);
  }

  /** Takes new entries: keeps them from a place on, or acknowledges them where that is the end. */
  private void take(int count, int from) throws InterruptedException {
    for (int taken = 0; taken < count; ) {
      Batch entries = poll(count - taken);
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        checker.check(QUEUE, entry.payload());
        if (from < KEPT) {
          kept[from + taken + i] = entry.sequence();
        }
      }
      taken += entries.size();
      if (from == KEPT) {
        consumer.acknowledge(entries);
      }
    }
  }

  private void read(long deadlineNanos, Histogram histogram) throws InterruptedException {
    while (System.nanoTime() - deadlineNanos < 0) {
      long sequence = kept[next];
      next = (next + 1) % KEPT;
      consumer.giveBack(sequence, Duration.ZERO);
      long start = System.nanoTime();
      Entry entry = poll(1).get(0);
      Percentiles.record(histogram, System.nanoTime() - start);
      if (entry.sequence() != sequence) {
        throw new IllegalStateException(
            "entry " + entry.sequence() + " came, and " + sequence + " was given back");
      }
      checker.checkAgain(QUEUE, entry.payload());
    }
  }

  private Batch poll(int most) throws InterruptedException {
    Batch entries = consumer.poll(most, patience);
    if (entries.isEmpty()) {
      throw new IllegalStateException("no entry came within " + patience);
    }
    return entries;
  }
}
