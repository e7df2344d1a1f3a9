package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Taken;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several laps of small rings, across the sequences where a narrower number would overflow. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RingLaps {
  private static final int SLOT_BYTES = 128;
  private static final Duration WAIT = Await.DEADLINE;

  private final RingDevice device;

  RingLaps(RingDevice device) {
    this.device = device;
  }

  @AfterAll
  void close() {
    device.close();
  }

  static Stream<Arguments> rings() {
    return Stream.of(1L << 31, 1L << 32, 1L << 40)
        .flatMap(edge -> Stream.of(2, 4, 64).map(capacity -> Arguments.of(edge, capacity)));
  }

  private RingQueue open(long edge, int capacity, String handler) {
    QueueConfig config =
        QueueConfig.named("laps")
            .capacity(capacity)
            .slotBytes(SLOT_BYTES)
            .handler(handler)
            .lease(Duration.ofDays(1))
            .maxDeliveries(3)
            .handlerAttempts(2)
            .build();
    Running running = new Running();
    return new RingQueue(
        config, device, first(edge, capacity), new Shared(config, running.waiters()), running);
  }

  private static long first(long edge, int capacity) {
    return edge - Math.max(64, 3 * capacity) / capacity * capacity;
  }

  private static int messages(int capacity) {
    return 2 * Math.max(64, 3 * capacity) + 1;
  }

  /** Polls up to {@code max}, checks what comes to be the next messages, acknowledges them. */
  private static long consume(Consumer consumer, int max, Duration wait, long next)
      throws InterruptedException {
    Batch batch = consumer.poll(max, wait);
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      assertEquals(next + i, entry.sequence());
      assertEquals(1, entry.deliveries());
      Filled.check(entry, next + i, Filled.length(next + i, SLOT_BYTES));
    }
    assertEquals(batch.size(), consumer.acknowledge(batch));
    return next + batch.size();
  }

  @ParameterizedTest
  @MethodSource("rings")
  void aFastAndASlowGroupSeeEveryMessageOnce(long edge, int capacity) throws Exception {
    Random random = new Random(edge + capacity);
    RingQueue queue = open(edge, capacity, "crc32c");
    long first = first(edge, capacity);
    long end = first + messages(capacity);
    try (Producer producer = queue.producer();
        Consumer fast = queue.consumer("fast", "c");
        Consumer slow = queue.consumer("slow", "c")) {
      long sent = first;
      long seenByFast = first;
      long seenBySlow = first;
      while (seenBySlow < end) {
        // As much as there is room for, or a few: the ring is full at times, and empty at others.
        for (int i = random.nextInt(2 * capacity); i > 0 && sent < end; i--) {
          int length = Filled.length(sent, SLOT_BYTES);
          long sequence = producer.trySend(Filled.payload(sent, length));
          if (sequence == Producer.FULL) {
            break;
          }
          assertEquals(sent++, sequence);
        }
        assertTrue(sent - seenBySlow <= capacity, "more than the capacity was kept");
        while (seenByFast < sent) {
          seenByFast = consume(fast, capacity, WAIT, seenByFast);
        }
        if (sent == end || random.nextInt(4) == 0) {
          seenBySlow = consume(slow, 1 + random.nextInt(capacity), Duration.ZERO, seenBySlow);
        }
      }
      assertEquals(end, seenByFast);
    }
    assertTrue(queue.close(WAIT).drained());
    assertEquals(messages(capacity), queue.stats().handled());
  }

  @ParameterizedTest
  @MethodSource("rings")
  void redeliveriesAndDeadLettersKeepTheirBytes(long edge, int capacity) throws Exception {
    RingQueue queue = open(edge, capacity, "fail:every=7");
    long first = first(edge, capacity);
    long end = first + messages(capacity);
    Map<Long, Integer> deliveries = new TreeMap<>();
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (long sent = first; sent < end || queue.stats().depth() > 0; ) {
        while (sent < end
            && producer.trySend(Filled.payload(sent, Filled.length(sent, SLOT_BYTES)))
                != Producer.FULL) {
          sent++;
        }
        Batch batch = consumer.poll(capacity, Duration.ofMillis(1));
        for (int i = 0; i < batch.size(); i++) {
          Entry entry = batch.get(i);
          long sequence = entry.sequence();
          int length = Filled.length(sequence, SLOT_BYTES);
          assertEquals(Filled.payload(sequence, length), entry.payload());
          assertEquals(
              deliveries.merge(sequence, 1, Integer::sum), entry.deliveries(), "of " + sequence);
          if (sequence % 5 == 0 || sequence % 5 == 1 && entry.deliveries() == 1) {
            consumer.refuse(sequence, Duration.ZERO);
          } else {
            consumer.acknowledge(sequence);
          }
        }
      }
    }
    Map<Long, DeadLetter> letters = new TreeMap<>();
    for (DeadLetter letter : Taken.from(queue.deadLetters(), 1000)) {
      assertNull(letters.put(letter.sequence(), letter), "two letters of one message");
    }
    for (long sequence = first; sequence < end; sequence++) {
      DeadLetter letter = letters.remove(sequence);
      int delivered = deliveries.getOrDefault(sequence, 0);
      String what = "sequence " + sequence;
      if (sequence % 7 == 0) {
        assertEquals(DeadLetter.Cause.HANDLER_FAILED, letter.cause(), what);
        assertEquals(2, letter.count(), what);
        assertEquals(0, delivered, what);
      } else if (sequence % 5 == 0) {
        assertEquals(DeadLetter.Cause.DELIVERY_LIMIT, letter.cause(), what);
        assertEquals(3, delivered, what);
      } else {
        assertNull(letter, what);
        assertEquals(sequence % 5 == 1 ? 2 : 1, delivered, what);
      }
      if (letter != null) {
        int length = Filled.length(sequence, SLOT_BYTES);
        assertArrayEquals(Filled.payload(sequence, length).array(), letter.payload(), what);
      }
    }
    assertTrue(letters.isEmpty(), letters::toString);
    assertTrue(queue.close(WAIT).drained());
  }
}
