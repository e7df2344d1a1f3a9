package io.gpumq.soak.suite;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.soak.bench.DeadLetterReader;
import io.gpumq.soak.workload.Bodies;
import io.gpumq.soak.workload.Generator;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verifier;
import io.gpumq.soak.workload.Workload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A steady stream of messages through one queue whose device process dies again and again. What is
 * timed is how long each death holds up the stream: from the guilty message's send, or the kill, to
 * the delivery of a message that was sent after it. As messages are sent one by one, that is up to
 * the time between two too long. For one thread, and once.
 */
final class Deaths implements AutoCloseable {
  private static final String GROUP = "suite";

  /** The stream flows at least so long between two deaths. */
  private static final long STEADY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Row row;
  private final Duration patience;
  private final int count;
  private final Workload workload;
  private final MessageQueue queue;
  private final Producer producer;
  private final Consumer consumer;
  private final Verifier verifier;
  private final OwnDeviceProcesses processes;
  private final ByteBuffer message;
  private final long periodNanos;
  private boolean streaming;
  private long dueNanos;
  private long sentSequence = -1;
  private long seenSequence = -1;
  private long seenNanos;

  /**
   * Opens the queue.
   *
   * @param track whose handlers run in a process of their own
   * @param count deaths that are timed; one more comes before them
   * @param number of the queue, in its name and in every message
   */
  Deaths(Row row, Track track, Bodies bodies, int count, int number, Duration patience) {
    this.row = row;
    this.patience = patience;
    this.count = count;
    QueueConfig config =
        QueueConfig.named("suite-" + Integer.toHexString(number))
            .maxMessages(row.maxMessages())
            .maxPayloadBytes(row.payloadBytes())
            .handler(row.handler())
            .handlerAttempts(1)
            // Longer than any pause: a lease that runs out would count as a duplicate.
            .lease(Duration.ofMinutes(10))
            .build();
    this.message = ByteBuffer.allocateDirect(row.payloadBytes());
    this.periodNanos = (long) (1e9 / row.rate());
    // The first message of each producer is the guilty one, where one is to be.
    this.workload =
        new Workload(bodies, number, count + 1, row.handler(), config.handlerAttempts());
    this.queue = track.open(config);
    this.producer = queue.producer();
    this.consumer = queue.consumer(GROUP, GROUP);
    this.verifier = workload.verifier(GROUP);
    boolean standby = row.kind() != Row.Kind.FAULT_ALONE;
    this.processes = new OwnDeviceProcesses(row.lanes(), standby);
  }

  /**
   * Lets it die so many times, and once before.
   *
   * @return the times in ms, rising
   * @throws IllegalStateException if a process does not die, or the next one does not come
   */
  double[] measure() throws InterruptedException {
    strike(0); // what it leads through is loaded and compiled for those that are timed
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      millis[i] = strike(i + 1) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  /** What became of every message, once all that was sent has come back or nothing moves. */
  Tally settle() throws InterruptedException {
    streaming = false;
    try (var letters = new DeadLetterReader(queue.deadLetters(), workload.deadLetters())) {
      long deadline = System.nanoTime() + patience.toNanos();
      while (verifier.seen() + letters.taken() < workload.sent() && System.nanoTime() < deadline) {
        turn();
        letters.collect();
      }
    }
    return workload.settle();
  }

  private long strike(int number) throws InterruptedException {
    long begin = System.nanoTime();
    while (!processes.ready() || streaming && System.nanoTime() - begin < STEADY_NANOS) {
      turn();
      requirePatience(begin, "another device process");
    }
    ProcessHandle process = processes.atWork();
    long start = System.nanoTime();
    long last = row.kind() == Row.Kind.KILL ? kill(process, start) : sendGuilty(number, start);
    streaming = true;
    while (seenSequence <= last) {
      turn();
      requirePatience(start, "a message after the death of device process " + process.pid());
    }
    long recovered = seenNanos - start;
    while (process.isAlive()) {
      turn();
      requirePatience(start, "the end of device process " + process.pid());
    }
    return recovered;
  }

  private long sendGuilty(int number, long start) throws InterruptedException {
    Generator guilty = workload.generator(number);
    while (!send(guilty)) {
      turn();
      requirePatience(start, "room for one message");
    }
    return sentSequence;
  }

  /** What is sent until it is dead may have been handled by it. */
  private long kill(ProcessHandle process, long start) throws InterruptedException {
    process.destroyForcibly();
    while (process.isAlive()) {
      turn();
      requirePatience(start, "the end of device process " + process.pid());
    }
    return sentSequence;
  }

  private void requirePatience(long since, String what) {
    if (System.nanoTime() - since > patience.toNanos()) {
      throw new IllegalStateException("waited " + patience + " in vain for " + what);
    }
  }

  /** Sends what is due, if there is room, and receives what is there before the next is due. */
  private void turn() throws InterruptedException {
    long now = System.nanoTime();
    if (streaming && now - dueNanos >= 0) {
      send(workload.generator(0));
      dueNanos = now + periodNanos;
    }
    long left = streaming ? Math.max(0, dueNanos - now) : periodNanos;
    Batch entries = consumer.poll(row.batch(), Duration.ofNanos(left));
    if (entries.isEmpty()) {
      return;
    }
    seenNanos = System.nanoTime();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      verifier.check(entry.payload(), entry.result());
      seenSequence = entry.sequence();
    }
    consumer.acknowledge(entries);
  }

  private boolean send(Generator generator) {
    generator.write(0, message.clear());
    long sequence = producer.trySend(message.flip());
    if (sequence == Producer.FULL) {
      return false;
    }
    generator.advance(1);
    sentSequence = sequence;
    return true;
  }

  @Override
  public void close() {
    queue.close();
  }
}
