package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Queues of its own for each test, random data from a seed that a failure names, short words. */
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(QueueTest.NameSeed.class)
abstract class QueueTest {
  /** For what must come. */
  static final Duration SOON = Await.DEADLINE;

  /** For what must not come: long enough to see most of what is wrongly there. */
  static final Duration BRIEFLY = Duration.ofMillis(50);

  /** A lease that no test outlives. */
  static final Duration LONG_LEASE = Duration.ofMinutes(10);

  private static final AtomicLong NAMES = new AtomicLong();

  final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  final Random random = new Random(seed);
  final Workers workers = new Workers();

  private final TrackFixture on;
  private final Deque<MessageQueue> opened = new ArrayDeque<>();

  QueueTest(TrackFixture on) {
    this.on = on;
  }

  @AfterEach
  final void closeQueues() {
    workers.close();
    opened.forEach(this::closeWithLetters);
  }

  private void closeWithLetters(MessageQueue queue) {
    queue.close();
    on.track().queue(queue.config().deadLetters()).ifPresent(MessageQueue::close);
  }

  final TrackFixture fixture() {
    return on;
  }

  /** A configuration under a fresh name: 64 messages of 256 bytes, a lease that does not end. */
  static QueueConfig.Builder config() {
    String name = "t-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
    return QueueConfig.named(name).maxMessages(64).maxPayloadBytes(256).lease(LONG_LEASE);
  }

  /** A queue's figures, but for those of its track's memory, which go their own way. */
  static QueueStats counters(MessageQueue queue) {
    QueueStats s = queue.stats();
    return new QueueStats(
        s.sent(),
        s.handled(),
        s.delivered(),
        s.acknowledged(),
        s.redelivered(),
        s.failed(),
        s.deadLettered(),
        s.deleted(),
        s.depth(),
        s.bytes(),
        0);
  }

  final MessageQueue open(QueueConfig.Builder config) {
    MessageQueue queue = on.track().open(config.build());
    opened.push(queue);
    return queue;
  }

  // ---- payloads: content follows from seed, producer and number, so any message can be checked

  /** A payload of random length, 0 to {@code maxLength}. */
  final byte[] payload(int producer, int number, int maxLength) {
    Random content = new Random(seed ^ (long) producer << 40 ^ number * 0x9E3779B97F4A7C15L);
    byte[] bytes = new byte[content.nextInt(maxLength + 1)];
    content.nextBytes(bytes);
    return bytes;
  }

  /** Message {@code number} of a test's only producer: up to 256 bytes. */
  final byte[] payload(int number) {
    return payload(0, number, 256);
  }

  final byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Sends messages {@code from} to {@code to - 1} and returns their sequences. */
  final List<Long> send(MessageQueue queue, int from, int to) throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    try (Producer producer = queue.producer()) {
      for (int number = from; number < to; number++) {
        sequences.add(producer.send(payload(number), SOON));
      }
    }
    return sequences;
  }

  // ---- polling

  /** Polls until {@code count} entries came, and leaves them pending. */
  static List<Received> poll(Consumer consumer, int count) throws InterruptedException {
    return poll(consumer, count, false);
  }

  /** Polls until {@code count} entries came, and acknowledges them batch by batch. */
  static List<Received> consume(Consumer consumer, int count) throws InterruptedException {
    return poll(consumer, count, true);
  }

  private static List<Received> poll(Consumer consumer, int count, boolean acknowledge)
      throws InterruptedException {
    List<Received> received = new ArrayList<>();
    while (received.size() < count) {
      Batch batch = consumer.poll(count - received.size(), SOON);
      assertTrue(!batch.isEmpty(), "only " + received.size() + " of " + count + " entries came");
      assertTrue(batch.size() <= count - received.size(), "more entries than asked for");
      received.addAll(copy(batch));
      if (acknowledge) {
        assertEquals(batch.size(), consumer.acknowledge(batch));
      }
    }
    return received;
  }

  static List<Received> copy(Batch batch) {
    List<Received> copies = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      copies.add(Received.of(batch.get(i)));
    }
    return copies;
  }

  /** Closes twice, which is to be as harmless as once. */
  static void closeTwice(AutoCloseable resource) throws Exception {
    resource.close();
    resource.close();
  }

  static void assertNothingComes(Consumer consumer) throws InterruptedException {
    List<Received> extra = copy(consumer.poll(64, BRIEFLY));
    assertTrue(extra.isEmpty(), () -> "delivered without cause: " + extra);
  }

  /** Checks sequences, order, contents and that all were delivered for the {@code nth} time. */
  final void assertMessages(List<Received> entries, List<Long> sequences, int from, int nth) {
    assertEquals(sequences, entries.stream().map(Received::sequence).toList());
    for (int i = 0; i < entries.size(); i++) {
      assertArrayEquals(payload(from + i), entries.get(i).payload(), "message " + (from + i));
      assertEquals(nth, entries.get(i).deliveries(), "deliveries of message " + (from + i));
    }
  }

  /** Adds the seed to what a test throws. */
  static final class NameSeed implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      long seed = ((QueueTest) context.getRequiredTestInstance()).seed;
      failure.addSuppressed(new Exception("seed " + seed + ": repeat with -Dgpumq.seed=" + seed));
      throw failure;
    }
  }
}
