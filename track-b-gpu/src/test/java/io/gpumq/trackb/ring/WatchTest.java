package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.Words;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a handler hangs and when it does not; the test is the device, and the clock. */
class WatchTest {
  private static final long MILLI = 1_000_000;
  private static final long TIMEOUT = 100 * MILLI;
  private static final long FIRST = (1L << 32) - 4;

  private final RingGeometry g =
      RingGeometry.of(
          QueueConfig.named("watched").capacity(4).slotBytes(64).build(),
          HandlerSpec.parse("echo"),
          FIRST);
  private final SharedFile file = SharedFile.create("watched", g);
  private final ControlBlock control = new ControlBlock(file.control());
  private boolean roomForLetters = true;
  private final Completions completions =
      new Completions(file, g, new Express(file, g), (sequence, word) -> roomForLetters);
  private final Watch watch = new Watch("echo", TIMEOUT, g::describe, control, completions);
  private long now = Long.MAX_VALUE - 50 * MILLI; // the clock may overflow

  WatchTest() {
    control.releaseHead(FIRST);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private void complete(long sequence, int status) {
    int at = (int) (sequence & g.capacity() - 1) * Long.BYTES;
    Words.setRelease(file.completions(), at, Completion.word(sequence, 8, status, false, 1, 0));
  }

  /** Looks every five milliseconds for so long; returns the first thing found. */
  private String lookFor(long nanos) {
    for (long end = now + nanos; end - now > 0; ) {
      now += 5 * MILLI;
      String why = watch.look(now, 0);
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  @Test
  void anIdleRingNeverHangs() {
    assertNull(lookFor(5 * TIMEOUT));
    control.releaseHead(FIRST + 2);
    complete(FIRST, RingLayout.STATUS_OK);
    complete(FIRST + 1, RingLayout.STATUS_OK);
    assertNull(lookFor(5 * TIMEOUT));
  }

  @Test
  void theOldestSequenceHangsWhenItsTimeIsOver() {
    control.releaseHead(FIRST + 3);
    complete(FIRST, RingLayout.STATUS_OK);
    complete(FIRST + 2, RingLayout.STATUS_OK);
    assertNull(lookFor(TIMEOUT));
    String why = lookFor(TIMEOUT);
    assertEquals(
        "sequence "
            + (FIRST + 1)
            + " has not been completed for 100 ms, its timeout, and the device shows no sign of"
            + " life: handler 'echo' hangs, or all of the device",
        why);
  }

  @Test
  void theHeartbeatTellsAHandlerFromTheWholeDevice() {
    control.releaseHead(FIRST + 1);
    assertNull(lookFor(TIMEOUT / 2));
    control.setHeartbeat(17);
    String why = lookFor(TIMEOUT);
    assertEquals(
        "handler 'echo' hangs on sequence "
            + FIRST
            + ", which has not been completed for 100 ms, its timeout; the rest of the device is"
            + " alive",
        why);
  }

  @Test
  void eachSequenceHasTheWholeTime() {
    control.releaseHead(FIRST + 4);
    for (int i = 0; i < 4; i++) {
      assertNull(lookFor(TIMEOUT - 10 * MILLI));
      complete(FIRST + i, RingLayout.STATUS_OK);
    }
    assertNull(lookFor(5 * TIMEOUT));
  }

  @Test
  void aSequenceThatWaitsForRoomAmongTheDeadLettersDoesNotHang() {
    control.releaseHead(FIRST + 1);
    roomForLetters = false;
    complete(FIRST, RingLayout.STATUS_FAILED);
    assertEquals(FIRST, completions.advance());
    assertNull(lookFor(5 * TIMEOUT));
  }

  @Test
  void aSequenceBehindOneThatWaitsForRoomMayHang() {
    control.releaseHead(FIRST + 2);
    roomForLetters = false;
    complete(FIRST, RingLayout.STATUS_FAILED);
    assertTrue(lookFor(2 * TIMEOUT).startsWith("sequence " + (FIRST + 1) + " "));
  }

  @Test
  void whatWasReleasedAndOverwrittenMeanwhileDoesNotHang() {
    control.releaseHead(FIRST + 4);
    assertNull(lookFor(TIMEOUT / 2));
    for (int i = 0; i < 4; i++) {
      complete(FIRST + i, RingLayout.STATUS_OK);
    }
    assertEquals(FIRST + 4, completions.advance());
    control.releaseHead(FIRST + 8);
    complete(FIRST + 4, RingLayout.STATUS_OK); // over the word of FIRST
    assertNull(lookFor(TIMEOUT - 10 * MILLI));
    assertTrue(lookFor(TIMEOUT).startsWith("sequence " + (FIRST + 5) + " "));
  }

  @Test
  void aPauseOfTheWholeProcessIsNotTheHandlers() {
    control.releaseHead(FIRST + 1);
    assertNull(lookFor(TIMEOUT / 2));
    now += 1000 * TIMEOUT;
    assertNull(watch.look(now, 0));
    complete(FIRST, RingLayout.STATUS_OK);
    assertNull(lookFor(TIMEOUT));
  }

  /** As a device that took over does not answer for the one before. */
  @Test
  void theTimeBeforeTheDeviceCameBackCountsForNothing() {
    control.releaseHead(FIRST + 1);
    assertNull(lookFor(TIMEOUT - 10 * MILLI));
    assertNull(watch.look(now, 1));
    for (long end = now + TIMEOUT - 10 * MILLI; end - now > 0; ) {
      now += 5 * MILLI;
      assertNull(watch.look(now, 1));
    }
    now += 20 * MILLI;
    assertTrue(watch.look(now, 1).contains("sequence " + FIRST));
  }
}
