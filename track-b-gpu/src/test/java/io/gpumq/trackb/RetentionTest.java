package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of a store of 8 MB, and goes when its memory is wanted. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RetentionTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int PAYLOAD = 1_000;
  private static final int MEGABYTE = 1_000; // of such messages, a little more

  private final Track track =
      Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "8M")));

  @AfterEach
  void close() {
    track.close();
  }

  private MessageQueue open(String name, Retention retention) {
    return track.open(
        QueueConfig.named(name).maxPayloadBytes(PAYLOAD).retention(retention).build());
  }

  /** Sends messages, and has them settled. */
  private static void pass(MessageQueue queue, int count) throws Exception {
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int left = count; left > 0; ) {
        int some = Math.min(left, 100);
        producer.sendBatch(some, (index, slot) -> slot.position(PAYLOAD), SOON);
        for (int out = some; out > 0; ) {
          Batch batch = consumer.poll(out, SOON);
          out -= consumer.acknowledge(batch);
        }
        left -= some;
      }
    }
  }

  /** Sends until the store is full. */
  private static void fill(Producer producer) {
    QueueFullException full =
        assertThrows(
            QueueFullException.class,
            () -> {
              for (int i = 0; i < 8 * MEGABYTE; i++) {
                producer.send(new byte[PAYLOAD], Duration.ofMillis(300));
              }
            });
    assertTrue(full.getMessage().contains("the store of"), full::getMessage);
  }

  private static long kept(MessageQueue queue) {
    try (Reader reader = queue.reader()) {
      return reader.end(0) - reader.oldest(0);
    }
  }

  @Test
  void theOldestOfAllGoesFirst() throws Exception {
    MessageQueue first = open("first", Retention.untilNeeded());
    MessageQueue second = open("second", Retention.untilNeeded());
    MessageQueue third = open("third", Retention.whenSettled());
    pass(first, 3 * MEGABYTE);
    pass(second, 2 * MEGABYTE);
    assertEquals(3 * MEGABYTE, kept(first));
    third.createGroup("idle");
    try (Producer producer = third.producer()) {
      for (int i = 0; i < 4 * MEGABYTE; i++) {
        producer.send(new byte[PAYLOAD], SOON);
      }
      assertTrue(kept(first) < 3 * MEGABYTE, "the oldest have gone");
      assertEquals(2 * MEGABYTE, kept(second), "and no others");
      fill(producer);
    }
    assertEquals(0, kept(first));
    assertEquals(0, kept(second));
    assertTrue(third.stats().storeBytes() > 7 << 20, "all that there is");
  }

  /** Its minimum is taken of what is kept until it is needed, as far as that has to go. */
  @Test
  void aQueueThatReservesMemoryTakesWhatIsKept() throws Exception {
    MessageQueue kept = open("kept", Retention.untilNeeded());
    pass(kept, 10 * MEGABYTE);
    long before = kept(kept);
    assertTrue(before > 5 * MEGABYTE, before + " kept");
    MessageQueue second =
        track.open(QueueConfig.named("second").maxPayloadBytes(PAYLOAD).minBytes(4 << 20).build());
    assertTrue(kept(kept) < before);
    assertTrue(kept(kept) > 0);
    second.createGroup("idle");
    pass(kept, MEGABYTE);
    try (Producer producer = second.producer()) {
      for (int i = 0; i < 3 * MEGABYTE; i++) {
        producer.send(new byte[PAYLOAD], SOON);
      }
    }
  }

  /** More than there is would not come of it: so nothing is given up. */
  @Test
  void aQueueThatIsRefusedTakesNothing() throws Exception {
    MessageQueue kept = open("kept", Retention.untilNeeded());
    pass(kept, 10 * MEGABYTE);
    long before = kept(kept);
    assertThrows(
        ConfigException.class,
        () -> track.open(QueueConfig.named("second").minBytes(16 << 20).build()));
    assertEquals(before, kept(kept));
  }

  @Test
  void aRingThatOpensTakesWhatIsKept() throws Exception {
    MessageQueue kept = open("kept", Retention.untilNeeded());
    pass(kept, MEGABYTE);
    try (Producer producer = kept.producer();
        Consumer consumer = kept.consumer("g", "c")) {
      for (int i = 0; i < 10 * MEGABYTE; i++) { // as much as there is, and no more is given up
        producer.send(new byte[PAYLOAD], SOON);
        consumer.acknowledge(consumer.poll(1, SOON));
      }
    }
    for (int i = 0; i < 4; i++) {
      QueueConfig other = QueueConfig.named("other-" + i).handler("fail:every=" + (i + 2)).build();
      assertTrue(track.open(other).groups().isEmpty());
    }
    assertTrue(kept(kept) > 0);
  }

  @Test
  void whatIsNotSettledStays() throws Exception {
    MessageQueue kept = open("kept", Retention.untilNeeded());
    kept.createGroup("idle");
    pass(kept, 3 * MEGABYTE);
    MessageQueue other = open("other", Retention.whenSettled());
    try (Producer producer = other.producer()) {
      fill(producer);
      assertEquals(3 * MEGABYTE, kept(kept));
      kept.removeGroup("idle");
      producer.send(new byte[PAYLOAD], SOON);
    }
    assertTrue(kept(kept) < 3 * MEGABYTE);
  }

  @Test
  void aQueueWithALimitOfItsOwnTakesNothingFromOthers() throws Exception {
    MessageQueue other = open("other", Retention.untilNeeded());
    pass(other, 2 * MEGABYTE);
    MessageQueue limited =
        track.open(
            QueueConfig.named("limited")
                .maxPayloadBytes(PAYLOAD)
                .maxBytes(2 << 20)
                .retention(Retention.untilNeeded())
                .build());
    pass(limited, 6 * MEGABYTE);
    assertTrue(limited.stats().storeBytes() <= 2 << 20);
    assertTrue(kept(limited) > MEGABYTE / 2);
    assertEquals(2 * MEGABYTE, kept(other));
  }

  @Test
  void aLimitInBytesGoesByWholeSegments() throws Exception {
    MessageQueue queue = open("q", Retention.untilTrimmed().bytes(1 << 20));
    pass(queue, 6 * MEGABYTE);
    long held = queue.stats().storeBytes();
    assertTrue(held >= 1 << 20 && held <= 3 << 20, held + " bytes");
  }

  @Test
  void aTrimToBytesIsExact() throws Exception {
    MessageQueue queue = open("q", Retention.untilTrimmed());
    pass(queue, 100);
    queue.trim(Trim.toMessages(50));
    assertEquals(50, kept(queue));
    queue.trim(Trim.toBytes(50L * 1_024 + 1_023)); // 16 of header, 1,008 of payload
    assertEquals(50, kept(queue));
    queue.trim(Trim.toBytes(7L * 1_024 + 1_023));
    assertEquals(7, kept(queue));
  }

  @Test
  void anAgeEndsWithItsQueue() throws Exception {
    for (int i = 0; i < 20; i++) {
      MessageQueue queue = open("q", Retention.untilTrimmed().age(Duration.ofMillis(1)));
      pass(queue, 10);
      queue.close(SOON);
    }
    MessageQueue last = open("q", Retention.untilTrimmed().age(Duration.ofMillis(1)));
    pass(last, 10);
    Await.until("all have gone", () -> kept(last) == 0);
    Await.until("with their memory", () -> last.stats().storeBytes() == 0);
  }
}
