package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.ControlBlock;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far the device may push while readers come and go. */
class WindowTest {
  private static final int SLOTS = 64;
  private static final int STEP = SLOTS / 8;
  private static final long FIRST = (1L << 32) - SLOTS;

  private final ControlBlock control =
      new ControlBlock(
          ByteBuffer.allocateDirect(RingLayout.CONTROL_WORDS * RingLayout.CONTROL_STRIDE));
  private final Window window =
      new Window(
          control,
          RingGeometry.of(
              QueueConfig.named("w").capacity(SLOTS).slotBytes(64).build(),
              HandlerSpec.parse("echo"),
              FIRST));

  private void assertLimit(long sequence) {
    assertEquals(FIRST + sequence, control.acquirePushLimit());
  }

  @Test
  void aFreshWindowTakesWhatItHasRoomFor() {
    assertLimit(SLOTS);
  }

  @Test
  void theLimitFollowsTheReaderFurthestAheadInSteps() {
    window.passed(FIRST + STEP);
    assertLimit(SLOTS);
    window.passed(FIRST + STEP + 1);
    assertLimit(SLOTS + STEP + 1);
    window.passed(FIRST + 2); // a slow one
    assertLimit(SLOTS + STEP + 1);
    window.passed(FIRST + 5 * SLOTS);
    assertLimit(6 * SLOTS);
  }

  @Test
  void theLimitWaitsForEveryoneWhoReads() {
    Window.Hold slow = window.join();
    Window.Hold fast = window.join();
    assertTrue(window.hold(slow, FIRST, FIRST + 10));
    assertTrue(window.hold(fast, FIRST + 10, FIRST + 40));
    assertLimit(SLOTS);
    window.release(fast);
    window.passed(FIRST + SLOTS);
    assertLimit(SLOTS);
    window.release(slow);
    assertLimit(2 * SLOTS);
  }

  @Test
  void aReaderThatLeavesLetsGo() {
    Window.Hold gone = window.join();
    assertTrue(window.hold(gone, FIRST, FIRST + 1));
    window.passed(FIRST + SLOTS);
    assertLimit(SLOTS);
    window.leave(gone);
    assertLimit(2 * SLOTS);
  }

  @Test
  void whatMayBeOverwrittenIsNotHeld() {
    Window.Hold late = window.join();
    window.passed(FIRST + 20);
    assertLimit(SLOTS + 20);
    assertFalse(window.hold(late, FIRST + 19, FIRST + 30));
    window.passed(FIRST + 40); // nothing was held
    assertLimit(SLOTS + 40);
    assertTrue(window.hold(late, FIRST + 40, FIRST + 41));
  }

  @Test
  void noSlotIsGivenUpWhileItIsRead() {
    Random random = new Random(3);
    Window.Hold[] holds = new Window.Hold[4];
    Arrays.setAll(holds, i -> window.join());
    long[] held = new long[holds.length];
    Arrays.fill(held, Long.MAX_VALUE);
    long limit = FIRST + SLOTS;
    for (int step = 0; step < 100_000; step++) {
      int reader = random.nextInt(holds.length);
      if (held[reader] != Long.MAX_VALUE) {
        window.release(holds[reader]);
        held[reader] = Long.MAX_VALUE;
      } else {
        long from = limit - 1 - random.nextInt(2 * SLOTS);
        boolean may = limit <= from + SLOTS;
        assertEquals(may, window.hold(holds[reader], from, from + 1 + random.nextInt(STEP)));
        held[reader] = may ? from : Long.MAX_VALUE;
      }
      long next = control.acquirePushLimit();
      assertTrue(next >= limit, "the limit went back");
      for (long from : held) {
        assertTrue(from == Long.MAX_VALUE || next <= from + SLOTS, "a slot that is read was lost");
      }
      limit = next;
    }
    assertTrue(limit > FIRST + 1000 * SLOTS, "it must have gone on");
  }
}
