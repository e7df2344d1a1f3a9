package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.delivery.Hold;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Memory that readers have left goes back, however they ended. */
class HoldsTest {
  private final Holds holds = new Holds();

  /** A letter's writer holds its message, and leaves at once. */
  @Test
  void whoLeavesReadsNoMore() {
    Hold hold = holds.join(5);
    assertEquals(5, holds.lowest());
    BooleanSupplier haveEnded = holds.readersBelow(10);
    assertFalse(haveEnded.getAsBoolean());
    holds.leave(hold);
    assertTrue(haveEnded.getAsBoolean());
    assertEquals(Long.MAX_VALUE, holds.lowest());
  }

  @Test
  void whoHoldsSomethingElseReadsNoMoreOfThat() {
    Hold hold = holds.join(5);
    BooleanSupplier haveEnded = holds.readersBelow(10);
    hold.set(20);
    assertTrue(haveEnded.getAsBoolean());
    assertTrue(holds.readersBelow(20).getAsBoolean(), "it lies behind");
    hold.set(6);
    assertFalse(holds.readersBelow(10).getAsBoolean());
    hold.letGo();
    assertTrue(holds.readersBelow(10).getAsBoolean());
  }
}
