package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueClosedException;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.RingByHand;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a log gives back what it keeps of the store, by a ring whose device is the test. */
class KeptTest {
  private static final RingShape SHAPE = new RingShape(16, 8192, 4, 2, 1, 64, 0, 0, 1);

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Store store = new Store(new Arena(256 << 20), 1 << 20, () -> {});
  private final Upkeep upkeep = Upkeep.of(store);
  private final Resting resting = upkeep.resting();
  private final Share share = store.share(Long.MAX_VALUE, 0);
  private final EntryLog log = log(share);
  private final Draft draft = new Draft(hand.ring, 64);
  private final Reservation reservation = new Reservation();

  @AfterEach
  void close() {
    hand.close();
  }

  private EntryLog log(Share of) {
    Segments segments = new Segments(store, of, 0);
    return new EntryLog(hand.ring, segments, 0, 100, upkeep, Long::toString);
  }

  private void append(int count) {
    assertTrue(draft.begin());
    for (int i = 0; i < count; i++) {
      draft.add(ByteBuffer.allocate(64), 0);
    }
    assertEquals(EntryLog.Room.ENOUGH, log.append(draft, reservation, () -> {}));
    draft.end();
  }

  private void complete(long from, long to) {
    for (long sequence = from; sequence < to; sequence++) {
      hand.complete(sequence);
    }
    log.progress().completed();
  }

  @Test
  void keepsSmallSegmentUntilItRests() {
    append(1);
    resting.look();
    complete(0, 1);
    log.release(1);
    assertEquals(1 << 10, log.keptBytes().heldBytes());
    resting.look();
    assertEquals(1 << 10, log.keptBytes().heldBytes(), "something may come at once");
    resting.look();
    assertEquals(0, log.keptBytes().heldBytes());
    append(1);
    assertEquals(1 << 10, log.keptBytes().heldBytes());
  }

  /** All of it has landed before, so no landing gives it back. */
  @Test
  void givesAllBackAtItsEnd() {
    for (int i = 0; i < 6; i++) {
      append(15);
      complete(15 * i, 15 * i + 15);
    }
    assertTrue(log.keptBytes().heldBytes() > 4 << 10, "more than it may keep");
    log.end();
    assertEquals(0, log.keptBytes().heldBytes());
  }

  @Test
  void doesNotRestWhileEntriesCome() {
    for (int i = 0; i < 5; i++) {
      append(1);
      complete(i, i + 1);
      log.release(i + 1);
      resting.look();
      assertEquals(1 << 10, log.keptBytes().heldBytes());
    }
  }

  @Test
  void doesNotRestWhileItKeepsAnEntry() {
    append(2);
    complete(0, 2);
    log.release(1);
    for (int i = 0; i < 3; i++) {
      resting.look();
    }
    assertEquals(1 << 10, log.keptBytes().heldBytes());
    log.release(2);
    assertTrue(resting.giveBack(), "at once, where others want it");
    assertEquals(0, log.keptBytes().heldBytes());
  }

  @Test
  void keepsWhatHasNotLandedBeyondItsEnd() {
    append(2);
    complete(0, 1);
    log.end();
    assertEquals(1 << 10, log.keptBytes().heldBytes(), "the device may still write there");
    complete(1, 2);
    assertEquals(0, log.keptBytes().heldBytes());
  }

  @Test
  void givesEverythingBackWithItsRing() {
    append(2);
    log.end();
    assertEquals(1 << 10, share.held());
    log.endWithRing();
    assertEquals(0, share.held());
    assertEquals(0, log.keptBytes().heldBytes());
  }

  /** A letter of it is written while its queue closes: the device reads there until it has. */
  @Test
  void keepsWhatIsCopiedBeyondItsEnd() {
    append(2);
    complete(0, 2);
    assertTrue(log.moved().beginCopy());
    assertTrue(log.moved().beginCopy());
    log.end();
    assertFalse(log.moved().beginCopy(), "it has ended");
    assertEquals(1 << 10, share.held());
    log.moved().endCopy();
    assertEquals(1 << 10, share.held(), "one is left");
    log.moved().endCopy();
    assertEquals(0, share.held());
  }

  @Test
  void keepsWhatIsCopiedBeyondItsRing() {
    append(2);
    assertTrue(log.moved().beginCopy());
    log.end();
    log.endWithRing();
    assertEquals(1 << 10, share.held());
    log.moved().endCopy();
    assertEquals(0, share.held());
  }

  /** Who releases beside the end of a log, and comes late, takes nothing of that back. */
  @Test
  void neverReleasesLess() {
    Watermarks marks = new Watermarks(0, 0);
    marks.releaseTo(3);
    marks.releaseTo(1);
    assertEquals(3, marks.released());
  }

  /** What is promised to a writer stays, and goes when that has written nothing. */
  @Test
  void keepsWhatIsReserved() {
    EntryLog limited = log(store.share(1 << 10, 0));
    assertTrue(draft.begin());
    limited.reserve(reservation, draft, 5, () -> {});
    assertEquals(5, reservation.entries());
    Reservation other = new Reservation();
    Draft more = new Draft(hand.ring, 64);
    assertTrue(more.begin());
    limited.reserve(other, more, 5, () -> {});
    assertEquals(0, other.entries(), "all of it is promised");
    resting.look();
    resting.look();
    assertEquals(1 << 10, limited.keptBytes().heldBytes());
    limited.giveBack(reservation);
    draft.end();
    more.end();
    resting.look();
    resting.look();
    assertEquals(0, limited.keptBytes().heldBytes());
  }

  /** Who has passed the end of an intake takes nothing that nobody would give back. */
  @Test
  void reservesNothingOnceNothingIsClaimed() {
    Share small = store.share(1 << 10, 0);
    EntryLog limited = log(small);
    assertTrue(draft.begin());
    Claimer closed =
        () -> {
          throw new QueueClosedException("closed");
        };
    assertThrows(QueueClosedException.class, () -> limited.reserve(reservation, draft, 5, closed));
    draft.end();
    assertTrue(reservation.isNone());
    assertEquals(0, small.held());
  }

  /** What fails while it folds leaves it as it was. */
  @Test
  void isWholeUntilItIsLeft() {
    append(2);
    complete(0, 2);
    log.release(1);
    LogFolding folding = log.folding();
    assertTrue(folding.begin());
    FoldedLog folded = folding.fold();
    folding.end();
    assertEquals(1 << 10, log.keptBytes().heldBytes());
    append(1);
    complete(2, 3);
    assertTrue(folding.begin());
    assertArrayEquals(folded.segments().all(), folding.fold().segments().all());
    folding.leave();
    folding.end();
    assertEquals(0, log.keptBytes().heldBytes());
    assertEquals(1 << 10, share.held(), "whoever unfolds it has it");
  }
}
