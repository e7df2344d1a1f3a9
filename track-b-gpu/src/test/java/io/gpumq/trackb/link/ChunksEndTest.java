package io.gpumq.trackb.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.trackb.layout.RingShape;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ring ends while calls write to its chunks. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChunksEndTest {
  private static final RingShape SHAPE = new RingShape(16, 8192, 4, 2, 1, 64, 0, 0, 1);

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Draft draft = new Draft(hand.ring, 64);
  private final Draft other = new Draft(hand.ring, 64);
  private final AtomicInteger holds = new AtomicInteger();

  @AfterEach
  void close() {
    hand.close();
  }

  private void end() {
    hand.ring.endWriting(holds::incrementAndGet, holds::decrementAndGet);
  }

  @Test
  void nothingIsWrittenBehindIt() {
    assertTrue(draft.begin());
    draft.end();
    end();
    assertFalse(draft.begin());
    assertFalse(other.beginForWriter());
    assertFalse(hand.ring.hasRoom(64));
    assertEquals(0, holds.get());
  }

  @Test
  void aCallThatWritesIsWaitedFor() throws Exception {
    assertTrue(draft.begin());
    Thread[] ending = new Thread[1];
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ending[0] =
        new Thread(
            () -> {
              end();
              ended.complete(null);
            });
    ending[0].start();
    Await.until("a wait", () -> ending[0].getState() == Thread.State.TIMED_WAITING);
    assertFalse(ended.isDone());
    assertFalse(other.begin());
    draft.end();
    ended.get(30, TimeUnit.SECONDS);
    assertFalse(hand.ring.isWritten());
    assertEquals(0, holds.get());
  }

  /** Its memory is held instead, until it is done. */
  @Test
  void aWriterOfUsersIsNotWaitedFor() {
    assertTrue(draft.beginForWriter());
    assertTrue(other.beginForWriter());
    end();
    assertEquals(2, holds.get());
    assertTrue(hand.ring.isWritten());
    draft.end();
    assertEquals(1, holds.get());
    other.end();
    assertEquals(0, holds.get());
    assertFalse(draft.beginForWriter());
  }

  /** Whose thread cannot go on keeps the memory, and holds up the close for a moment alone. */
  @Test
  void aCallThatNeverEndsKeepsTheMemory() {
    assertTrue(draft.begin());
    end();
    assertEquals(1, holds.get());
  }
}
