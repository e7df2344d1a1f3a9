package io.gpumq.trackb.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WishesTest {
  private static final int KILOBYTE = 1 << 10;

  private final Wishes wishes = new Wishes();

  private int[] taken(int... kilobytes) {
    for (int each : kilobytes) {
      wishes.add(each * KILOBYTE);
    }
    int[] taken = wishes.take();
    for (int i = 0; i < taken.length; i++) {
      taken[i] /= KILOBYTE;
    }
    return taken;
  }

  @Test
  void theLongestComesFirstAndEachOnce() {
    assertArrayEquals(new int[] {7, 3, 1}, taken(3, 7, 1, 3));
    assertArrayEquals(new int[0], taken());
  }

  @Test
  void aBlockIsWishedForInWholeKilobytes() {
    wishes.add(1);
    wishes.add(KILOBYTE);
    wishes.add(KILOBYTE + 1);
    assertArrayEquals(new int[] {2, 1}, taken());
  }

  /** Whatever becomes of the longest, which is wished for again and again. */
  @Test
  void eachHasItsTurn() {
    for (int next : new int[] {7, 3, 1, 7, 3, 1}) {
      int first = taken(7, 3, 1)[0];
      assertEquals(next, first);
      wishes.begin(first * KILOBYTE);
    }
    assertArrayEquals(new int[] {9, 4}, taken(4, 9));
  }

  @Test
  void whatHasNoRoomAmongManyWaitsForTheNextLook() {
    for (int i = 1; i <= 100; i++) {
      wishes.add(i * KILOBYTE);
    }
    assertEquals(64, taken().length);
    assertArrayEquals(new int[] {100}, taken(100));
  }
}
