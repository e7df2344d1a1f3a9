package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a ring offers to the express; the test is the device. */
class OffersTest {
  private static final RingShape SHAPE = new RingShape(64, 32768, 8, 8, 1, 8192, 0, 0, 1);

  private RingByHand hand = new RingByHand(SHAPE, true);

  @AfterEach
  void close() {
    hand.close();
  }

  /** Sends and completes messages one by one, up to a sequence. */
  private void carryTo(long end) {
    for (long sequence = hand.ring.completed(); sequence < end; sequence++) {
      hand.send(1);
      hand.complete(sequence);
      assertEquals(sequence + 1, hand.ring.completed());
    }
  }

  @Test
  void aMessageThatComesAloneIsOffered() {
    hand.send(1);
    assertTrue(hand.cells.isIn(0));
  }

  @Test
  void messagesThatComeTogetherAreNot() {
    hand.send(2);
    assertFalse(hand.cells.isIn(0));
    assertFalse(hand.cells.isIn(1));
  }

  @Test
  void aMessageBehindOthersIsNot() {
    hand.send(1);
    hand.send(1);
    assertTrue(hand.cells.isIn(1), "one more is under way");
    hand.send(1);
    assertFalse(hand.cells.isIn(2));
    hand.complete(0);
    hand.complete(1);
    assertEquals(2, hand.ring.completed());
    hand.send(1);
    assertTrue(hand.cells.isIn(3));
  }

  @Test
  void aSlotIsOfferedOnlyAfterTheMessageBeforeInItHasLanded() {
    hand.send(1);
    hand.cells.comeOut(0, new byte[32], new byte[0]); // completed, and not landed
    for (long sequence = 1; sequence < EXPRESS_SLOTS; sequence++) {
      assertEquals(sequence, hand.ring.completed());
      hand.send(1);
      assertTrue(hand.cells.isIn(sequence));
      hand.complete(sequence);
    }
    hand.send(1);
    assertFalse(hand.cells.isIn(EXPRESS_SLOTS));
    hand.complete(EXPRESS_SLOTS);
    hand.complete(0, false);
    carryTo(2 * EXPRESS_SLOTS);
    assertTrue(hand.cells.isIn(2 * EXPRESS_SLOTS - 1));
  }

  @Test
  void whatIsTooLongIsNot() {
    hand.send(1, EXPRESS_PAYLOAD + 33); // extensions have room, too, where there are any
    assertFalse(hand.cells.isIn(0));
    hand.send(1, EXPRESS_PAYLOAD);
    assertTrue(hand.cells.isIn(1));
  }

  @Test
  void aDeviceWithoutExpressIsOfferedNothing() {
    hand.close();
    hand = new RingByHand(SHAPE, false);
    hand.send(1);
    assertFalse(hand.cells.isIn(0));
  }
}
