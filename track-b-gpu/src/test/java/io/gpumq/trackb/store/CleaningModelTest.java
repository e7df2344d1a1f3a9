package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lanes fill a store with entries of random sizes, which cease to live in any order, are deleted,
 * held, and moved together. Against a plain model: each that lives is found, as it was written, and
 * no memory is lost. Memory is one word a unit.
 */
class CleaningModelTest {
  private static final long BYTES = 32L << 20;
  private static final int UNIT = 16;
  private static final long MARK = 1L << 62;

  private final Store store = new Store(new Arena(BYTES), BYTES / 64, () -> {});
  private final long[] memory = new long[(int) (BYTES / UNIT)];
  private int moved;
  private int marksMet;
  private int deleted;
  private int relocated;

  /** What a unit of an entry holds. */
  private static long word(int lane, long sequence, int unit) {
    return (long) lane << 56 | sequence << 20 | unit;
  }

  /** A reader that found an entry, and looks at it later. */
  private record Reader(long sequence, int units, long place) {}

  private final class Lane {
    private final int number;
    private final Segments segments = new Segments(store, store.share(Long.MAX_VALUE, 0), 0);
    private final SegmentEntries entries = new SegmentEntries(segments);
    private final SegmentMoves moves = new SegmentMoves(segments);

    /** Those that live, by sequence: how many units. */
    private final TreeMap<Long, Integer> living = new TreeMap<>();

    /** Those that were deleted, or were not there any more when their segment was cleaned. */
    private final TreeSet<Long> gone = new TreeSet<>();

    private final Map<Long, Reader> readers = new HashMap<>();
    private final List<Segment> left = new ArrayList<>();
    private long next;

    private Lane(int number) {
      this.number = number;
    }

    private boolean add(int units) {
      Segment segment = segments.withRoom(units, units);
      if (segment == null) {
        return false;
      }
      write(segment.next(), next, units);
      segment.append(units);
      living.put(next++, units);
      return true;
    }

    private void write(long place, long sequence, int units) {
      for (int unit = 0; unit < units; unit++) {
        memory[(int) place + unit] = word(number, sequence, unit);
      }
    }

    private boolean isThere(long place, long sequence, int units) {
      for (int unit = 0; unit < units; unit++) {
        if (memory[(int) place + unit] != word(number, sequence, unit)) {
          return false;
        }
      }
      return true;
    }

    private long heldFrom() {
      return readers.keySet().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }

    private long random(SplittableRandom random) {
      Long found = living.ceilingKey(random.nextLong(next + 1));
      return found == null ? -1 : found;
    }

    private void read(SplittableRandom random) {
      long sequence = random(random);
      if (sequence >= 0) {
        Segment segment = segments.of(sequence);
        readers.put(sequence, new Reader(sequence, living.get(sequence), segment.place(sequence)));
      }
    }

    private void endReads() {
      for (Reader reader : readers.values()) {
        assertTrue(
            isThere(reader.place(), reader.sequence(), reader.units()), "moved while it was read");
      }
      readers.clear();
      left.removeIf(this::tryFree);
    }

    private boolean tryFree(Segment segment) {
      boolean isFree = heldFrom() >= segment.end();
      if (isFree) {
        overwrite(segment);
        segments.free(segment);
      }
      return isFree;
    }

    /** What is free may be written by anybody. */
    private void overwrite(Segment segment) {
      for (int unit = 0; unit < segment.bytes() / UNIT; unit++) {
        memory[(int) segment.place() + unit] = -1;
      }
    }

    /** From the oldest that lives or is read. */
    private void release() {
      long from = living.isEmpty() ? next : living.firstKey();
      segments.releaseBelow(Math.min(from, heldFrom()), false);
    }

    private BitSet alive(Segment segment) {
      BitSet alive = new BitSet();
      for (long at = segment.first(); at < segment.end(); at++) {
        if (living.containsKey(at) || at >= heldFrom()) {
          alive.set((int) (at - segment.first()));
        }
      }
      return alive;
    }

    /** Cleans some segments that follow each other, or begins to and does not after all. */
    private void clean(SplittableRandom random) {
      long from = random.nextLong(next + 1);
      List<Segment> some = new ArrayList<>();
      Gathering gathering = new Gathering(store.spareBytes() > 1 << 20 ? 1 << 20 : 1 << 16);
      for (Segment segment : moves.sealed(from, 1 + random.nextInt(6))) {
        BitSet alive = alive(segment);
        if (segment.isOwn() || !alive.isEmpty() && !gathering.add(segment, alive)) {
          break;
        }
        some.add(segment);
      }
      if (some.isEmpty()) {
        return;
      }
      List<Long> dead = new ArrayList<>();
      for (Segment segment : some) {
        BitSet alive = alive(segment);
        for (long at = segment.first(); at < segment.end(); at++) {
          if (!alive.get((int) (at - segment.first()))) {
            dead.add(at);
          }
        }
      }
      if (gathering.count() == 0) {
        assertTrue(moves.replace(some, null));
        left.addAll(some);
        gone.addAll(dead);
      } else if (move(some, gathering, random.nextInt(8) == 0)) {
        gone.addAll(dead);
      }
      left.removeIf(this::tryFree);
    }

    /** Deletes all of a range but some. */
    private void delete(SplittableRandom random) {
      long from = random.nextLong(next + 1);
      long end = Math.min(next, from + random.nextInt(2_000));
      int every = 1 + random.nextInt(8);
      BitSet kept = new BitSet();
      long last = -1;
      for (long at = from; at < end; at++) {
        if (at % every == 0) {
          kept.set((int) (at - from));
        } else if (living.remove(at) != null || segments.of(at) != null && !gone.contains(at)) {
          gone.add(at);
          last = at;
        }
      }
      assertEquals(last < 0 ? from : last + 1, entries.deleteAllBut(from, end, kept));
      deleted += last < 0 ? 0 : 1;
      release();
    }

    /** Returns whether it did. */
    private boolean move(List<Segment> some, Gathering gathering, boolean isAbandoned) {
      long place = segments.takeSpare(gathering.blockBytes());
      if (place == Store.NO_ROOM) {
        return false;
      }
      Segment to = gathering.at(place);
      for (int run = 0; run < gathering.runs(); run++) {
        int at = (int) place + gathering.offset(run);
        System.arraycopy(memory, (int) gathering.source(run), memory, at, gathering.units(run));
        if (run > 0) {
          memory[at - 1] = MARK | gathering.sequence(run);
        }
      }
      if (isAbandoned) {
        segments.free(to);
        return false;
      }
      assertTrue(moves.replace(some, to));
      moved += gathering.count();
      left.addAll(some);
      walk(to);
      return true;
    }

    /** Moves segments as they are, the last one too, whatever lives in them. */
    private void relocate(SplittableRandom random) {
      List<Segment> some = new ArrayList<>();
      moves.still(random.nextLong(next + 1), next, 1 + random.nextInt(3), some);
      for (Segment from : some) {
        long place = store.allocateSpare(from.bytes());
        if (place == Store.NO_ROOM) {
          continue;
        }
        Segment to = moves.at(from, place, next);
        System.arraycopy(memory, (int) from.place(), memory, (int) place, from.usedUnits());
        boolean isChanged = random.nextInt(8) == 0 && add(1 + random.nextInt(100));
        boolean isMoved = moves.move(from, to);
        assertTrue(isMoved || isChanged);
        if (isMoved) {
          relocated++;
          left.add(from);
        } else {
          segments.free(to);
        }
      }
      left.removeIf(this::tryFree);
    }

    /** Finds the entries of a cleaned segment by what lies in it alone. */
    private void walk(Segment segment) {
      long sequence = segment.first();
      int entries = 0;
      for (long at = segment.place() + 4; at < segment.place() + segment.usedUnits(); ) {
        if ((memory[(int) at] & MARK) != 0) {
          sequence = memory[(int) at++] & ~MARK;
          marksMet++;
          continue;
        }
        assertEquals(word(number, sequence, 0), memory[(int) at]);
        assertEquals(segment.place(sequence), at);
        at = segment.endOf(sequence++);
        entries++;
      }
      assertEquals(segment.entries(), entries);
      assertEquals(segment.end(), sequence);
    }

    private void check(SplittableRandom random) {
      assertEquals(segments.heldBytes(), segments.share().held());
      if (segments.count() > 0) {
        long from = random.nextLong(segments.get(0).first(), next + 1);
        assertEquals(gone.tailSet(from).size(), entries.goneFrom(from));
        long kept = from;
        while (kept < next && gone.contains(kept)) {
          kept++;
        }
        assertEquals(kept, entries.firstKept(from, next));
        long end = random.nextLong(from, next + 1);
        long last = end - 1;
        while (last >= from && gone.contains(last)) {
          last--;
        }
        assertEquals(last, entries.lastKept(from, end));
      }
      for (var entry : living.entrySet()) {
        Segment segment = segments.of(entry.getKey());
        assertNotNull(segment, "entry " + entry.getKey() + " is lost");
        long place = segment.place(entry.getKey());
        assertEquals(entry.getValue(), (int) (segment.endOf(entry.getKey()) - place));
        assertTrue(isThere(place, entry.getKey(), entry.getValue()), "another lies there");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void keepsWhatLives(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      lanes.add(new Lane(i));
    }
    int refused = 0;
    for (int step = 0; step < 3_000; step++) {
      Lane lane = lanes.get(random.nextInt(lanes.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> refused += fill(lane, random);
        case 3, 4 -> settle(lane, random);
        case 5 -> lane.clean(random);
        case 6 -> lane.read(random);
        case 7 -> lane.delete(random);
        case 8 -> lane.relocate(random);
        default -> lane.endReads();
      }
      if (step % 100 == 0) {
        lanes.forEach(each -> each.check(random));
      }
    }
    assertTrue(refused > 0, "the store was never full");
    assertTrue(moved > 1_000 && marksMet > 100, moved + " moved, " + marksMet + " marks");
    assertTrue(deleted > 10, deleted + " deletions");
    assertTrue(relocated > 100, relocated + " moved as they are");
    for (Lane lane : lanes) {
      lane.check(random);
      lane.endReads();
      lane.living.clear();
      lane.release();
      assertEquals(0, lane.segments.heldBytes());
    }
    assertEquals(store.bytes(), store.freeBytes());
  }

  private static int fill(Lane lane, SplittableRandom random) {
    int largest = 1 << 1 + random.nextInt(lane.number % 3 == 0 ? 14 : 8);
    for (int i = random.nextInt(300); i >= 0; i--) {
      if (!lane.add(1 + random.nextInt(largest))) {
        return 1;
      }
    }
    return 0;
  }

  /** Some cease to live, anywhere, or nearly all up to one. */
  private static void settle(Lane lane, SplittableRandom random) {
    int most = random.nextInt(200);
    if (random.nextBoolean()) {
      for (int i = 0; i < most; i++) {
        lane.living.remove(lane.random(random));
      }
    } else {
      long to = random.nextLong(lane.next + 1);
      int every = 2 + random.nextInt(50);
      lane.living.headMap(to).keySet().removeIf(sequence -> sequence % every != 0);
    }
    lane.release();
  }
}
