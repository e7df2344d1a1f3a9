package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Every way that entries come to a consumer: its bytes are right, and stay so while it has them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RingReads {
  private static final int CAPACITY = 1024;
  private static final int SLOT_BYTES = 16_384;
  private static final int WINDOW = 256;
  private static final Duration LEASE = Duration.ofMillis(500);
  private static final Duration WAIT = Await.DEADLINE;

  private final ReadingDevice device;
  private RingQueue queue;
  private int areaSlots;

  RingReads(RingDevice device) {
    this.device = new ReadingDevice(device);
  }

  @AfterAll
  void closeDevice() {
    device.close();
  }

  @AfterEach
  void closeQueue() {
    queue.close();
  }

  private void open(Duration lease) {
    QueueConfig config =
        QueueConfig.named("reads")
            .capacity(CAPACITY)
            .slotBytes(SLOT_BYTES)
            .handler("crc32c")
            .lease(lease)
            .maxDeliveries(1000)
            .build();
    queue = new RingQueue(config, device, new Running());
    areaSlots = queue.geometry().readAreaSlots();
    device.ahead.set(0);
    device.scattered.set(0);
  }

  /** Sends the sequences up to {@code end}, and waits until they are completed. */
  private void fill(long from, long end) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      int count = (int) (end - from);
      producer.sendBatch(
          count, (i, to) -> Filled.write(from + i, to, Filled.length(from + i, SLOT_BYTES)), WAIT);
    }
    Await.until("completed", () -> queue.completed() >= end);
  }

  private Consumer consumer(String name) {
    return queue.consumer("g", name);
  }

  private static Batch poll(Consumer consumer, int max, long first) throws InterruptedException {
    Batch batch = consumer.poll(max, WAIT);
    assertEquals(first, batch.get(0).sequence());
    check(batch);
    return batch;
  }

  private static void check(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      long sequence = batch.get(i).sequence();
      Filled.check(batch.get(i), sequence, Filled.length(sequence, SLOT_BYTES));
    }
  }

  /** Takes and acknowledges the entries up to {@code end}. */
  private static void drain(Consumer consumer, long from, long end) throws InterruptedException {
    for (long next = from; next < end; ) {
      Batch batch = poll(consumer, (int) (end - next), next);
      next += consumer.acknowledge(batch);
    }
  }

  @Test
  void aNearReaderReadsFromTheWindow() throws Exception {
    open(Duration.ofDays(1));
    try (Consumer consumer = consumer("c")) {
      for (long from = 0; from < 3 * WINDOW; from += WINDOW / 2) {
        fill(from, from + WINDOW / 2);
        drain(consumer, from, from + WINDOW / 2);
      }
    }
    assertEquals(0, device.ahead.get() + device.scattered.get(), "slots read");
  }

  @Test
  void aLateReaderReadsAheadAndOverTheEdgeOfTwoAreas() throws Exception {
    open(Duration.ofDays(1));
    fill(0, CAPACITY);
    try (Consumer consumer = consumer("c")) {
      drain(consumer, 0, WINDOW + areaSlots / 2);
      // From the middle of an area on, an area's worth at a time: each over an edge.
      long next = WINDOW + areaSlots / 2;
      for (; next + areaSlots <= CAPACITY; next += areaSlots) {
        Batch batch = poll(consumer, areaSlots, next);
        assertEquals(areaSlots, batch.size());
        consumer.acknowledge(batch);
      }
      drain(consumer, next, CAPACITY);
    }
    assertTrue(device.ahead.get() >= CAPACITY - WINDOW - areaSlots, "read ahead");
    assertTrue(device.ahead.get() <= CAPACITY, "each once");
    assertEquals(0, device.scattered.get());
  }

  @Test
  void redeliveriesAreReadOneByOne() throws Exception {
    open(Duration.ofDays(1));
    fill(0, CAPACITY);
    try (Consumer consumer = consumer("c")) {
      for (long next = 0; next < CAPACITY; ) {
        Batch batch = poll(consumer, areaSlots, next);
        for (int i = 0; i < batch.size(); i++) {
          long sequence = next + i;
          if (sequence % 3 == 0) {
            consumer.refuse(sequence, Duration.ZERO);
          } else {
            consumer.acknowledge(sequence);
          }
        }
        next += batch.size();
        int refused = (int) ((next + 2) / 3 - (next - batch.size() + 2) / 3);
        while (refused > 0) {
          Batch again = consumer.poll(areaSlots, WAIT);
          check(again);
          for (int i = 0; i < again.size(); i++) {
            assertEquals(2, again.get(i).deliveries());
          }
          refused -= consumer.acknowledge(again);
        }
        assertEquals(0, refused);
      }
    }
    assertEquals((CAPACITY + 2) / 3, device.scattered.get());
  }

  @Test
  void moreConsumersThanAreasEachHoldTheirs() throws Exception {
    open(Duration.ofDays(1));
    fill(0, CAPACITY);
    List<Consumer> consumers = new ArrayList<>();
    List<Batch> batches = new ArrayList<>();
    try (Consumer first = consumer("first")) {
      drain(first, 0, WINDOW);
      for (int i = 0; i < RingGeometry.READ_AREAS + 4; i++) {
        consumers.add(consumer("c" + i));
        batches.add(poll(consumers.get(i), areaSlots, WINDOW + (long) i * areaSlots));
      }
      assertTrue(device.scattered.get() > 0, "those without an area");
      batches.forEach(RingReads::check);
      for (int i = 0; i < consumers.size(); i++) {
        assertEquals(areaSlots, consumers.get(i).acknowledge(batches.get(i)));
      }
      long next = WINDOW + (long) consumers.size() * areaSlots;
      fill(CAPACITY, CAPACITY + WINDOW);
      batches.forEach(RingReads::check);
      consumers.forEach(Consumer::close);
      drain(first, next, CAPACITY + WINDOW);
    }
  }

  @Test
  void aStaleBatchFromTheWindowShowsItsOwnBytes() throws Exception {
    open(LEASE);
    fill(0, areaSlots);
    staleAfter(0);
    assertEquals(areaSlots, device.scattered.get(), "only the redelivery");
  }

  @Test
  void aStaleBatchFromAnAreaShowsItsOwnBytes() throws Exception {
    open(LEASE);
    fill(0, CAPACITY);
    try (Consumer first = consumer("first")) {
      drain(first, 0, WINDOW);
    }
    staleAfter(WINDOW);
    assertTrue(device.ahead.get() >= areaSlots);
  }

  @Test
  void aStaleBatchOfRedeliveriesShowsItsOwnBytes() throws Exception {
    open(LEASE);
    fill(0, areaSlots);
    try (Consumer gone = consumer("gone")) {
      poll(gone, areaSlots, 0);
    } // its entries are due again at once
    staleAfter(0);
  }

  /** A batch whose entries went to another, who was done with them, and whose slots others have. */
  private void staleAfter(long first) throws Exception {
    long end = queue.stats().sent();
    try (Consumer slow = consumer("slow");
        Consumer other = consumer("other")) {
      Batch stale = poll(slow, areaSlots, first);
      int left = stale.size();
      assertEquals(areaSlots, left);
      long next = first + left;
      while (next < end || left > 0) {
        Batch batch = other.poll(areaSlots, WAIT);
        check(batch);
        long sequence = batch.get(0).sequence();
        if (sequence < first + areaSlots) {
          left -= other.acknowledge(batch);
        } else {
          assertEquals(next, sequence);
          next += other.acknowledge(batch);
        }
      }
      for (long to = end + WINDOW; to <= end + 3 * CAPACITY; to += WINDOW) {
        fill(to - WINDOW, to);
        for (long at = to - WINDOW; at < to; ) {
          Batch batch = other.poll(areaSlots, WAIT);
          check(batch);
          at += other.acknowledge(batch);
        }
        check(stale);
      }
      assertEquals(first, stale.get(0).sequence());
      assertEquals(0, slow.acknowledge(stale));
    }
  }
}
