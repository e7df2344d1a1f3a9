package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is cut to pieces, and what of it can be cleared. */
class StretchTest {
  private static final int KILOBYTE = 1 << 10;
  private static final int MEGABYTE = 1 << 20;
  private static final int MEGABYTES = 8;
  private static final int RESERVE = MEGABYTES * MEGABYTE / 64;

  private int freed;
  private final Store store = new Store(new Arena(MEGABYTES * MEGABYTE), RESERVE, () -> freed++);
  private final Stretches stretches = store.stretches();
  private final Share share = store.share(Long.MAX_VALUE, 0);

  /** In the order of their places; what cannot move is among them and not among the others. */
  private final List<Segment> all = new ArrayList<>();

  private final List<Segment> movable = new ArrayList<>();

  private Segment add(long place, int bytes, boolean canMove) {
    Segment segment = new Segment(place, bytes, 0, true, 0);
    all.add(segment);
    if (canMove) {
      movable.add(segment);
    }
    all.sort(Comparator.comparingLong(Segment::place));
    movable.sort(Comparator.comparingLong(Segment::place));
    return segment;
  }

  private void free(Segment segment) {
    all.remove(segment);
    movable.remove(segment);
    store.free(share, segment.place(), segment.bytes());
  }

  /** Fills the store with blocks of some kilobytes each, and gives some of these back. */
  private void cut(SplittableRandom random, int mostKilobytes, int fixedOf) {
    for (int misses = 0; misses < 50; ) {
      int bytes = (1 + random.nextInt(mostKilobytes)) * KILOBYTE;
      long place = store.allocate(share, bytes);
      if (place == Store.NO_ROOM) {
        misses++;
      } else {
        add(place, bytes, random.nextInt(fixedOf) > 0);
      }
    }
    for (Segment segment : List.copyOf(all)) {
      if (random.nextInt(3) > 0) {
        free(segment);
      }
    }
  }

  /** The block in reserve cannot move either: it is one more. */
  private List<Segment> withReserve() {
    List<Segment> more = new ArrayList<>(all);
    if (store.memory().reserve() != Store.NO_ROOM) {
      more.add(new Segment(store.memory().reserve(), RESERVE, 0, true, 0));
    }
    more.sort(Comparator.comparingLong(Segment::place));
    return more;
  }

  /** The longest that is wanted in a row which can be had, by what {@link StretchSearch} says. */
  private int mostByRule() {
    long most = 0;
    long begin = 0;
    List<Segment> some = withReserve();
    for (int i = 0; i <= some.size(); i++) {
      boolean isEnd = i == some.size();
      if (isEnd || !movable.contains(some.get(i))) {
        long end = isEnd ? store.bytes() / UNIT : some.get(i).place();
        most = Math.max(most, freeBetween(begin, end));
        begin = isEnd ? end : some.get(i).place() + some.get(i).bytes() / UNIT;
      }
    }
    return (int) most * UNIT;
  }

  /** Free units between two places where nothing lies that cannot move. */
  private long freeBetween(long begin, long end) {
    long free = end - begin;
    for (Segment each : movable) {
      free -= each.place() >= begin && each.place() < end ? each.bytes() / UNIT : 0;
    }
    return free;
  }

  /** As the cleaner does: the longest moves out, and the hole walks. */
  private void clear(StretchPlan plan) {
    Stretch stretch = stretches.begin(plan);
    List<Segment> there =
        List.copyOf(movable.subList(plan.firstBlock(), plan.firstBlock() + plan.blockCount()));
    HoleWalk walk = new HoleWalk(there, plan.longest());
    long hole = 0;
    if (!there.isEmpty()) {
      Segment longest = there.get(plan.longest());
      hole = longest.place();
      long out = stretches.takeOutside(plan, longest.bytes());
      assertTrue(out != Store.NO_ROOM, "no room for " + longest.bytes());
      move(longest, out);
    }
    int moves = 0;
    while (!stretches.isOver(stretch)) {
      long[] around = stretches.around(stretch, hole);
      assertNotNull(around);
      Segment next = walk.next(around[0], around[1]);
      assertNotNull(next, "all came together, and is too little");
      hole = next.place();
      long place = walk.target(next, around[0], around[1]);
      assertTrue(stretches.takeIn(stretch, place, next.bytes()));
      walk.moved(next, move(next, place));
      moves++;
    }
    assertTrue(moves <= 2 * there.size(), moves + " moves of " + there.size());
  }

  private Segment move(Segment from, long place) {
    all.remove(from);
    movable.remove(from);
    store.freeSpare(from.place(), from.bytes());
    return add(place, from.bytes(), true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void clearsWhatIsFreeBetweenWhatCannotMove(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      cut(random, 1 + random.nextInt(100), 2 + random.nextInt(60));
      long free = store.freeBytes();
      int most = mostByRule();
      int bytes = seed % 2 == 0 ? most : KILOBYTE * (1 + random.nextInt(most / KILOBYTE));
      // What moves out has room in the reserve, whatever is free elsewhere.
      StretchPlan plan = stretches.plan(movable, bytes);
      assertNotNull(plan, "seed " + seed + ": " + bytes + " of " + most);
      clear(plan);
      assertEquals(free, store.freeBytes());
      assertTrue(store.mayAllocate(share, bytes) || free - bytes < store.bytes() / 64);
      long place = store.allocateSpare(bytes);
      assertTrue(place != Store.NO_ROOM);
      store.freeSpare(place, bytes);
      assertEquals(free, store.freeBytes());
      List.copyOf(all).forEach(this::free);
      assertEquals(store.bytes(), store.freeBytes());
    }
  }

  @Test
  void clearsNothingWhereTooLittleIsFreeBetweenWhatCannotMove() {
    SplittableRandom random = new SplittableRandom(11);
    cut(random, 100, 3);
    assertEquals(null, stretches.plan(movable, mostByRule() + KILOBYTE));
  }

  /** Whoever gives something back, or a part of it, and whether or not all comes together. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whatGetsFreeMeanwhileIsKeptUntilItsEnd(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      cut(random, 1 + random.nextInt(100), 2 + random.nextInt(60));
      StretchPlan plan = stretches.plan(movable, mostByRule());
      Stretch stretch = stretches.begin(plan);
      for (int i = all.size(); i > 0 && random.nextInt(100) > 0; i--) {
        Segment segment = all.get(random.nextInt(all.size()));
        int fewer = 1 + random.nextInt(segment.bytes());
        all.remove(segment);
        movable.remove(segment);
        store.shrink(share, segment.place(), segment.bytes(), fewer);
        assertKept(stretch, plan);
        store.free(share, segment.place(), fewer);
        assertKept(stretch, plan);
      }
      stretches.end(stretch);
      List.copyOf(all).forEach(this::free);
      assertEquals(store.bytes(), store.freeBytes());
      long place = store.allocateSpare(MEGABYTES / 2 * MEGABYTE);
      store.freeSpare(place, MEGABYTES / 2 * MEGABYTE);
    }
  }

  /** While it is not ready nothing there is free for others. */
  private void assertKept(Stretch stretch, StretchPlan plan) {
    Pieces others = new Pieces();
    store.memory().addPieces(plan.from(), plan.end(), others);
    if (stretch.isReady()) {
      assertEquals(stretch.bytes(), stretch.keptBytes());
    } else {
      assertEquals(0, others.count());
    }
  }
}
