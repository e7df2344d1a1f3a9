package io.gpumq.trackb.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeyOrderTest {
  private long landed;
  private final KeyOrder order = new KeyOrder(() -> landed);

  @Test
  void comesAfterTheLastOfItsKey() {
    assertEquals(0, order.note(7, 0));
    assertEquals(0, order.note(-7, 1));
    assertEquals(1, order.note(7, 5));
    assertEquals(6, order.note(7, 6));
    assertEquals(2, order.note(-7, 7));
  }

  @Test
  void comesAfterNothingThatHasLanded() {
    order.note(7, 5);
    landed = 5;
    assertEquals(6, order.note(7, 6));
    landed = 7;
    assertEquals(0, order.note(7, 8));
  }

  @Test
  void keysThatFollowEachOtherAreSpread() {
    int fresh = 0;
    for (long key = 0; key < 256; key++) {
      fresh += order.note(key, key) == 0 ? 1 : 0;
    }
    assertTrue(fresh > 128, "buckets that 256 keys are in: " + fresh);
  }
}
