package io.gpumq.soak.crowd;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.workload.ManyStreams;
import io.gpumq.spi.Steps;
import java.time.Duration;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * Queues of one track, as many as there are streams, with one group each. Opening them is timed;
 * producers and consumers are opened when they are first asked for. What belongs to one queue is
 * for one thread at a time.
 */
public final class Crowd implements AutoCloseable {
  private static final String GROUP = "crowd";

  /** Threads that close queues: that takes longer than anything else that is done to some. */
  private static final int CLOSERS = 4;

  private final Track track;
  private final ManyStreams streams;
  private final MessageQueue[] queues;
  private final Producer[] producers;
  private final Consumer[] consumers;
  private final Histogram openings = Percentiles.newHistogram();

  /**
   * Opens the queues.
   *
   * @param name begins that of each queue
   * @param streams one for each queue
   */
  public Crowd(Track track, String name, ManyStreams streams) {
    this.track = track;
    this.streams = streams;
    this.queues = new MessageQueue[streams.count()];
    this.producers = new Producer[streams.count()];
    this.consumers = new Consumer[streams.count()];
    try {
      for (int i = 0; i < queues.length; i++) {
        open(i, config(name + "-" + i));
      }
    } catch (Throwable e) {
      Steps.undo(e, this::close);
      throw e;
    }
  }

  private QueueConfig config(String name) {
    return QueueConfig.named(name)
        .maxPayloadBytes(streams.mostBytes())
        // Longer than any pause: a lease that runs out would count as a duplicate.
        .lease(Duration.ofDays(1))
        .build();
  }

  private void open(int i, QueueConfig config) {
    long start = System.nanoTime();
    MessageQueue queue = track.open(config);
    queues[i] = queue;
    queue.createGroup(GROUP);
    Percentiles.record(openings, System.nanoTime() - start);
  }

  /** How many queues. */
  public int size() {
    return queues.length;
  }

  /** What their messages are. */
  public ManyStreams streams() {
    return streams;
  }

  /** How long it took to open each with its group. */
  public Percentiles openings() {
    return Percentiles.of(openings);
  }

  /** The mean of these times, in microseconds. */
  public double meanOpening() {
    return openings.getMean() / 1000;
  }

  Producer producer(int queue) {
    if (producers[queue] == null) {
      producers[queue] = newProducer(queue);
    }
    return producers[queue];
  }

  Consumer consumer(int queue) {
    if (consumers[queue] == null) {
      consumers[queue] = newConsumer(queue, GROUP);
    }
    return consumers[queue];
  }

  /** A way to poll many of the consumers at once, for one thread. */
  MultiPoll multiPoll() {
    return track.multiPoll();
  }

  /** One more producer of a queue; the caller closes it. */
  Producer newProducer(int queue) {
    return queues[queue].producer();
  }

  /** One more consumer of a queue's group; the caller closes it. */
  Consumer newConsumer(int queue, String name) {
    return queues[queue].consumer(GROUP, name);
  }

  /** Whether the handler is done with all that was sent to a queue. */
  boolean isHandled(int queue) {
    return queues[queue].stats().handled() >= streams.sent(queue);
  }

  /** Payload bytes that were sent to the queues. */
  public long payloadBytes() {
    return Arrays.stream(queues).mapToLong(queue -> queue.stats().bytes()).sum();
  }

  /** Bytes of the track's store that the queues hold. */
  public long storeBytes() {
    return Arrays.stream(queues).mapToLong(queue -> queue.stats().storeBytes()).sum();
  }

  /**
   * Lets threads do something to every queue, each to its share of them.
   *
   * @return the nanoseconds that all of it took
   */
  static long forEach(int queues, int threads, EachQueue task) throws InterruptedException {
    long start = System.nanoTime();
    try (var crew = new Crew()) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        crew.start(
            "crowd-" + t,
            () -> {
              for (int i = thread; i < queues && !crew.stopping(); i += threads) {
                task.run(thread, i);
              }
            });
      }
      crew.await();
    }
    return System.nanoTime() - start;
  }

  /** What is done to one queue by one of several threads. */
  @FunctionalInterface
  interface EachQueue {
    void run(int thread, int queue) throws InterruptedException;
  }

  @Override
  public void close() {
    try {
      forEach(queues.length, CLOSERS, (thread, queue) -> close(queue));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(int queue) {
    if (queues[queue] != null) {
      queues[queue].close();
    }
  }
}
