package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.waiting.Waiters;
import org.junit.jupiter.api.Test;

/** Why a ring cannot be used: what came first. */
class RingStateTest {
  private final RingState state =
      new RingState("q", "", new Shared(QueueConfig.named("q").build(), new Waiters()));

  @Test
  void aWatchThatWasHeldUpThroughACloseDoesNotMakeItAFailure() {
    state.close(0);
    state.fail("its handler hangs");
    assertThrows(QueueClosedException.class, state::requireUsable);
    assertFalse(state.hasFailed());
  }

  @Test
  void aFailureIsToldBehindTheCloseToo() {
    state.fail("its handler hangs");
    state.close(0);
    assertThrows(TrackFailedException.class, state::requireUsable);
  }
}
