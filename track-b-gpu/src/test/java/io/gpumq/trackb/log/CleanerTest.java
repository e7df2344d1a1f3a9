package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.RingByHand;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the cleaner does while no device lives, by which it could move. */
class CleanerTest {
  private static final RingShape SHAPE = new RingShape(64, 8192, 4, 2, 1, 64, 0, 0, 1);
  private static final int COUNT = 60;

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Store store = new Store(new Arena(4 << 20), 1 << 16, () -> {});
  private final Upkeep upkeep = Upkeep.of(store);
  private final EntryLog log =
      new EntryLog(
          hand.ring,
          new Segments(store, store.share(Long.MAX_VALUE, 0), 0),
          0,
          100,
          upkeep,
          Long::toString);

  @AfterEach
  void close() {
    hand.close();
  }

  /** The first entry lives, and none of the others does. */
  private final class OnlyTheFirst implements Living {
    private boolean isRead;

    @Override
    public long allFrom() {
      return COUNT;
    }

    @Override
    public long gone() {
      return COUNT - 1;
    }

    @Override
    public long revivals() {
      return 0;
    }

    @Override
    public void mark(long from, int count, BitSet bits) {
      if (from == 0) {
        bits.set(0);
      }
    }

    @Override
    public BooleanSupplier readersBelow(long sequence) {
      return () -> !isRead;
    }

    @Override
    public boolean unlessRevived(long before, Runnable act) {
      act.run();
      return true;
    }
  }

  private OnlyTheFirst fill() {
    OnlyTheFirst living = new OnlyTheFirst();
    log.ask(living);
    Draft draft = new Draft(hand.ring, 64);
    Reservation reservation = new Reservation();
    for (int sent = 0; sent < COUNT; sent += 10) {
      assertTrue(draft.begin());
      for (int i = 0; i < 10; i++) {
        draft.add(ByteBuffer.allocate(64), 0);
      }
      assertEquals(EntryLog.Room.ENOUGH, log.append(draft, reservation, () -> {}));
      draft.end();
    }
    for (int sequence = 0; sequence < COUNT; sequence++) {
      hand.complete(sequence);
    }
    assertEquals(COUNT, log.progress().completed());
    return living;
  }

  private void assertFirstAndLastAreLeft() {
    long first = log.segmentOf(0).bytes();
    long last = log.segmentOf(COUNT - 1).bytes();
    assertEquals(first + last, log.keptBytes().heldBytes());
  }

  @Test
  void givesBackWhatNothingLivesIn() {
    fill();
    long free = store.freeBytes();
    assertFalse(upkeep.cleaner().advance(), "nothing moves");
    assertFirstAndLastAreLeft();
    assertTrue(store.freeBytes() > free);
  }

  /** What is still read goes when that has ended, though nothing moves then either. */
  @Test
  void givesBackWhatWasReadOnceThatHasEnded() {
    OnlyTheFirst living = fill();
    long free = store.freeBytes();
    living.isRead = true;
    upkeep.cleaner().advance();
    assertFirstAndLastAreLeft();
    assertEquals(free, store.freeBytes());
    living.isRead = false;
    upkeep.cleaner().advance();
    assertTrue(store.freeBytes() > free);
  }
}
