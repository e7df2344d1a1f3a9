package io.gpumq.soak.crowd;

import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.workload.StreamWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Sends a batch to each of its queues in turn, over several stages, each of which begins with its
 * first queue. For one thread at a time.
 */
final class TurnSender {
  /** Messages that it sends at most between two looks at the clock. */
  private static final int BETWEEN_LOOKS = 1024;

  private final Crowd crowd;
  private final int first;
  private final int step;
  private final int batch;
  private final long mostUnderWay;
  private final Duration patience;
  private final StreamWriter writer;
  private int queue;
  private long sent;

  /**
   * Opens its producers.
   *
   * @param first of its queues, less than there are
   * @param step from each of them to the next
   */
  TurnSender(Crowd crowd, int first, int step, int batch, long mostUnderWay, Duration patience) {
    this.crowd = crowd;
    this.first = first;
    this.step = step;
    this.batch = batch;
    this.mostUnderWay = Math.max(batch, mostUnderWay);
    this.patience = patience;
    this.writer = crowd.streams().writer();
    for (int i = first; i < crowd.size(); i += step) {
      crowd.producer(i);
    }
  }

  /**
   * Sends until the deadline, as fast as there is room.
   *
   * @param acknowledged how many of its messages are
   */
  void run(Crew crew, long deadlineNanos, LongSupplier acknowledged) throws InterruptedException {
    queue = first;
    while (!crew.stopping() && System.nanoTime() - deadlineNanos < 0) {
      long room = mostUnderWay - (sent - acknowledged.getAsLong());
      if (room < batch) {
        // Spinning alone would keep readers from the processor where there are few.
        Thread.yield();
      }
      long batches = Math.min(room, Math.max(batch, BETWEEN_LOOKS)) / batch;
      for (long i = 0; i < batches; i++) {
        send();
      }
    }
  }

  private void send() throws InterruptedException {
    crowd.producer(queue).sendBatch(batch, writer.of(queue), patience);
    writer.advance(batch);
    sent += batch;
    queue += step;
    if (queue >= crowd.size()) {
      queue = first;
    }
  }

  /** Messages sent so far; to be asked when the thread has ended. */
  long sent() {
    return sent;
  }
}
