package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter;
import io.gpumq.trackb.delivery.DeadLetterStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who waits for room among the letters hears of it. */
class QueueLettersTest {
  private final DeadLetterStore store = new DeadLetterStore(4);
  private int rung;
  private boolean fails;
  private final QueueLetters letters =
      new QueueLetters(
          store,
          LanedQueue::describe,
          () -> {},
          (letter, group, timeout) -> {
            if (fails) {
              throw new IllegalStateException("full");
            }
            return 9;
          },
          () -> rung++);

  private DeadLetter offer(long sequence) {
    boolean joined =
        store.offer(
            id ->
                new DeadLetter(
                    id,
                    sequence,
                    DeadLetter.Cause.HANDLER_FAILED,
                    "failed",
                    1,
                    "",
                    OptionalLong.empty(),
                    Instant.EPOCH,
                    new byte[0]));
    assertTrue(joined);
    return store.peek(1).get(0);
  }

  @Test
  void anAcknowledgementRings() {
    DeadLetter letter = offer(1);
    assertEquals(1, letters.acknowledge(List.of(letter)));
    assertEquals(1, rung);
    assertEquals(0, letters.acknowledge(List.of(letter)));
    assertEquals(1, rung, "nothing has changed");
  }

  @Test
  void aReplayRings() throws InterruptedException {
    DeadLetter letter = offer(1);
    fails = true;
    assertThrows(
        IllegalStateException.class, () -> letters.replayToAll(letter, Duration.ofSeconds(1)));
    assertEquals(0, rung, "the letter is there still");
    fails = false;
    assertEquals(9, letters.replayToAll(letter, Duration.ofSeconds(1)));
    assertEquals(1, rung);
  }
}
