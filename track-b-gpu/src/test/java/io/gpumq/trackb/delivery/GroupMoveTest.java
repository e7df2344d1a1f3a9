package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A group that is moved forgets leases, refusals and what waits to be given up. */
class GroupMoveTest {
  private static final long LEASE = 100;

  private final ManualClock clock = new ManualClock(0);
  private final List<Long> letters = new ArrayList<>();
  private final Delivery delivery = new Delivery();
  private boolean full = true;
  private final Group group =
      new Group(
          "g",
          5_000,
          LEASE,
          2,
          false,
          sequence -> true,
          (sequence, cause, count, name) -> !full && letters.add(sequence),
          clock);

  private List<Long> take(int max, long completed) {
    group.take(delivery, max, 1, completed);
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < delivery.size(); i++) {
      taken.add(delivery.sequence(i));
    }
    return taken;
  }

  @Test
  void nothingOfBeforeComesAgain() {
    assertEquals(List.of(5_000L, 5_001L, 5_002L), take(3, 5_010));
    group.refuse(5_000, 50); // waits
    clock.advance(60);
    assertEquals(List.of(5_000L), take(3, 5_010));
    group.refuse(5_000, 0); // to be given up, and the sink is full
    assertEquals(List.of(), take(3, 5_010));
    group.tryMoveTo(100); // pages below the first that there was
    assertEquals(0, group.counts().pending());
    assertEquals(100, group.acknowledgedTo());
    assertThrows(NotPendingException.class, () -> group.acknowledge(5_001));
    full = false;
    clock.advance(10 * LEASE);
    assertEquals(List.of(100L, 101L), take(2, 5_010));
    assertEquals(1, delivery.deliveries(0));
    assertEquals(List.of(), letters);
    clock.advance(LEASE);
    assertEquals(List.of(100L, 101L), take(9, 102));
    assertEquals(2, delivery.deliveries(0));
    assertEquals(2, group.counts().pending());
  }

  @Test
  void aBatchOfBeforeAcknowledgesNothing() {
    take(3, 5_010);
    group.tryMoveTo(5_003);
    assertEquals(0, group.acknowledge(delivery));
    assertEquals(5_003, group.acknowledgedTo());
    assertEquals(0, group.counts().acknowledged());
    assertEquals(List.of(5_003L), take(1, 5_010));
  }

  @Test
  void aBatchOfBeforeSparesWhatCameAgain() {
    take(3, 5_003);
    group.tryMoveTo(5_000);
    Delivery again = new Delivery();
    assertEquals(3, group.take(again, 3, 2, 5_003));
    assertEquals(0, group.acknowledge(delivery));
    group.takeBack(delivery); // as where it could not be read
    assertEquals(0, group.take(new Delivery(), 3, 3, 5_003), "all are with the second taker");
    assertEquals(3, group.acknowledge(again));
  }

  @Test
  void aRedeliveryOfBeforeSparesWhatCameAgain() {
    take(3, 5_003);
    clock.advance(LEASE);
    assertEquals(3, take(3, 5_003).size());
    group.tryMoveTo(5_000);
    Delivery again = new Delivery();
    group.take(again, 3, 2, 5_003);
    clock.advance(LEASE);
    group.take(again, 3, 2, 5_003); // as many runs, and deliveries, as before the move
    assertEquals(0, group.acknowledge(delivery));
    assertEquals(3, group.acknowledge(again));
  }

  @Test
  void aRemovedGroupRefusesEveryCall() {
    take(3, 5_010);
    assertTrue(group.tryRemove());
    assertThrows(QueueClosedException.class, () -> take(3, 5_010));
    assertThrows(QueueClosedException.class, () -> group.acknowledge(5_000));
    assertThrows(QueueClosedException.class, () -> group.acknowledge(delivery));
    assertThrows(QueueClosedException.class, () -> group.tryMoveTo(5_003));
    assertThrows(QueueClosedException.class, group::tryRemove);
  }
}
