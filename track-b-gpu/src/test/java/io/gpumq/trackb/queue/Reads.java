package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.Filled;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.spi.Backend;
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
abstract class Reads {
  /** A long run is read in parts of so many bytes. */
  private static final int PART_BYTES = 4 << 10;

  private static final int CAPACITY = 4096;
  private static final int LONG = 16_384;
  private static final int SHORT = 64;

  /** Entries of any length of which the window has room for several times as many. */
  private static final int FEW = 32;

  private static final Duration LEASE = Duration.ofMillis(500);
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final Duration WAIT = Await.DEADLINE;

  private final TestShop shop;
  private Queue queue;
  private int longest;

  /** What the device was asked for before this test. */
  private long before;

  Reads(Backend backend) {
    shop = new TestShop(backend, new Waiters());
  }

  @AfterAll
  void closeShop() {
    shop.close();
  }

  @AfterEach
  void closeQueue() {
    queue.close();
  }

  private void open(int maxPayloadBytes, Duration lease) {
    longest = maxPayloadBytes;
    queue =
        shop.open(
            QueueConfig.named("reads")
                .maxMessages(CAPACITY)
                .maxPayloadBytes(maxPayloadBytes)
                .handler("crc32c")
                .lease(lease)
                .maxDeliveries(1000));
    queue.createGroup("g", GroupStart.OLDEST);
    before = shop.device.reads();
  }

  /** Sends the sequences up to {@code end}, and waits until they are completed. */
  private void fill(long from, long end) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      fill(producer, from, end);
    }
  }

  private void fill(Producer producer, long from, long end) throws InterruptedException {
    int count = (int) (end - from);
    producer.sendBatch(
        count, (i, to) -> Filled.write(from + i, to, Filled.length(from + i, longest)), WAIT);
    Await.until("completed", () -> queue.lane(0).log().progress().completed() >= end);
  }

  private long reads() {
    return shop.device.reads() - before;
  }

  private Consumer consumer(String name) {
    return queue.consumer("g", name);
  }

  private Batch poll(Consumer consumer, int max, long first) throws InterruptedException {
    Batch batch = consumer.poll(max, WAIT);
    assertEquals(first, batch.get(0).sequence());
    check(batch);
    return batch;
  }

  private void check(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      long sequence = batch.get(i).sequence();
      Filled.check(batch.get(i), sequence, Filled.length(sequence, longest));
    }
  }

  /** Takes and acknowledges the entries up to {@code end}. */
  private void drain(Consumer consumer, int max, long from, long end) throws InterruptedException {
    for (long next = from; next < end; ) {
      Batch batch = poll(consumer, (int) Math.min(max, end - next), next);
      next += consumer.acknowledge(batch);
    }
  }

  @Test
  void aNearReaderReadsFromTheWindow() throws Exception {
    open(LONG, FOREVER);
    try (Producer producer = queue.producer(); // one: it fills each chunk to its end
        Consumer consumer = consumer("c")) {
      for (long from = 0; from < 40 * FEW; from += FEW) { // several times around
        fill(producer, from, from + FEW);
        drain(consumer, FEW, from, from + FEW);
        assertTrue(consumer.poll(1, Duration.ZERO).isEmpty()); // lets go of the last batch
      }
    }
    assertEquals(0, reads(), "read from the store");
  }

  @Test
  void aLateReaderReadsSegmentsAheadEachOnce() throws Exception {
    open(LONG, FOREVER);
    fill(0, 1024);
    long held = queue.lane(0).log().keptBytes().heldBytes();
    try (Consumer consumer = consumer("c")) {
      drain(consumer, 100, 0, 1024); // at times over the edge of two segments
    }
    long parts = held / PART_BYTES;
    assertTrue(reads() >= parts / 2, reads() + " parts of " + parts);
    assertTrue(reads() <= parts + parts / 8, "each once: " + reads() + " parts of " + parts);
  }

  @Test
  void shortRedeliveriesAreReadOneByOne() throws Exception {
    open(SHORT, FOREVER);
    fill(0, 1024);
    try (Consumer consumer = consumer("c")) {
      for (long next = 0; next < 1024; ) {
        Batch batch = poll(consumer, FEW, next);
        int refused = 0;
        for (int i = 0; i < batch.size(); i++) {
          long sequence = next + i;
          if (sequence % 3 == 0) {
            consumer.refuse(sequence, Duration.ZERO);
            refused++;
          } else {
            consumer.acknowledge(sequence);
          }
        }
        next += batch.size();
        long soFar = reads();
        while (refused > 0) {
          Batch again = consumer.poll(FEW, WAIT);
          check(again);
          for (int i = 0; i < again.size(); i++) {
            assertEquals(2, again.get(i).deliveries());
          }
          refused -= consumer.acknowledge(again);
        }
        assertEquals(0, refused);
        assertTrue(reads() > soFar);
      }
    }
  }

  @Test
  void moreConsumersThanAreasEachHoldTheirs() throws Exception {
    open(LONG, FOREVER);
    int each = 12; // which want two areas
    int all = (RingShape.READ_AREAS / 2 + 4) * each;
    fill(0, all);
    List<Consumer> consumers = new ArrayList<>();
    List<Batch> batches = new ArrayList<>();
    for (long next = 0; next < all; next += each) {
      Consumer consumer = consumer("c" + next);
      consumers.add(consumer);
      batches.add(poll(consumer, each, next));
      assertEquals(each, batches.get(batches.size() - 1).size());
    }
    batches.forEach(this::check);
    for (int i = 0; i < consumers.size(); i++) {
      assertEquals(each, consumers.get(i).acknowledge(batches.get(i)));
    }
    fill(all, all + 1024); // into the memory that they gave back
    try (Consumer last = consumer("last")) {
      drain(last, each, all, all + 1024);
    }
    batches.forEach(this::check);
    consumers.forEach(Consumer::close);
  }

  @Test
  void aStaleBatchFromTheWindowShowsItsOwnBytes() throws Exception {
    open(LONG, LEASE);
    try (Consumer slow = consumer("slow")) {
      fill(0, FEW);
      staleAfter(slow, 0, FEW);
    }
  }

  @Test
  void aStaleBatchFromAnAreaShowsItsOwnBytes() throws Exception {
    open(LONG, LEASE);
    fill(0, 1024);
    try (Consumer slow = consumer("slow")) {
      staleAfter(slow, 0, 1024);
    }
    assertTrue(reads() > 0);
  }

  @Test
  void aStaleBatchReadOneByOneShowsItsOwnBytes() throws Exception {
    open(SHORT, LEASE);
    fill(0, FEW);
    try (Consumer slow = consumer("slow")) {
      staleAfter(slow, 0, FEW);
    }
    assertTrue(reads() > 0);
  }

  /**
   * A batch whose entries went to another, who was done with them, and whose memory others have.
   */
  private void staleAfter(Consumer slow, long first, long end) throws Exception {
    try (Consumer other = consumer("other")) {
      Batch stale = poll(slow, FEW, first);
      int left = stale.size();
      assertEquals(FEW, left);
      long next = first + left;
      while (next < end || left > 0) {
        Batch batch = other.poll(FEW, WAIT);
        check(batch);
        if (batch.get(0).sequence() < first + FEW) {
          left -= other.acknowledge(batch);
        } else {
          assertEquals(next, batch.get(0).sequence());
          next += other.acknowledge(batch);
        }
      }
      for (long from = end; from < end + 3 * CAPACITY; from += 16 * FEW) {
        fill(from, from + 16 * FEW);
        drain(other, FEW, from, from + 16 * FEW);
        check(stale);
      }
      assertEquals(first, stale.get(0).sequence());
      assertEquals(0, slow.acknowledge(stale));
    }
  }
}
