package io.gpumq.spi.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wheel against a set of what is due, at random. */
class TimerWheelTest {
  private final TimerWheel wheel = new TimerWheel();
  private final List<Mark> expired = new ArrayList<>();

  private final class Mark extends Timer {
    @Override
    void expire() {
      expired.add(this);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 100, 5_000, 300_000, 1L << 29})
  void letsExpireWhatIsDueAndNothingElse(long span) {
    SplittableRandom random = new SplittableRandom(span);
    Set<Mark> waiting = new HashSet<>();
    long now = 0;
    for (int step = 0; step < 3_000; step++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        Mark mark = new Mark();
        wheel.add(mark, now + random.nextLong(span));
        waiting.add(mark);
      }
      if (random.nextBoolean() && !waiting.isEmpty()) {
        Mark some = waiting.iterator().next();
        wheel.remove(some);
        wheel.remove(some); // as harmless as once
        waiting.remove(some);
      }
      long first = waiting.stream().mapToLong(mark -> mark.due).min().orElse(TimerWheel.NEVER);
      assertTrue(wheel.next() <= Math.max(now + 1, first), "the next is " + wheel.next());
      assertTrue(wheel.next() > now);
      now += 1 + random.nextLong(span / 4);
      expired.clear();
      wheel.advance(now);
      long until = now;
      Set<Mark> due = new HashSet<>(waiting);
      due.removeIf(mark -> mark.due > until);
      assertEquals(due, new HashSet<>(expired));
      assertEquals(due.size(), expired.size(), "each once");
      waiting.removeAll(due);
    }
    wheel.advance(now + 2 * span);
    assertEquals(TimerWheel.NEVER, wheel.next());
  }

  @Test
  void oneTickComesAfterTheOther() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1_000; i++) {
      wheel.add(new Mark(), 1 + random.nextLong(100_000));
    }
    wheel.advance(100_000);
    List<Mark> ordered = new ArrayList<>(expired);
    ordered.sort(Comparator.comparingLong(mark -> mark.due));
    assertEquals(1_000, expired.size());
    assertEquals(ordered, expired); // the sort keeps those of one tick as they came
  }

  @Test
  void whatIsDueAlreadyComesWithTheNextTick() {
    wheel.advance(100);
    wheel.add(new Mark(), 3);
    assertEquals(101, wheel.next());
    wheel.advance(100);
    assertEquals(0, expired.size());
    wheel.advance(101);
    assertEquals(1, expired.size());
  }

  @Test
  void reachesAsFarAsItSays() {
    wheel.advance(5);
    wheel.add(new Mark(), TimerWheel.LAST);
    wheel.advance(TimerWheel.LAST - 1);
    assertEquals(0, expired.size());
    wheel.advance(TimerWheel.LAST);
    assertEquals(1, expired.size());
  }
}
