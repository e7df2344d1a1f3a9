package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.RingByHand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a handler hangs and when it does not; the test is the device, and the clock. */
class WatchTest {
  private static final long MILLI = 1_000_000;
  private static final long TIMEOUT = 100 * MILLI;
  private static final RingShape SHAPE = new RingShape(4, 8192, 4, 2, 1, 64, 0, 0, 1);

  private final RingByHand hand = new RingByHand(SHAPE, false);
  private final Watch watch = new Watch("echo", TIMEOUT, hand.control, hand.ring);
  private long now = Long.MAX_VALUE - 50 * MILLI; // the clock may overflow

  @AfterEach
  void close() {
    hand.close();
  }

  /** Looks every five milliseconds for so long; returns the first thing found. */
  private String lookFor(long nanos, long epoch) {
    for (long end = now + nanos; end - now > 0; ) {
      now += 5 * MILLI;
      String why = watch.look(now, epoch);
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  private String lookFor(long nanos) {
    return lookFor(nanos, 0);
  }

  @Test
  void anIdleRingNeverHangs() {
    assertNull(lookFor(5 * TIMEOUT));
    hand.send(2);
    hand.complete(0);
    hand.complete(1);
    assertNull(lookFor(5 * TIMEOUT));
  }

  @Test
  void theOldestMessageHangsWhenItsTimeIsOver() {
    hand.send(3);
    hand.complete(0);
    hand.complete(2);
    assertNull(lookFor(TIMEOUT));
    assertEquals(
        "message 1 has not been completed for 100 ms, its timeout, and the device shows no sign of"
            + " life: handler 'echo' hangs, or all of the device",
        lookFor(TIMEOUT));
  }

  @Test
  void theHeartbeatTellsAHandlerFromTheWholeDevice() {
    hand.send(1);
    assertNull(lookFor(TIMEOUT / 2));
    hand.control.setHeartbeat(17);
    assertEquals(
        "handler 'echo' hangs on message 0, which has not been completed for 100 ms, its timeout;"
            + " the rest of the device is alive",
        lookFor(TIMEOUT));
  }

  @Test
  void eachMessageHasTheWholeTime() {
    hand.send(4);
    for (int i = 0; i < 4; i++) {
      assertNull(lookFor(TIMEOUT - 10 * MILLI));
      hand.complete(i);
    }
    assertNull(lookFor(5 * TIMEOUT));
  }

  @Test
  void whatWasCompletedAndOverwrittenMeanwhileDoesNotHang() {
    hand.send(4);
    assertNull(lookFor(TIMEOUT / 2));
    for (int i = 0; i < 4; i++) {
      hand.complete(i);
    }
    assertEquals(4, hand.ring.completed());
    hand.send(4);
    hand.complete(4); // over the word of message 0
    assertNull(lookFor(TIMEOUT - 10 * MILLI));
    assertTrue(lookFor(TIMEOUT).startsWith("message 5 "));
  }

  /** Others look at the ring, too: one of them found it completed between two looks here. */
  @Test
  void whatIsCompletedAtTheLastMomentDoesNotHang() {
    hand.send(1);
    assertNull(lookFor(TIMEOUT));
    hand.complete(0);
    assertNull(lookFor(TIMEOUT));
  }

  @Test
  void aPauseOfTheWholeProcessIsNotTheHandlers() {
    hand.send(1);
    assertNull(lookFor(TIMEOUT / 2));
    now += 1000 * TIMEOUT;
    assertNull(watch.look(now, 0));
    hand.complete(0);
    assertNull(lookFor(TIMEOUT));
  }

  /** As a device that took over does not answer for the one before. */
  @Test
  void theTimeBeforeTheDeviceCameBackCountsForNothing() {
    hand.send(1);
    assertNull(lookFor(TIMEOUT - 10 * MILLI));
    assertNull(watch.look(now, 1));
    assertNull(lookFor(TIMEOUT - 10 * MILLI, 1));
    now += 20 * MILLI;
    assertTrue(watch.look(now, 1).startsWith("message 0 "));
  }
}
