package io.gpumq.soak.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long START = 5_000_000_000L;

  private final Schedule schedule = new Schedule(START, 1000, new long[] {100, 0}, 50);

  @Test
  void producersTakeTurnsAtTheRateOfAll() {
    assertEquals(START, schedule.dueNanos(0, 100));
    assertEquals(START + 1_000_000, schedule.dueNanos(1, 0));
    assertEquals(START + 2_000_000, schedule.dueNanos(0, 101));
    assertEquals(START + 99_000_000, schedule.dueNanos(1, 49));
  }

  @Test
  void aMessageIsDueFromItsTimeOn() {
    assertEquals(100, schedule.dueBefore(0, START - 1));
    assertEquals(101, schedule.dueBefore(0, START));
    assertEquals(0, schedule.dueBefore(1, START + 999_999));
    assertEquals(1, schedule.dueBefore(1, START + 1_000_000));
    assertEquals(101, schedule.dueBefore(0, START + 1_999_999));
    assertEquals(102, schedule.dueBefore(0, START + 2_000_000));
  }

  @Test
  void nothingIsDueBeyondTheEnd() {
    assertEquals(150, schedule.end(0));
    assertEquals(150, schedule.dueBefore(0, START + 1_000_000_000L));
    assertEquals(50, schedule.dueBefore(1, START + 1_000_000_000L));
  }
}
