package io.gpumq.soak.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardTest {
  private static final List<Reading> READINGS =
      List.of(
          new Reading(50, 2, 52, 0.1), new Reading(51, 2, 60, 0.2), new Reading(90, 8, 100, 30));

  @ParameterizedTest
  @CsvSource({
    "50, 2, 52, 0.1, false",
    "54.9, 2, 57, 1.0, false",
    "55.1, 2, 52, 0.1, true",
    "50, 2, 57.3, 0.1, true",
    "50, 2, 52, 1.01, true",
    "50, 8, 109, 0.1, false",
    "50, 8, 111, 0.1, true"
  })
  void aMachineIsDisturbedThatIsSlowerThanItWasOrPauses(
      double one, int threads, double all, double gap, boolean disturbed) {
    var quietest = new Quietest(READINGS);
    assertEquals(disturbed, quietest.isDisturbed(new Reading(one, threads, all, gap)));
  }

  @Test
  void aReadingHasTheTimesOfAsManyThreads() throws InterruptedException {
    Reading reading = new GuardLoop().read(3);
    assertEquals(3, reading.threads());
    assertTrue(reading.oneMs() > 0 && reading.allMs() > 0, reading::toString);
    double longest = Math.max(reading.oneMs(), reading.allMs());
    assertTrue(reading.gapMs() > 0 && reading.gapMs() <= longest, reading::toString);
  }

  @Test
  void theLongestTimeBetweenTwoLooksIsKept() {
    var gap = new Gap();
    gap.look();
    long before = gap.longestNanos();
    long end = System.nanoTime() + before + 1_000_000;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    gap.look();
    gap.look();
    long longest = gap.longestNanos();
    assertTrue(longest > before + 900_000, () -> before + " ns, then " + longest);
  }

  @Test
  void theGuardThreadEndsAndTellsWhatItSaw() throws InterruptedException {
    try (var guard = new GuardThread()) {
      assertTrue(guards().size() > 0, "no thread of that name");
      assertTrue(guard.end() >= 0);
    }
    assertFalse(guards().stream().anyMatch(Thread::isAlive));
  }

  private static List<Thread> guards() {
    var guards = new ArrayList<Thread>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("guard")) {
        guards.add(thread);
      }
    }
    return guards;
  }
}
