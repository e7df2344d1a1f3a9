package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgesTest {
  private static final long AGE = 6_400;

  private final Ages ages = new Ages(Duration.ofNanos(AGE));

  @Test
  void nothingIsOldAtFirst() {
    assertTrue(ages.over() < 0);
    ages.note(5, 0);
    ages.note(5, AGE - 1);
    assertTrue(ages.over() < 5);
    ages.note(5, AGE);
    assertEquals(5, ages.over());
  }

  /** However often it is looked at: none goes early, nor later than a 64th and one look. */
  @Test
  void eachGoesInItsTime() {
    long step = 7;
    for (long now = 0; now < 20 * AGE; now += step) {
      long claimed = now / step + 1; // one more with each look
      ages.note(claimed, now);
      long young = Math.max(0, (now - AGE) / step + 1); // the first that is not that old
      assertTrue(ages.over() <= young, now + ": " + ages.over() + " above " + young);
      long slack = (AGE / 64 + 2 * step) / step;
      assertTrue(
          now < 2 * AGE || ages.over() >= young - slack,
          now + ": " + ages.over() + " far below " + young);
    }
  }

  @Test
  void aLongSilenceForgetsNothing() {
    ages.note(3, 10);
    ages.note(3, 100 * AGE);
    assertEquals(3, ages.over());
    ages.note(4, 101 * AGE);
    assertEquals(3, ages.over());
    ages.note(4, 102 * AGE);
    assertEquals(4, ages.over());
  }
}
