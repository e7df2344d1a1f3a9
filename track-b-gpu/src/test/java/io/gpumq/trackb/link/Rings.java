package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.spi.Backend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many lanes share a ring, many producers its chunks: each lane gets its own, in its order. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class Rings {
  private static final int LARGEST = 500;

  private final Supplier<Backend> backend;

  Rings(Supplier<Backend> backend) {
    this.backend = backend;
  }

  private static RingShape small(String handler) {
    return new RingShape(
        256, 8192, 8, 8, 3, LARGEST, HandlerSpec.parse(handler).resultBytes(), 0, 1);
  }

  private Carriage open(String handler, RingShape shape) {
    return new Carriage(backend.get(), handler, shape);
  }

  private static List<Carriage.Lane> lanes(Carriage ring, int count) {
    List<Carriage.Lane> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(ring.new Lane(count, LARGEST, i % 2 == 0));
    }
    return all;
  }

  /** Sends from several threads, each to any lane, until every lane has so many. */
  private static void sendAll(Carriage ring, List<Carriage.Lane> lanes, long messages)
      throws InterruptedException {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> producers = new ArrayList<>();
    int most = ring.ring.size();
    for (int p = 0; p < 3; p++) {
      SplittableRandom random = new SplittableRandom(p);
      producers.add(
          new Thread(
              () -> {
                try {
                  Draft draft = new Draft(ring.ring, ring.ring.shape().largestPayload());
                  for (Carriage.Lane lane; (lane = next(lanes, messages, random)) != null; ) {
                    if (lane.send(draft, 1 + random.nextInt(most)) == 0) {
                      ring.requireAlive();
                      Thread.yield();
                    }
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    producers.forEach(Thread::start);
    for (Thread producer : producers) {
      producer.join();
    }
    assertEquals(List.of(), failures);
    await(ring, lanes);
  }

  private static Carriage.Lane next(
      List<Carriage.Lane> lanes, long messages, SplittableRandom random) {
    Carriage.Lane drawn = lanes.get(random.nextInt(lanes.size()));
    return drawn.next() < messages
        ? drawn
        : lanes.stream().filter(lane -> lane.next() < messages).findFirst().orElse(null);
  }

  private static void await(Carriage ring, List<Carriage.Lane> lanes) {
    for (Carriage.Lane lane : lanes) {
      while (lane.landed < lane.next() && lane.failure == null) {
        ring.ring.advance();
        ring.requireAlive();
        Thread.yield();
      }
      assertNull(lane.failure);
      assertEquals(lane.next(), lane.completed);
    }
  }

  @Test
  void givesEachLaneItsOwnInOrder() throws InterruptedException {
    try (Carriage ring = open("echo", small("echo"))) {
      List<Carriage.Lane> lanes = lanes(ring, 8);
      sendAll(ring, lanes, 5_000);
      for (Carriage.Lane lane : lanes) {
        assertTrue(lane.fromWindow > 0, "nothing was seen in the window");
        for (long message = 0; message < lane.next() - 1; message += 97) {
          ByteBuffer found = ring.read(lane.place(message), lane.units(message) * UNIT);
          lane.check(message, found, 0);
        }
      }
    }
  }

  /** A run's first slot is another's before its last entry is done. */
  @Test
  void tellsOfRunsThatAreLongerThanTheRest() throws InterruptedException {
    RingShape shape = new RingShape(128, 8192, 8, 8, 3, 24, 0, 0, 1);
    try (Carriage ring = open("echo", shape)) {
      List<Carriage.Lane> lanes = List.of(ring.new Lane(2, 24, false), ring.new Lane(2, 24, true));
      sendAll(ring, lanes, 50_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crc32c", "sha256"})
  void handlesEachMessageWhereItLies(String handler) throws InterruptedException {
    try (Carriage ring = open(handler, small(handler))) {
      List<Carriage.Lane> lanes = lanes(ring, 4);
      sendAll(ring, lanes, 2_000);
      for (Carriage.Lane lane : lanes) {
        for (long message = 0; message < lane.next() - 1; message += 31) {
          ByteBuffer found = ring.read(lane.place(message), lane.units(message) * UNIT);
          lane.check(message, found, 0);
          checkResult(handler, lane.payload(message), found);
        }
      }
    }
  }

  private static void checkResult(String handler, ByteBuffer payload, ByteBuffer entry) {
    HandlerSpec spec = HandlerSpec.parse(handler);
    ByteBuffer result = ByteBuffer.allocate(EntryHeader.units(spec.resultBytes()) * UNIT);
    spec.newHostHandler().handle(payload, result.limit(spec.resultBytes()), 1);
    assertEquals(spec.resultBytes(), EntryHeader.resultBytes(Words.get(entry, 0)));
    result.clear(); // with the zeros behind it
    assertEquals(result, entry.slice(result(entry), result.capacity()));
  }

  /** Where an entry's result begins, or a letter's texts. */
  private static int result(ByteBuffer entry) {
    long header = Words.get(entry, 0);
    int payload = EntryHeader.units(EntryHeader.length(header));
    return (1 + EntryHeader.extensions(header) + payload) * UNIT;
  }

  /** As messages, which are handled, and as letters, which are not. */
  @Test
  void movesWhatItKeeps() throws InterruptedException {
    try (Carriage ring = open("crc32c", small("crc32c"))) {
      List<Carriage.Lane> lanes = lanes(ring, 2);
      sendAll(ring, lanes, 1_000);
      Move move = new Move(ring.ring);
      SplittableRandom random = new SplittableRandom(3);
      for (int round = 0; round < 600; round++) {
        Carriage.Lane from = lanes.get(round % 2);
        Carriage.Lane to = lanes.get(random.nextInt(2));
        long message = random.nextLong(999);
        int texts = random.nextBoolean() ? 0 : random.nextInt(1, 300);
        long moved = to.next();
        while (!to.take(move, from, message, texts)) {
          ring.requireAlive();
        }
        await(ring, lanes);
        ByteBuffer found = ring.read(to.place(moved), to.units(moved) * UNIT);
        from.check(message, found, 0);
        if (texts == 0) {
          checkResult("crc32c", from.payload(message), found);
        } else {
          checkTexts(texts, found);
        }
      }
    }
  }

  /** Beside messages that go by the ring. */
  @Test
  void handlesWhatWasCopiedToItsPlace() throws InterruptedException {
    try (Carriage ring = open("crc32c", small("crc32c"))) {
      List<Carriage.Lane> lanes = lanes(ring, 2);
      Draft draft = new Draft(ring.ring, LARGEST);
      Move move = new Move(ring.ring);
      for (int round = 0; round < 600; round++) {
        Carriage.Lane lane = lanes.get(round % 2);
        lane.send(draft, 3);
        long placed = lane.next();
        while (!lane.place(move)) {
          ring.requireAlive();
        }
        await(ring, lanes);
        ByteBuffer found = ring.read(lane.place(placed), lane.units(placed) * UNIT);
        lane.check(placed, found, 0);
        checkResult("crc32c", lane.payload(placed), found);
      }
    }
  }

  private static void checkTexts(int texts, ByteBuffer entry) {
    assertTrue(EntryHeader.isLetter(Words.get(entry, 0)));
    assertEquals(texts, EntryHeader.resultBytes(Words.get(entry, 0)));
    for (int i = 0; i < texts; i++) {
      assertEquals((byte) i, entry.get(result(entry) + i));
    }
  }

  /** What names memory that is not there breaks the ring, and nothing is written. */
  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 33, Long.MAX_VALUE})
  void movesNothingFromBeyondTheArena(long source) {
    try (Carriage ring = open("echo", small("echo"))) {
      Carriage.Lane lane = ring.new Lane(1, LARGEST, false);
      assertEquals(1, lane.send(new Draft(ring.ring, LARGEST), 1));
      await(ring, List.of(lane));
      Move move = new Move(ring.ring);
      assertTrue(move.begin(source, lane.heading(0, 0)));
      assertTrue(move.claim());
      move.publish(lane, 1, lane.place(0), null);
      while (ring.error() == 0) {
        Thread.yield();
      }
      assertTrue(RingErrors.describe(ring.error()).contains("a slot names a place outside"));
      lane.check(0, ring.read(lane.place(0), lane.units(0) * UNIT), 0);
    }
  }

  @Test
  void givesUpWhatFails() throws InterruptedException {
    // A message's first eight bytes are its number and its lane's: every 16th of lane 0.
    String handler = "fail:every=4096,attempts=15";
    try (Carriage ring = open(handler, small(handler))) {
      List<Carriage.Lane> lanes = lanes(ring, 2);
      sendAll(ring, lanes, 1_000);
      Carriage.Lane failing = lanes.get(0);
      assertEquals((failing.next() + 15) / 16, failing.failed);
      assertEquals(0, lanes.get(1).failed);
      long header = Words.get(ring.read(failing.place(16), UNIT), 0);
      assertEquals(EntryHeader.corrected(header, 1, 3, 1), header);
      header = Words.get(ring.read(failing.place(17), UNIT), 0);
      assertEquals(EntryHeader.corrected(header, 0, 1, 0), header);
    }
  }

  @Test
  void succeedsAtLaterTry() throws InterruptedException {
    String handler = "fail:every=4096,attempts=2";
    try (Carriage ring = open(handler, small(handler))) {
      List<Carriage.Lane> lanes = lanes(ring, 1);
      sendAll(ring, lanes, 100);
      assertEquals(0, lanes.get(0).failed);
      long header = Words.get(ring.read(lanes.get(0).place(32), UNIT), 0);
      assertEquals(EntryHeader.corrected(header, 0, 3, 0), header);
    }
  }

  /** One at a time: by express where the device has it. */
  @Test
  void carriesMessagesThatComeAlone() {
    for (String handler : new String[] {"echo", "crc32c", "sha256"}) {
      try (Carriage ring = open(handler, small(handler))) {
        Carriage.Lane lane = ring.new Lane(1, LARGEST, false);
        Draft draft = new Draft(ring.ring, LARGEST);
        for (int i = 0; i < 3_000; i++) {
          assertEquals(1, lane.send(draft, 1));
          while (lane.completed < lane.next()) {
            ring.ring.advance();
            ring.requireAlive();
          }
        }
        await(ring, List.of(lane));
        for (long message = 0; message < lane.next() - 1; message += 7) {
          lane.check(message, ring.read(lane.place(message), lane.units(message) * UNIT), 0);
        }
      }
    }
  }

  private record Some(Carriage.Lane lane, long[] messages, ByteBuffer to) implements Fetch.Wanted {
    @Override
    public int count() {
      return messages.length;
    }

    @Override
    public long place(int index) {
      return lane.place(messages[index]);
    }

    @Override
    public int units(int index) {
      return lane.units(messages[index]);
    }

    @Override
    public ByteBuffer memory(int index) {
      return to;
    }

    @Override
    public int target(int index) {
      return index * 1024;
    }
  }

  /** By the ring, as many as there is room for, and one alone. */
  @Test
  void readsWhatItKeeps() throws InterruptedException {
    try (Carriage ring = open("echo", small("echo"))) {
      List<Carriage.Lane> lanes = lanes(ring, 2);
      sendAll(ring, lanes, 3_000);
      Fetch fetch = ring.fetch();
      SplittableRandom random = new SplittableRandom(7);
      ByteBuffer memory = ByteBuffer.allocateDirect(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
      for (int round = 0; round < 600; round++) {
        Carriage.Lane lane = lanes.get(round % 2);
        int count = round % 3 == 0 ? 1 : 1 + random.nextInt(60);
        Some some = new Some(lane, random.longs(count, 0, 2_999).toArray(), memory);
        for (int done = 0; done < count; ) {
          done += fetch.read(some, done, ring::requireAlive);
        }
        for (int i = 0; i < count; i++) {
          lane.check(some.messages[i], memory, some.target(i));
        }
      }
    }
  }
}
