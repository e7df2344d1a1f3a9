package io.gpumq.soak.bench;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueFullException;
import io.gpumq.soak.workload.Generator;
import java.time.Duration;

/** One producer's thread in each of its stages. Allocates nothing while there is room. */
final class Sender {
  private static final Duration ROOM = Duration.ofMillis(100);

  private final Producer producer;
  private final Generator generator;
  private final int number;
  private final int batch;
  private long startNanos;

  Sender(Producer producer, Generator generator, int number, int batch) {
    this.producer = producer;
    this.generator = generator;
    this.number = number;
    this.batch = batch;
  }

  /** Sends as fast as there is room, until {@code messages} are sent or the time is over. */
  void sendAll(Crew crew, long messages, Duration atMost) throws InterruptedException {
    startNanos = System.nanoTime();
    long deadlineNanos = startNanos + atMost.toNanos();
    long left = messages;
    while (left > 0 && !crew.stopping() && System.nanoTime() - deadlineNanos < 0) {
      left -= send((int) Math.min(batch, left));
    }
  }

  /** Sends each message when it is due, or as soon after as there is room, until the deadline. */
  void sendPaced(Crew crew, Schedule schedule, long deadlineNanos) throws InterruptedException {
    long end = schedule.end(number);
    while (generator.sent() < end && !crew.stopping()) {
      long now = System.nanoTime();
      if (now - deadlineNanos >= 0) {
        return;
      }
      long due = schedule.dueBefore(number, now) - generator.sent();
      if (due > 0) {
        send((int) Math.min(batch, due));
      } else {
        // Sleeping would send late; on few cores, spinning would keep the queue from working.
        Thread.yield();
      }
    }
  }

  private int send(int count) throws InterruptedException {
    int accepted = count;
    try {
      producer.sendBatch(count, generator, ROOM);
    } catch (QueueFullException e) {
      accepted = e.accepted();
    }
    generator.advance(accepted);
    return accepted;
  }

  Generator generator() {
    return generator;
  }

  /** The producer's number, from 0. */
  int number() {
    return number;
  }

  /** When {@link #sendAll} began. */
  long startNanos() {
    return startNanos;
  }
}
