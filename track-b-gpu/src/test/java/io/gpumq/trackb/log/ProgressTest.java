package io.gpumq.trackb.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.NearRun;
import io.gpumq.trackb.link.RingByHand;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a run of which some entry has failed, by a ring whose device is the test. */
class ProgressTest {
  private static final RingShape SHAPE = new RingShape(16, 8192, 4, 2, 1, 64, 0, 0, 1);
  private static final int COUNT = 4;

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Store store = new Store(new Arena(4 << 20), 1 << 16, () -> {});
  private final EntryLog log =
      new EntryLog(
          hand.ring,
          new Segments(store, store.share(Long.MAX_VALUE, 0), 0),
          0,
          100,
          Upkeep.of(store),
          Long::toString);

  @AfterEach
  void close() {
    hand.close();
  }

  private void append() {
    Draft draft = new Draft(hand.ring, 64);
    assertTrue(draft.begin());
    for (int i = 0; i < COUNT; i++) {
      draft.add(ByteBuffer.allocate(64), 0);
    }
    assertEquals(EntryLog.Room.ENOUGH, log.append(draft, new Reservation(), () -> {}));
    draft.end();
  }

  /** The others are found in the window, whichever failed, and however they are told. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, COUNT - 1})
  void theOthersOfARunAreNear(int failed) {
    log.readTo(0); // a reader is near
    append();
    for (int i = 0; i < COUNT; i++) {
      if (i == failed) {
        hand.fail(i);
      } else {
        hand.complete(i);
      }
      if (failed > 0) {
        assertEquals(i + 1, log.progress().completed());
      }
    }
    assertEquals(COUNT, log.progress().completed());
    for (int i = 0; i < COUNT; i++) {
      NearRun run = new NearRun();
      assertEquals(i != failed, log.progress().isMessage(i));
      assertTrue(log.progress().holdNear(i, run), "entry " + i);
      assertEquals(COUNT, run.end());
      run.letGo();
    }
  }

  /** A run that was sent while nobody was near is in no window. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatWasNotPushedIsNotNear(int failed) {
    append();
    for (int i : List.of(0, 1)) {
      if (i == failed) {
        hand.fail(i);
      } else {
        hand.complete(i, false);
      }
    }
    assertEquals(2, log.progress().completed());
    assertFalse(log.progress().holdNear(1 - failed, new NearRun()));
  }
}
