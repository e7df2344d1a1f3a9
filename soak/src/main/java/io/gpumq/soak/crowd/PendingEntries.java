package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.workload.StreamChecker;
import io.gpumq.soak.workload.StreamWriter;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A queue in whose group entries stay pending. Each of them is taken alone, by a consumer that
 * keeps it, and all between them are settled. For one thread.
 */
public final class PendingEntries {
  /** One of so many sequences stays pending: then no two of them are neighbours for the group. */
  public static final int SPACING = 40;

  /** So many of those that stay are sent as one batch, with all between them. */
  private static final int BATCH = 100;

  /** Batches that are sent and not taken yet. */
  private static final int AHEAD = 4;

  private static final int MOST = 1024;

  private final Crowd crowd;
  private final int queue;
  private final Duration patience;
  private final StreamWriter writer;
  private final StreamChecker checker;
  private final Consumer worker;
  private final Consumer keeper;
  private long pending;

  /**
   * @param queue of the crowd
   * @param patience without an entry before it counts as lost
   */
  public PendingEntries(Crowd crowd, int queue, Duration patience) {
    this.crowd = crowd;
    this.queue = queue;
    this.patience = patience;
    this.writer = crowd.streams().writer().of(queue);
    this.checker = crowd.streams().checker("reader of " + queue);
    this.worker = crowd.consumer(queue);
    this.keeper = crowd.newConsumer(queue, "keeper");
  }

  /** Leaves so many more pending, in whole batches of a hundred. */
  public void keep(long count) throws InterruptedException {
    long batches = (count + BATCH - 1) / BATCH;
    var ahead = new Semaphore(AHEAD);
    var sent = new Semaphore(0);
    try (var crew = new Crew()) {
      crew.start(
          "sender",
          () -> {
            for (long i = 0; i < batches; i++) {
              require(ahead);
              send(BATCH * SPACING);
              sent.release();
            }
          });
      crew.start(
          "reader",
          () -> {
            for (long i = 0; i < batches; i++) {
              require(sent);
              takeBatch();
              ahead.release();
            }
          });
      crew.await();
    }
    pending += batches * BATCH;
  }

  private void require(Semaphore turns) throws InterruptedException {
    if (!turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("nothing moved within " + patience);
    }
  }

  private void takeBatch() throws InterruptedException {
    for (int i = 0; i < BATCH; i++) {
      check(poll(keeper, 1));
      take(SPACING - 1, SPACING - 1);
    }
  }

  private void send(int count) throws InterruptedException {
    crowd.producer(queue).sendBatch(count, writer, patience);
    writer.advance(count);
  }

  /**
   * Sends entries, then takes and acknowledges them one by one.
   *
   * @return nanoseconds that all of it took, but for the sending
   */
  public long turn(int count) throws InterruptedException {
    send(count);
    long start = System.nanoTime();
    take(count, 1);
    return System.nanoTime() - start;
  }

  private void take(int count, int most) throws InterruptedException {
    for (int taken = 0; taken < count; ) {
      Batch entries = poll(worker, Math.min(most, count - taken));
      check(entries);
      taken += worker.acknowledge(entries);
    }
  }

  private void check(Batch entries) {
    for (int i = 0; i < entries.size(); i++) {
      checker.check(queue, entries.get(i).payload());
    }
  }

  /** How many are pending. */
  public long pending() {
    return pending;
  }

  /**
   * Lets all that is pending come again, and acknowledges it.
   *
   * @throws IllegalStateException if less comes, or more
   */
  public void settle() throws InterruptedException {
    keeper.close();
    while (pending > 0) {
      Batch entries = poll(worker, MOST);
      for (int i = 0; i < entries.size(); i++) {
        checker.checkAgain(queue, entries.get(i).payload());
      }
      pending -= worker.acknowledge(entries);
    }
    int left = worker.poll(MOST, Duration.ZERO).size();
    if (left > 0 || pending < 0) {
      throw new IllegalStateException(left - pending + " entries came again that were settled");
    }
  }

  private Batch poll(Consumer consumer, int most) throws InterruptedException {
    Batch entries = consumer.poll(most, patience);
    if (entries.isEmpty()) {
      throw new IllegalStateException("no entry came within " + patience);
    }
    return entries;
  }
}
