package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Waiters;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GroupTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final Bell bell = new Waiters().bell();

  @Test
  void isDueWhenADelayIsOver() {
    Group group = new Group("g", Args.bytes("g"), 0, 0, HOUR, bell);
    assertFalse(group.takeDue());
    group.dueIn(0);
    assertTrue(group.takeDue());
    assertFalse(group.takeDue(), "asked and forgotten");
    group.dueIn(HOUR);
    assertFalse(group.takeDue());
    group.dueIn(TimeUnit.MILLISECONDS.toNanos(5));
    assertTrue(group.nanosToDue() <= TimeUnit.MILLISECONDS.toNanos(8));
    Await.until("the shorter delay", group::takeDue);
    assertTrue(group.nanosToDue() > TimeUnit.MINUTES.toNanos(50), "the longer one is left");
  }

  @Test
  void isDueWhenALeaseIsOverAndNotBefore() {
    long lease = TimeUnit.MILLISECONDS.toNanos(32);
    Group group = new Group("g", Args.bytes("g"), 0, 0, lease, bell);
    long start = System.nanoTime();
    group.leased();
    Await.until("the end of the lease", group::takeDue);
    assertTrue(System.nanoTime() - start >= lease);
  }

  @Test
  void remembersTheHighestSequenceThatItRead() {
    Group group = new Group("g", Args.bytes("g"), 7, 0, HOUR, bell);
    group.sawRead(5);
    group.sawRead(3);
    assertEquals(5, group.lastRead());
    assertEquals(7, group.read.get());
    assertEquals(7, group.settled.get());
  }
}
