package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.link.RingByHand;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One segment stands between two pieces that are free, each half as long as somebody wants, and has
 * room elsewhere. All else is taken.
 */
class ClearingTest {
  private static final RingShape SHAPE = new RingShape(64, 8192, 4, 2, 1, 64, 0, 0, 1);
  private static final int KILOBYTE = 1 << 10;
  private static final int UNITS = KILOBYTE / 16;
  private static final int HALF = 4;
  private static final int WANTED = 2 * HALF * KILOBYTE;

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final RingByHand moves = new RingByHand(SHAPE, false);
  private final Keeps keeps = new Keeps(moves.ring);
  private final Store store = new Store(new Arena(1 << 20), 1 << 16, () -> {});
  private final Share share = store.share(Long.MAX_VALUE, 0);
  private final Upkeep upkeep = Upkeep.of(store);
  private final EntryLog log =
      new EntryLog(hand.ring, new Segments(store, share, 0), 0, 100, upkeep, Long::toString);
  private final AllLive living = new AllLive();
  private boolean isAway;
  private Segment segment;
  private long free;
  private List<Long> others;

  private static final class AllLive implements Living {
    private Error failure;
    private boolean isRead;

    @Override
    public long allFrom() {
      return 0;
    }

    @Override
    public long gone() {
      return 0;
    }

    @Override
    public long revivals() {
      return 0;
    }

    @Override
    public void mark(long from, int count, BitSet bits) {
      bits.set(0, count);
    }

    @Override
    public BooleanSupplier readersBelow(long sequence) {
      if (failure != null) {
        Error now = failure;
        failure = null;
        throw now;
      }
      return () -> !isRead;
    }

    @Override
    public boolean unlessRevived(long before, Runnable act) {
      act.run();
      return true;
    }
  }

  @BeforeEach
  void cut() {
    log.ask(living);
    upkeep.cleaner().lookIn(visitor -> log.eachStill(each -> visitor.accept(each, () -> log)));
    upkeep
        .cleaner()
        .moveBy(
            act -> {
              if (!isAway) {
                act.accept(keeps);
              }
              return !isAway;
            });
    List<Long> before = take(8 * HALF);
    Draft draft = new Draft(hand.ring, 64);
    assertTrue(draft.begin());
    for (int i = 0; i < 10; i++) {
      draft.add(ByteBuffer.allocate(64), 0);
    }
    assertEquals(EntryLog.Room.ENOUGH, log.append(draft, new Reservation(), () -> {}));
    draft.end();
    for (int i = 0; i < 10; i++) {
      hand.complete(i);
    }
    assertEquals(10, log.progress().completed());
    segment = log.segmentOf(0);
    List<Long> all = take(Integer.MAX_VALUE);
    all.addAll(before);
    long end = segment.place() + segment.bytes() / 16;
    for (int i = 0; i < HALF; i++) {
      give(all, segment.place() - (i + 1) * UNITS);
      give(all, end + i * UNITS);
    }
    long elsewhere = before.get(0); // as much as the segment has, for that to move out to
    for (int i = 0; i < segment.bytes() / KILOBYTE; i++) {
      give(all, elsewhere + i * UNITS);
    }
    free = store.freeBytes();
    others = all;
  }

  /** Takes blocks of a kilobyte. */
  private List<Long> take(int most) {
    List<Long> taken = new ArrayList<>();
    long place = 0;
    while (taken.size() < most && (place = store.allocateForRing(KILOBYTE)) != Store.NO_ROOM) {
      taken.add(place);
    }
    return taken;
  }

  private void give(List<Long> from, long place) {
    assertTrue(from.remove(place), "another has " + place);
    store.freeOfRing(place, KILOBYTE);
  }

  @AfterEach
  void close() {
    hand.close();
    moves.close();
  }

  private void wish(int bytes) {
    assertEquals(Store.NO_ROOM, store.allocate(share, bytes));
    store.wish(share, bytes);
  }

  private void beginToClear() {
    wish(WANTED);
    upkeep.cleaner().advance();
    assertEquals(Store.NO_ROOM, store.allocate(share, KILOBYTE), "it is kept for who wants more");
    assertEquals(segment.bytes(), share.held(), "it holds nothing twice");
  }

  private void assertMoved() {
    assertNotEquals(segment, log.segmentOf(0));
    assertEquals(segment.bytes(), log.keptBytes().heldBytes());
    assertEquals(segment.bytes(), share.held());
  }

  @Test
  void whatIsWantedComesTogether() {
    beginToClear();
    moves.complete(0);
    upkeep.cleaner().advance();
    assertMoved();
    assertEquals(free, store.freeBytes());
    assertNotEquals(Store.NO_ROOM, store.allocate(share, WANTED));
  }

  /** Who waits for what cannot come together keeps nobody else from what can. */
  @Test
  void whatCanComeTogetherDoesBesideWhatCannot() {
    for (int i = 0; i < 32; i++) {
      give(others, others.get(3 * i)); // about as many pieces
    }
    int tooMuch = 4 * WANTED;
    assertEquals(Store.NO_ROOM, store.allocate(share, tooMuch));
    assertEquals(Store.NO_ROOM, store.allocate(share, WANTED));
    Await.until(
        "a segment moves",
        () -> {
          store.wish(share, tooMuch);
          store.wish(share, WANTED);
          upkeep.cleaner().advance();
          moves.complete(0);
          return log.segmentOf(0) != segment;
        });
    assertMoved();
    assertNotEquals(Store.NO_ROOM, store.allocate(share, WANTED));
  }

  /** Where a device comes back late, nobody waits for that in vain. */
  @Test
  void whileNothingMovesOthersHaveWhatWasKept() {
    beginToClear();
    isAway = true;
    assertFalse(upkeep.cleaner().advance());
    long place = store.allocate(share, HALF * KILOBYTE / 2);
    assertNotEquals(Store.NO_ROOM, place);
    store.free(share, place, HALF * KILOBYTE / 2);
    isAway = false;
    upkeep.cleaner().advance();
    assertEquals(segment, log.segmentOf(0), "it has not landed");
    moves.complete(0);
    upkeep.cleaner().advance();
    assertMoved();
    assertEquals(free, store.freeBytes());
  }

  /** Whoever comes next goes on, and frees what was left. */
  @Test
  void aStepThatFailsForWantOfMemoryLosesNone() {
    beginToClear();
    moves.complete(0);
    living.failure = new OutOfMemoryError("of the test");
    assertThrows(OutOfMemoryError.class, () -> upkeep.cleaner().advance());
    long place = store.allocate(share, HALF * KILOBYTE / 2);
    assertNotEquals(Store.NO_ROOM, place, "it is kept though nothing comes of it");
    store.free(share, place, HALF * KILOBYTE / 2);
    upkeep.cleaner().advance();
    assertMoved();
    assertEquals(free, store.freeBytes());
  }

  /** Or who tries again as long as some comes back would do so without end. */
  @Test
  void whatHasMovedInVainIsNoRoom() {
    living.isRead = true;
    beginToClear();
    moves.complete(0);
    Await.until(
        "it is given up",
        () -> {
          upkeep.cleaner().advance();
          return mayAllocate();
        });
    assertEquals(free - segment.bytes(), store.freeBytes(), "it lies in both places");
    living.isRead = false;
    assertFalse(upkeep.cleaner().makeRoom());
    assertEquals(free, store.freeBytes());
  }

  private boolean mayAllocate() {
    long place = store.allocate(share, KILOBYTE);
    if (place != Store.NO_ROOM) {
      store.free(share, place, KILOBYTE);
    }
    return place != Store.NO_ROOM;
  }
}
