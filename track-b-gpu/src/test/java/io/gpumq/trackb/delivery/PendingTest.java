package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pending entries are listed, and claimed by other consumers. */
class PendingTest {
  private static final long LEASE = 1_000;
  private static final int ANN = 1;
  private static final int BOB = 2;
  private static final long END = 1_000_000;

  private final ManualClock clock = new ManualClock(5_000);
  private final Delivery delivery = new Delivery();
  private final List<Long> letters = new ArrayList<>();
  private boolean hasRoom = true;
  private final Group group =
      new Group(
          "g",
          100,
          LEASE,
          2,
          false,
          sequence -> true,
          (sequence, cause, count, name) -> hasRoom && letters.add(sequence),
          clock);
  private final Pending pending = group.pending();

  private List<Long> take(int max, int owner) {
    int size = group.take(delivery, max, owner, END);
    return IntStream.range(0, size).mapToObj(delivery::sequence).toList();
  }

  private List<Long> list(long from, long to, int owner, long minIdle, int max) {
    List<PendingEntry> listed = new ArrayList<>();
    pending.list(from, to, owner, minIdle, max, listed);
    return listed.stream().map(PendingEntry::sequence).toList();
  }

  private List<Long> all() {
    return list(0, END, Pending.ANYONE, 0, 100);
  }

  @Test
  void anEntryIsFoundWithItsOwnerTimeAndDeliveries() {
    take(3, ANN);
    group.acknowledge(101);
    assertEquals(new PendingEntry(100, ANN, 5_000, 1), pending.find(100));
    assertNull(pending.find(101));
    assertNull(pending.find(103));
    clock.advance(LEASE);
    take(1, BOB);
    assertEquals(new PendingEntry(100, BOB, 6_000, 2), pending.find(100));
    group.giveBack(100, 70);
    assertEquals(new PendingEntry(100, PendingEntry.NOBODY, 5_070, 1), pending.find(100));
  }

  @Test
  void entriesAreListedByRangeOwnerAndIdleTime() {
    take(2, ANN);
    take(2, BOB);
    clock.advance(50);
    take(2, ANN);
    group.refuse(103, 500);
    assertEquals(List.of(100L, 101L, 102L, 103L, 104L, 105L), all());
    assertEquals(List.of(101L, 102L, 103L), list(101, 104, Pending.ANYONE, 0, 100));
    assertEquals(List.of(101L, 102L), list(101, 104, Pending.ANYONE, 0, 2));
    assertEquals(List.of(100L, 101L, 104L, 105L), list(0, END, ANN, 0, 100));
    assertEquals(List.of(100L, 101L), list(0, END, ANN, 50, 100));
    assertEquals(List.of(), list(0, END, ANN, 51, 100));
    assertEquals(List.of(103L), list(0, END, Pending.ANYONE, 51, 100), "nobody has it");
    assertEquals(List.of(103L), list(0, END, PendingEntry.NOBODY, 0, 100));
  }

  @Test
  void aListGoesOnWhereItEnded() {
    for (int i = 0; i < 20; i++) {
      take(1_000, i == 19 ? BOB : ANN);
      clock.advance(1);
    }
    List<PendingEntry> listed = new ArrayList<>();
    int calls = 0;
    for (long from = 0; from >= 0; calls++) {
      from = pending.list(from, END, Pending.ANYONE, 10, 7_000, listed);
    }
    assertEquals(11_000, listed.size());
    assertEquals(11_099, listed.get(10_999).sequence());
    assertTrue(calls > 4, "a list of all would hold the lock for too long");
    listed.clear();
    assertEquals(19_110, pending.list(0, END, BOB, 0, 10, listed));
    assertEquals(10, listed.size());
  }

  @Test
  void aClaimedEntryIsWithItsNewOwner() {
    take(3, ANN);
    clock.advance(10);
    assertTrue(pending.claim(101, BOB, 10, true));
    assertEquals(new PendingEntry(101, BOB, 5_010, 2), pending.find(101));
    assertEquals(2, group.acknowledge(delivery), "the other has it now");
    assertEquals(101, group.acknowledgedTo());
    assertEquals(4, group.counts().delivered());
    assertEquals(1, group.counts().redelivered());
    group.acknowledge(101);
    assertEquals(103, group.acknowledgedTo());
  }

  @Test
  void aClaimMayNotCount() {
    take(1, ANN);
    assertTrue(pending.claim(100, BOB, 0, false));
    assertEquals(new PendingEntry(100, BOB, 5_000, 1), pending.find(100));
    assertEquals(1, group.counts().delivered());
  }

  @Test
  void whatIsNotIdleOrNotPendingIsNotClaimed() {
    take(2, ANN);
    clock.advance(9);
    assertFalse(pending.claim(100, BOB, 10, true));
    assertFalse(pending.claim(102, BOB, 0, true));
    group.refuse(101, 500);
    assertTrue(pending.claim(101, BOB, 10, true), "nobody has it");
    assertEquals(ANN, pending.find(100).owner());
    assertThrows(IllegalArgumentException.class, () -> pending.claim(100, -1, 0, true));
  }

  @Test
  void whatIsSetMakesAnEntryDueSoonerOrLater() {
    take(3, ANN);
    assertTrue(pending.set(new PendingEntry(101, BOB, 4_500, 1)));
    assertTrue(pending.set(new PendingEntry(102, BOB, 5_500, 1)));
    assertFalse(pending.set(new PendingEntry(103, BOB, 5_500, 1)));
    clock.advance(500);
    assertEquals(List.of(101L), take(1, ANN));
    clock.advance(500);
    assertEquals(List.of(100L), take(9, ANN));
    clock.advance(500);
    assertEquals(List.of(102L), take(1, ANN));
  }

  @Test
  void deliveriesHaveNoLimitOfTheirOwn() {
    take(1, ANN);
    for (int i = 0; i < 5_000; i++) {
      assertTrue(pending.claim(100, BOB, 0, true));
    }
    assertEquals(5_001, pending.find(100).deliveries());
    pending.set(new PendingEntry(100, BOB, 5_000, Integer.MAX_VALUE));
    assertEquals(Integer.MAX_VALUE, pending.find(100).deliveries());
  }

  @Test
  void anEntryThatIsToBeGivenUpCanBeClaimed() {
    take(1, ANN);
    pending.set(new PendingEntry(100, ANN, 5_000, 2));
    group.refuse(100, 0); // at its limit
    assertEquals(PendingEntry.NOBODY, pending.find(100).owner());
    hasRoom = false;
    assertEquals(List.of(), take(1, ANN));
    assertTrue(pending.claim(100, BOB, 0, true));
    hasRoom = true;
    assertEquals(List.of(101L), take(1, ANN));
    assertEquals(List.of(), letters);
    clock.advance(LEASE);
    take(9, ANN);
    assertEquals(List.of(100L), letters);
  }

  @Test
  void anEntryOfWhichALetterIsMadeIsLeftOut() {
    List<Object> seen = new ArrayList<>();
    Group[] group = new Group[1];
    group[0] =
        new Group(
            "g",
            0,
            LEASE,
            1,
            false,
            sequence -> true,
            (sequence, cause, count, name) -> {
              Pending pending = group[0].pending();
              seen.add(pending.find(0) == null);
              seen.add(pending.claim(0, BOB, 0, true));
              seen.add(pending.forget(0));
              List<PendingEntry> listed = new ArrayList<>();
              pending.list(0, 9, Pending.ANYONE, 0, 9, listed);
              seen.add(listed.size());
              return true;
            },
            clock);
    group[0].take(delivery, 2, ANN, 2);
    group[0].refuse(0, 0);
    group[0].take(delivery, 1, ANN, 2);
    assertEquals(List.of(true, false, false, 1), seen);
  }

  @Test
  void whatWasDeletedIsForgotten() {
    take(3, ANN);
    assertTrue(pending.forget(100));
    assertFalse(pending.forget(100));
    assertTrue(pending.forget(102));
    assertEquals(101, group.acknowledgedTo());
    assertEquals(1, group.counts().pending());
    assertEquals(0, group.counts().acknowledged());
    assertEquals(1, group.acknowledge(delivery));
    assertEquals(103, group.acknowledgedTo());
  }

  @Test
  void aRemovedGroupRefusesEveryCall() {
    take(1, ANN);
    group.tryRemove();
    assertThrows(QueueClosedException.class, () -> pending.find(100));
    assertThrows(QueueClosedException.class, this::all);
    assertThrows(QueueClosedException.class, () -> pending.claim(100, BOB, 0, true));
    assertThrows(QueueClosedException.class, () -> pending.forget(100));
  }
}
