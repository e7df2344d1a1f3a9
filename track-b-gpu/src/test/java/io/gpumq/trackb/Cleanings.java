package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More goes through a small store than it has room for, while some entries stay. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class Cleanings {
  private static final long STORE_BYTES = 8 << 20;
  private static final long SEGMENT_BYTES = 1 << 20;
  private static final int MOST_BYTES = 600;
  private static final int BATCH = 500;

  /** Several times what the store has room for. */
  private static final int COUNT = 80_000;

  private final Track track;
  private MessageQueue queue;
  private Producer producer;
  private long sent;

  Cleanings(String device) {
    track = Tracks.open("b", new TrackOptions(device, Map.of("store.bytes", "8M")));
  }

  @AfterEach
  void close() {
    track.close();
  }

  private void open(Duration lease) {
    queue =
        track.open(
            QueueConfig.named("q")
                .maxPayloadBytes(MOST_BYTES)
                .handler("crc32c")
                .lease(lease)
                .maxDeliveries(1_000)
                .build());
    queue.createGroup("g");
    producer = queue.producer();
  }

  private void send(int count) throws InterruptedException {
    long from = sent;
    producer.sendBatch(
        count,
        (i, to) -> Filled.write(from + i, to, Filled.length(from + i, MOST_BYTES)),
        Await.DEADLINE);
    sent += count;
  }

  private static void check(Entry entry) {
    Filled.check(entry, entry.sequence(), Filled.length(entry.sequence(), MOST_BYTES));
  }

  /** Takes so many entries, which are all right, and acknowledges those that are not kept. */
  private static void take(Consumer consumer, int count, LongPredicate kept)
      throws InterruptedException {
    for (int taken = 0; taken < count; ) {
      Batch batch = consumer.poll(BATCH, Await.DEADLINE);
      assertTrue(batch.size() > 0, "entries are missing");
      for (int i = 0; i < batch.size(); i++) {
        Entry entry = batch.get(i);
        check(entry);
        if (!kept.test(entry.sequence())) {
          consumer.acknowledge(entry.sequence());
        }
      }
      taken += batch.size();
    }
  }

  private void pass(Consumer consumer, LongPredicate kept) throws InterruptedException {
    while (sent < COUNT) {
      send(BATCH);
      take(consumer, BATCH, kept);
    }
  }

  private void assertKept(String group, LongPredicate kept) throws InterruptedException {
    List<Long> right = new ArrayList<>();
    for (long sequence = 0; sequence < sent; sequence++) {
      if (kept.test(sequence)) {
        right.add(sequence);
      }
    }
    List<Long> found = new ArrayList<>();
    try (Consumer consumer = queue.consumer(group, "heir")) {
      while (found.size() < right.size()) {
        Batch batch = consumer.poll(BATCH, Await.DEADLINE);
        assertTrue(batch.size() > 0, () -> "only " + found + " of " + right);
        for (int i = 0; i < batch.size(); i++) {
          check(batch.get(i));
          found.add(batch.get(i).sequence());
        }
        consumer.acknowledge(batch);
      }
    }
    found.sort(null);
    assertEquals(right, found);
    assertEquals(0, queue.stats().depth());
    Await.until("nothing held", () -> queue.stats().storeBytes() == 0);
  }

  /** It holds its segment, until somebody else wants that memory. */
  @Test
  void oneOldEntryHoldsKilobytes() throws Exception {
    open(Duration.ofDays(1));
    try (Consumer consumer = queue.consumer("g", "c")) {
      pass(consumer, sequence -> sequence == 7_777);
      Await.until("others given back", () -> queue.stats().storeBytes() <= 2 * SEGMENT_BYTES);
      makeShortUntilItHolds(SEGMENT_BYTES + 1_024); // one is open
    }
    assertKept("g", sequence -> sequence == 7_777);
  }

  private static void fill(Producer filler) {
    while (filler.trySend(ByteBuffer.allocate(500)) != Producer.FULL) {}
  }

  /** Those that stay move together, again and again, and come again as they were. */
  @ParameterizedTest
  @ValueSource(ints = {2_000, 100, 20})
  void someOfManyHoldLittleMoreThanTheyAre(int every) throws Exception {
    open(Duration.ofDays(1));
    LongPredicate kept = sequence -> sequence % every == 3;
    try (Consumer consumer = queue.consumer("g", "c")) {
      pass(consumer, kept);
    }
    assertKept("g", kept);
  }

  /** Readers look at what stays again and again, whether it has just moved or not. */
  @Test
  void whatMovesIsReadMeanwhile() throws Exception {
    open(Duration.ofMillis(20));
    LongPredicate kept = sequence -> sequence % 500 == 3;
    AtomicBoolean isOver = new AtomicBoolean();
    try (Workers workers = new Workers()) {
      List<Workers.Worker<Void>> reading = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Consumer consumer = queue.consumer("g", "c" + i);
        reading.add(workers.start(() -> readAll(consumer, kept, isOver)));
      }
      while (sent < COUNT) {
        send(BATCH);
      }
      Await.until(
          "all but what is kept acknowledged",
          () -> queue.stats().acknowledged() == COUNT - COUNT / 500);
      isOver.set(true);
      for (var worker : reading) {
        worker.join();
      }
    }
    assertKept("g", kept);
  }

  private static Void readAll(Consumer consumer, LongPredicate kept, AtomicBoolean isOver)
      throws InterruptedException {
    try (consumer) {
      while (!isOver.get()) {
        Batch batch = consumer.poll(BATCH, Duration.ofMillis(5));
        for (int i = 0; i < batch.size(); i++) {
          check(batch.get(i));
        }
        for (int i = 0; i < batch.size(); i++) {
          long sequence = batch.get(i).sequence();
          if (!kept.test(sequence)) {
            acknowledge(consumer, sequence);
          }
        }
      }
    }
    return null;
  }

  /** Unless another was handed it meanwhile, and was quicker. */
  private static void acknowledge(Consumer consumer, long sequence) {
    try {
      consumer.acknowledge(sequence);
    } catch (NotPendingException e) {
      assertTrue(e.getMessage().contains("settled before"), e.getMessage());
    }
  }

  /**
   * What is deleted goes, though a group that has come nowhere near it is still to see the rest.
   */
  @Test
  void whatIsDeletedAheadOfASlowGroupHoldsNothing() throws Exception {
    open(Duration.ofDays(1));
    queue.createGroup("slow");
    LongPredicate kept = sequence -> sequence % 4_000 == 3 || sequence >= 11_000;
    send(12_000);
    try (Consumer consumer = queue.consumer("g", "c")) {
      take(consumer, 12_000, kept);
    }
    deleteAllBut(kept);
    Await.until("others given back", () -> queue.stats().storeBytes() <= 5 * SEGMENT_BYTES);
    makeShortUntilItHolds(2 * SEGMENT_BYTES);
    try (Consumer slow = queue.consumer("slow", "c")) {
      List<Long> seen = new ArrayList<>();
      for (Batch batch; (batch = slow.poll(BATCH, Duration.ZERO)).size() > 0; ) {
        for (int i = 0; i < batch.size(); i++) {
          check(batch.get(i));
          seen.add(batch.get(i).sequence());
        }
        slow.acknowledge(batch);
      }
      assertEquals(LongStream.range(0, sent).filter(kept).boxed().toList(), seen);
    }
    assertKept("g", kept);
  }

  /** The same while there is no group, which one that comes would see all of. */
  @Test
  void whatIsDeletedBeforeThereIsAGroupHoldsNothing() throws Exception {
    open(Duration.ofDays(1));
    queue.removeGroup("g");
    send(12_000);
    LongPredicate kept = sequence -> sequence == 3 || sequence >= 11_000;
    deleteAllBut(kept);
    Await.until("others given back", () -> queue.stats().storeBytes() <= 3 * SEGMENT_BYTES);
    queue.createGroup("g");
    assertKept("g", kept);
  }

  /** Of what has gone nobody knows when it was sent: a trim by age looks at what is left. */
  @Test
  void whatHasGoneIsNoBoundForATrimByAge() throws Exception {
    open(Duration.ofDays(1));
    send(12_000);
    LongPredicate kept = sequence -> sequence == 3 || sequence >= 11_000;
    deleteAllBut(kept);
    Await.until("others given back", () -> queue.stats().storeBytes() <= 3 * SEGMENT_BYTES);
    assertEquals(0, queue.trim(Trim.olderThan(Duration.ofDays(1))));
    Await.passed(Duration.ofMillis(5));
    assertEquals(1_001, queue.trim(Trim.olderThan(Duration.ofMillis(1))));
    assertEquals(0, queue.stats().depth());
  }

  private void deleteAllBut(LongPredicate kept) {
    long[] gone = LongStream.range(0, sent).filter(kept.negate()).toArray();
    assertEquals(gone.length, queue.delete(gone));
  }

  /** Somebody else takes what the store has left, again and again. */
  private void makeShortUntilItHolds(long bytes) {
    MessageQueue other = track.open(QueueConfig.named("other").build());
    try (Producer filler = other.producer()) {
      Await.until(
          "moved",
          () -> {
            fill(filler);
            return queue.stats().storeBytes() <= bytes;
          });
    }
  }

  /** A group that begins later sees what is there, and does not stumble over what has gone. */
  @Test
  void groupThatComesLaterSeesWhatIsLeft() throws Exception {
    open(Duration.ofDays(1));
    LongPredicate kept = sequence -> sequence % 1000 == 3;
    try (Consumer consumer = queue.consumer("g", "c")) {
      pass(consumer, kept);
      queue.createGroup("late", GroupStart.OLDEST);
      List<Long> seen = new ArrayList<>();
      try (Consumer late = queue.consumer("late", "c")) {
        for (Batch batch; (batch = late.poll(BATCH, Duration.ZERO)).size() > 0; ) {
          for (int i = 0; i < batch.size(); i++) {
            check(batch.get(i));
            seen.add(batch.get(i).sequence());
          }
          late.acknowledge(batch);
        }
      }
      for (long sequence = 3; sequence < sent; sequence += 1000) {
        assertTrue(seen.contains(sequence), sequence + " of " + seen);
      }
      assertEquals(0, queue.stats().redelivered());
    }
    assertKept("g", kept);
  }
}
