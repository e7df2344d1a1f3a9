package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.SEGMENT_HEADER_BYTES;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.Filled;
import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.SegmentHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.log.Cleaner;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies in a segment says by itself which entries it has: nothing of the host's is needed. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class SegmentWalks {
  private static final int COUNT = 20_000;
  private static final int MOST_BYTES = 500;

  private final TestShop shop;
  private final Cleaner cleaner;
  private final Queue queue;

  SegmentWalks(Backend backend) {
    shop = new TestShop(backend, new Waiters());
    cleaner = shop.shop.upkeep().cleaner();
    queue =
        shop.open(
            QueueConfig.named("walked")
                .maxPayloadBytes(MOST_BYTES)
                .handler("crc32c")
                .lease(Duration.ofDays(1)));
    queue.createGroup("g");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void fill() throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (long from = 0; from < COUNT; from += 500) {
        long first = from;
        producer.sendBatch(
            500,
            (i, to) -> Filled.write(first + i, to, Filled.length(first + i, MOST_BYTES)),
            Await.DEADLINE);
      }
    }
    Await.until("landed", () -> queue.lane(0).log().progress().completed() >= COUNT);
  }

  private Segment of(long sequence) {
    return queue.lane(0).log().segmentOf(sequence);
  }

  private ByteBuffer read(Segment segment) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(segment.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    shop.shop.copier().read(segment.place(), segment.bytes(), bytes, 0);
    return bytes;
  }

  /** Reads a segment as it lies there, and returns the sequences that it tells of. */
  private List<Long> walk(Segment segment) {
    ByteBuffer bytes = read(segment);
    SegmentHeader header = SegmentHeader.read(bytes);
    assertNotNull(header, "no header");
    assertEquals(segment.first(), header.first());
    assertEquals(segment.end(), header.end());
    assertEquals(segment.bytes(), header.blockBytes());
    assertEquals(segment.isCleaned(), header.isCleaned());
    assertEquals(queue.share().number(), header.queue());
    assertEquals(shop.store.epoch(), header.epoch());
    assertTrue(Math.abs(header.epoch() - System.currentTimeMillis()) < 600_000);
    if (header.isCleaned()) { // nothing else was moved
      assertEquals(header.entries(), header.live());
      assertEquals(header.first(), header.firstLive());
      assertEquals(header.end() - 1, header.lastLive());
    }
    List<Long> found = new ArrayList<>();
    long sequence = header.first();
    for (int at = SEGMENT_HEADER_BYTES; at < header.units() * UNIT; ) {
      long word = Words.get(bytes, at);
      long id = Words.get(bytes, at + Long.BYTES);
      if (EntryHeader.isMark(word)) {
        sequence = id;
        at += UNIT;
        continue;
      }
      assertEquals((segment.place(sequence) - segment.place()) * UNIT, at);
      int length = EntryHeader.length(word);
      assertEquals(Filled.length(sequence, MOST_BYTES), length);
      ByteBuffer payload = bytes.slice(at + UNIT, length);
      assertEquals(Filled.payload(sequence, length), payload);
      assertTrue(Math.abs(EntryHeader.millis(id) - System.currentTimeMillis()) < 600_000);
      at +=
          (1 + EntryHeader.units(length) + EntryHeader.units(EntryHeader.resultBytes(word))) * UNIT;
      found.add(sequence++);
    }
    assertEquals(header.entries(), found.size());
    assertEquals(header.end(), sequence);
    return found;
  }

  /** All but the last, which may still be added to. */
  @Test
  void sealedSegmentsTellWhatTheyHave() throws Exception {
    fill();
    awaitDescribed();
    int segments = 0;
    long last = of(COUNT - 1).first();
    for (long next = 0; next < last; next = of(next).end(), segments++) {
      List<Long> found = walk(of(next));
      assertEquals(next, found.get(0));
      assertEquals(of(next).end() - next, found.size());
      assertLive(of(next), found.size(), next, of(next).end() - 1);
    }
    assertTrue(segments > 5, segments + " segments");
  }

  private void awaitDescribed() {
    Await.until(
        "described",
        () -> {
          cleaner.advance();
          return of(of(COUNT - 1).first() - 1).isDescribed();
        });
  }

  private void assertLive(Segment segment, int live, long first, long last) {
    SegmentHeader header = SegmentHeader.read(read(segment));
    assertEquals(live, header.live());
    assertEquals(first, header.firstLive());
    assertEquals(last, header.lastLive());
  }

  /** What was settled or deleted before is there, and does not count as living. */
  @Test
  void sealedSegmentsTellWhatLived() throws Exception {
    fill();
    LongPredicate lives = sequence -> sequence % 20 == 7;
    try (Consumer consumer = queue.consumer("g", "c")) {
      consumer.poll(50, Await.DEADLINE);
      LongStream.range(0, 50).filter(lives.negate()).forEach(consumer::acknowledge);
    }
    assertEquals(
        LongStream.range(50, COUNT).filter(lives.negate()).count(),
        queue.delete(LongStream.range(50, COUNT).filter(lives.negate()).toArray()));
    awaitDescribed();
    long last = of(COUNT - 1).first();
    for (long next = 0; next < last; next = of(next).end()) {
      Segment segment = of(next);
      walk(segment);
      long[] alive = LongStream.range(next, segment.end()).filter(lives).toArray();
      assertLive(
          segment,
          alive.length,
          alive.length == 0 ? next : alive[0],
          alive.length == 0 ? next : alive[alive.length - 1]);
    }
  }

  /** Another queue's segments say so, also those of one that comes behind another's end. */
  @Test
  void noTwoQueuesHaveOneNumber() {
    int before = queue.share().number();
    Queue other = shop.open(QueueConfig.named("other"));
    assertTrue(before > 0);
    assertNotEquals(before, other.share().number());
    other.close();
    int again = shop.open(QueueConfig.named("other")).share().number();
    assertNotEquals(other.share().number(), again);
    assertNotEquals(before, again);
  }

  @Test
  void cleanedSegmentsTellWhatLivesOn() throws Exception {
    fill();
    LongPredicate lives = sequence -> sequence % 100 < 3 && sequence % 1000 < 700;
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (long taken = 0; taken < COUNT; ) {
        Batch batch = consumer.poll(1000, Await.DEADLINE);
        for (int i = 0; i < batch.size(); i++) {
          if (!lives.test(batch.get(i).sequence())) {
            consumer.acknowledge(batch.get(i).sequence());
          }
        }
        taken += batch.size();
      }
      long last = of(COUNT - 1).first();
      makeShort();
      Await.until(
          "cleaned",
          () -> {
            cleaner.advance();
            return of(0).isCleaned() && of((last - 1) / 1000 * 1000).isCleaned();
          });
      for (long next = 0; next < last; ) {
        List<Long> found = walk(of(next));
        for (long sequence : found) {
          assertTrue(lives.test(sequence), "entry " + sequence);
          assertEquals(next, sequence);
          do {
            next++;
          } while (!lives.test(next));
        }
      }
    }
  }

  /** A reader is late: of what it was handed others have settled most, and the rest was moved. */
  @Test
  void whatWasSettledMeanwhileIsFoundBesideWhatMoved() throws Exception {
    fill();
    LongPredicate lives = sequence -> sequence % 100 < 3;
    Lane lane = queue.lane(0);
    Group group = lane.groups().find("g");
    Delivery late = new Delivery(lane.groups().holds().join());
    assertEquals(700, group.take(late, 700, 0, lane.pass()));
    Delivery other = new Delivery();
    for (long next = 0; next < COUNT; next++) {
      if (next >= 700 && (other.isEmpty() || next > other.last())) {
        group.take(other, 1000, 1, lane.pass());
      }
      if (!lives.test(next)) {
        group.acknowledge(next);
      }
    }
    makeShort();
    Await.until(
        "moved",
        () -> {
          cleaner.advance();
          return of(0).isCleaned();
        });
    EntryBatch batch = new EntryBatch(new EntryFinder(queue.reading()));
    Batch found = batch.load(lane, late, rest -> {});
    assertEquals(700, found.size());
    for (int i = 0; i < found.size(); i++) {
      Filled.check(found.get(i), i, Filled.length(i, MOST_BYTES));
    }
    batch.close();
  }

  /** Somebody takes what the store has left. */
  private void makeShort() {
    Share greedy = shop.store.share(Long.MAX_VALUE, 0);
    while (shop.store.allocate(greedy, 64 << 10) != Store.NO_ROOM) {}
  }
}
