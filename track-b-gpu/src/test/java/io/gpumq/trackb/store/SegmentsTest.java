package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentsTest {
  private static final int UNIT = 16;

  private final Store store = new Store(new Arena(256 << 20), 0, () -> {});

  private Segments segments() {
    return new Segments(store, store.share(Long.MAX_VALUE, 0), 0);
  }

  /** Appends entries of one size one by one, as many as there is room for. */
  private static int fill(Segments segments, int units, int count) {
    int done = 0;
    for (Segment at; done < count && (at = segments.withRoom(units, units)) != null; done++) {
      at.append(units);
    }
    return done;
  }

  private record Entry(long sequence, long place, int units) {}

  /** A lane of the model: what it holds, oldest first. */
  private final class Lane {
    private final Segments segments = segments();
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long next;

    private boolean add(int units, long wanted) {
      Segment segment = segments.withRoom(units, wanted);
      if (segment == null) {
        return false;
      }
      entries.add(new Entry(next++, segment.next(), units));
      segment.append(units);
      return true;
    }
  }

  /** Lanes come, fill and drain with entries of all sizes: no two lie over each other. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keepsEntriesApart(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lanes.add(new Lane());
    }
    int refused = 0;
    for (int step = 0; step < 4_000; step++) {
      Lane lane = lanes.get(random.nextInt(lanes.size()));
      if (random.nextInt(3) > 0) {
        int largest = 1 << random.nextInt(lanes.indexOf(lane) % 4 == 0 ? 21 : 9);
        for (int i = random.nextInt(30); i >= 0; i--) {
          int units = 1 + random.nextInt(largest);
          refused += lane.add(Math.min(units, (16 << 20) / UNIT), units * (long) i) ? 0 : 1;
        }
      } else {
        int drop = random.nextInt(lane.entries.size() + 1);
        for (int i = 0; i < drop; i++) {
          lane.entries.remove();
        }
        long from = lane.entries.isEmpty() ? lane.next : lane.entries.peek().sequence;
        lane.segments.releaseBelow(from, false);
      }
      if (step % 100 == 0) {
        check(lanes);
      }
    }
    assertTrue(refused > 0, "the store was never full");
    for (Lane lane : lanes) {
      lane.segments.releaseBelow(lane.next, false);
      assertEquals(0, lane.segments.heldBytes());
      assertEquals(0, lane.segments.count());
    }
    assertEquals(store.bytes(), store.freeBytes());
  }

  private static void check(List<Lane> lanes) {
    TreeMap<Long, Integer> all = new TreeMap<>();
    for (Lane lane : lanes) {
      for (Entry entry : lane.entries) {
        assertEquals(entry.place, lane.segments.of(entry.sequence).place(entry.sequence));
        assertEquals(null, all.put(entry.place, entry.units), "two entries at one place");
      }
    }
    long end = 0;
    for (var entry : all.entrySet()) {
      assertTrue(entry.getKey() >= end, "two entries over each other");
      end = entry.getKey() + entry.getValue();
    }
  }

  @Test
  void takesNothingWhileEmpty() {
    Segments segments = segments();
    assertEquals(0, segments.heldBytes());
    assertEquals(100, fill(segments, 17, 100));
    segments.releaseBelow(100, false);
    assertEquals(0, segments.heldBytes());
    assertEquals(store.bytes(), store.freeBytes());
  }

  /** Ten entries of 256 bytes, one by one. */
  @Test
  void givesSmallQueueLittle() {
    Segments segments = segments();
    fill(segments, 17, 10);
    assertTrue(segments.heldBytes() <= 4 << 10, segments.heldBytes() + " bytes");
  }

  /** Where a trim or a limit in bytes is to cut. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void knowsWhereTheNewestBytesBegin(boolean isOfOneSize) {
    Segments segments = segments();
    SegmentBytes bytes = new SegmentBytes(segments);
    SplittableRandom random = new SplittableRandom(7);
    long[] ends = new long[2_001];
    for (int i = 0; i < 2_000; i++) {
      int units = isOfOneSize ? 9 : random.nextInt(1, 60);
      segments.withRoom(units, units).append(units);
      ends[i + 1] = ends[i] + units;
    }
    for (int newest = 0; newest <= 2_000; newest += 50) {
      long newestBytes = (ends[2_000] - ends[2_000 - newest]) * UNIT;
      assertEquals(2_000 - newest, bytes.within(newestBytes));
      if (newest > 0) {
        assertEquals(2_001 - newest, bytes.within(newestBytes - 1));
      }
    }
    assertEquals(0, bytes.within(Long.MAX_VALUE));
    long held = segments.heldBytes();
    assertEquals(0, bytes.endBeyond(held));
    assertEquals(bytes.oldestEnd(), bytes.endBeyond(held - segments.of(0).bytes()));
    segments.releaseBelow(bytes.oldestEnd(), true);
    assertEquals(segments.of(bytes.oldestEnd() - 1).first(), bytes.endBeyond(held));
  }

  @Test
  void growsToMegabytes() {
    Segments segments = segments();
    fill(segments, 17, 500_000);
    long used = 500_000L * 17 * UNIT;
    assertTrue(segments.heldBytes() < used + (2 << 20), segments.heldBytes() + " bytes");
    assertTrue(segments.count() < 150, segments.count() + " segments");
  }

  /** Sizes above 64 KB, and small ones between them: little more is taken than what they are. */
  @ParameterizedTest
  @ValueSource(ints = {66 << 10, 200 << 10, 600 << 10, 3 << 20})
  void wastesLittleOnLargeEntries(int largest) {
    SplittableRandom random = new SplittableRandom(largest);
    Segments segments = segments();
    long used = 0;
    for (int i = 0; i < 60; i++) {
      int bytes = i % 5 == 0 ? 100 + random.nextInt(5_000) : largest - random.nextInt(largest / 4);
      int units = 1 + (bytes + UNIT - 1) / UNIT;
      segments.withRoom(units, units).append(units);
      used += bytes;
    }
    assertTrue(segments.heldBytes() <= used * 1.1, segments.heldBytes() + " bytes for " + used);
  }

  @Test
  void saysThatStoreIsFull() {
    Segments segments = segments();
    assertTrue(fill(segments, 4096, 10_000) < 10_000);
    assertNull(segments.withRoom(4096, 4096));
  }

  @Test
  void findsSegmentBehindAnother() {
    Segments segments = segments();
    fill(segments, 17, 10);
    Segment first = segments.of(0);
    int count = 1;
    for (Segment at = first, next; (next = segments.behind(at)) != null; at = next, count++) {
      assertEquals(at.end(), next.first());
    }
    assertEquals(segments.count(), count);
  }

  /** A writer that was promised room has it, whatever others take meanwhile. */
  @Test
  void keepsWhatItPromises() {
    Segments segments = segments();
    fill(segments, 17, 10);
    int units = segments.pledge(100, 500);
    assertTrue(units >= 100 && units <= 500, units + " units");
    Segments others = segments();
    while (others.withRoom(1, 1) != null) {
      others.withRoom(1, 1).append(others.withRoom(1, 1).room());
    }
    fill(segments, 3, 10_000);
    assertNull(segments.withRoom(3, 3));
    segments.redeem(units);
    segments.withRoom(units, units).append(units);
    assertNull(segments.withRoom(3, 3));
  }

  /** Who has a promise, and takes its time, holds up nobody: another segment has room for both. */
  @Test
  void opensAnotherBesideAPromise() {
    Segments segments = segments();
    int units = segments.pledge(100, 500);
    int others = 0;
    for (int i = 0; i < 1_000; i++) {
      Segment segment = segments.withRoom(90, 90);
      assertNotNull(segment, "entry " + i);
      segment.append(90);
      others = i + 1;
    }
    assertTrue(segments.hasRoom(2_000));
    assertNotNull(segments.withRoom(5_000, 5_000), "what is large, too");
    segments.redeem(units);
    Segment last = segments.withRoom(units, units);
    assertTrue(last.room() >= units);
    assertEquals(others, last.end(), "no other was opened for it");
    last.append(units);
    segments.releaseBelow(last.end(), false);
    assertEquals(0, segments.heldBytes());
  }

  /** Nor a large entry whose block was written before: what is promised moves behind it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void opensLargeOnesBesideAPromise(int before) {
    Segments segments = segments();
    OwnSegments owns = new OwnSegments(segments);
    for (int i = 0; i < before; i++) {
      segments.withRoom(50, 1_000).append(50);
    }
    int units = segments.pledge(100, 100);
    for (int i = 0; i < 3; i++) {
      int promised = owns.promised();
      assertEquals(i == 0 && before > 0 ? units : 0, promised, "an empty one moves as it is");
      long behind = promised == 0 ? Store.NO_ROOM : segments.ownBlocks().take(promised);
      owns.open(segments.ownBlocks().take(5_000), 5_000).append(5_000);
      owns.openBehind(behind, promised);
    }
    for (int i = 0; i < before + 3; i++) {
      assertTrue(segments.of(i).has(i), "entry " + i);
    }
    segments.redeem(units);
    Segment last = segments.withRoom(units, units);
    assertEquals(before + 3, last.end(), "it is behind them, and no other was opened for it");
    last.append(units);
    assertEquals(before + 4, segments.count());
    segments.releaseBelow(last.end(), false);
    assertEquals(0, segments.heldBytes());
  }

  /** A refuge is for what was written; it takes what is promised in only if both have room. */
  @Test
  void adoptsARefugeBesideAPromise() {
    Store small = new Store(new Arena(4 << 20), 1 << 20, () -> {});
    Segments segments = new Segments(small, small.share(Long.MAX_VALUE, 0), 0);
    long refuge = segments.takeRefuge(1000);
    int units = segments.pledge(100, 100);
    Segments others = new Segments(small, small.share(Long.MAX_VALUE, 0), 0);
    fill(others, 17, 1 << 20);
    fill(others, 1, 1 << 20);
    assertFalse(segments.adopt(refuge, 1000, 901));
    assertTrue(segments.adopt(refuge, 1000, 900));
    segments.withRoom(900, 900).append(900);
    segments.redeem(units);
    assertNotNull(segments.withRoom(units, units));
  }

  @Test
  void keepsEmptySegmentThatIsPromised() {
    Segments segments = segments();
    int units = segments.pledge(100, 100);
    segments.releaseBelow(Long.MAX_VALUE - 1, false);
    assertEquals(1, segments.count());
    segments.redeem(units);
    segments.releaseBelow(Long.MAX_VALUE - 1, false);
    assertEquals(0, segments.heldBytes());
  }

  @Test
  void promisesNoMoreThanShareMayHold() {
    Segments segments = new Segments(store, store.share(2 << 10, 0), 0);
    assertEquals(0, segments.pledge(200, 200));
    int units = segments.pledge(100, 200);
    assertTrue(units >= 100 && units <= 124, units + " units");
    assertEquals(0, segments.pledge(100, 100));
  }

  @Test
  void adoptsRefugeWhenStoreIsFull() {
    Store small = new Store(new Arena(4 << 20), 1 << 20, () -> {});
    Segments segments = new Segments(small, small.share(Long.MAX_VALUE, 0), 0);
    long refuge = segments.takeRefuge(1000);
    fill(segments, 17, 1 << 20);
    assertNull(segments.withRoom(17, 17));
    assertTrue(segments.adopt(refuge, 1000, 100));
    assertTrue(fill(segments, 100, 100) >= 10);
  }
}
