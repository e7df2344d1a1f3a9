package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a group costs, in rows and bytes rather than in seconds. */
class GroupScaleTest {
  private static final int BATCH = 256;
  private static final int BLOCK = 32;
  private static final long TEN_MILLION = 10_000_000;
  private static final long LEASE = 1_000;

  /** Rows for which memory is kept, whatever there is. */
  private static final int FEW_ROWS = 512;

  private final ManualClock clock = new ManualClock(0);
  private final Delivery delivery = new Delivery();
  private final Group group =
      new Group("g", 0, LEASE, 5, false, sequence -> true, (s, cause, n, name) -> true, clock);

  private long takeAll(long completed) {
    long taken = 0;
    for (int n; (n = group.take(delivery, BATCH, 0, completed)) > 0; ) {
      taken += n;
    }
    return taken;
  }

  private long rows() {
    return group.ask(ledger -> ledger.table().pages().rows());
  }

  private long room() {
    return group.ask(ledger -> ledger.table().pages().room());
  }

  @Test
  void tenMillionPendingTakeARowForEachBlock() {
    assertEquals(TEN_MILLION, takeAll(TEN_MILLION));
    assertEquals(TEN_MILLION, group.counts().pending());
    assertEquals(TEN_MILLION / BLOCK, rows());

    clock.advance(LEASE); // all leases end
    assertEquals(TEN_MILLION, takeAll(TEN_MILLION));
    assertEquals(TEN_MILLION / BLOCK, rows());

    group.abandon(0);
    long acknowledged = 0;
    for (; group.take(delivery, BATCH, 1, TEN_MILLION) > 0; ) {
      acknowledged += group.acknowledge(delivery);
    }
    assertEquals(TEN_MILLION, acknowledged);
    assertEquals(TEN_MILLION, group.acknowledgedTo());
    assertEquals(0, rows());
    assertTrue(room() <= FEW_ROWS);
  }

  @Test
  void oneEntryThatStaysPendingKeepsNothingElse() {
    group.take(delivery, 1, 0, 1);
    while (group.take(delivery, BATCH, 0, TEN_MILLION) > 0) {
      group.acknowledge(delivery);
      assertEquals(1, rows());
      assertTrue(room() <= FEW_ROWS);
    }
    assertEquals(0, group.acknowledgedTo());
    group.acknowledge(0);
    assertEquals(TEN_MILLION, group.acknowledgedTo());
  }

  @Test
  void refusingAgainAndAgainDoesNotGrow() {
    group.take(delivery, 2, 0, 2);
    for (int i = 0; i < 1_000_000; i++) {
      group.refuse(i & 1, i % LEASE);
      assertTrue(rows() <= 2);
    }
    clock.advance(LEASE);
    assertEquals(2, group.take(delivery, 10, 0, 2));
  }

  @Test
  void oneOfAThousandThatIsLeftTakesARow() {
    long end = 1_000_000;
    while (group.take(delivery, BATCH, 0, end) > 0) {
      for (int i = delivery.size() - 1; i >= 0; i--) {
        if (delivery.sequence(i) % 1_000 != 0) {
          group.acknowledge(delivery.sequence(i));
        }
      }
    }
    assertEquals(1_000, rows());
    assertTrue(room() <= 1_000 + 1_000 / 8 + FEW_ROWS);
    clock.advance(LEASE);
    assertEquals(1_000, takeAll(end));
    assertEquals(1_000, rows());
    for (long sequence = 0; sequence < end; sequence += 1_000) {
      group.acknowledge(sequence);
    }
    assertEquals(0, rows());
    assertTrue(room() <= FEW_ROWS);
  }

  @Test
  void passingOverTenMillionKeepsNothing() {
    Deliverable last = sequence -> sequence == TEN_MILLION - 1;
    Group group = new Group("g", 0, LEASE, 5, false, last, (s, cause, n, name) -> true, clock);
    long before = allocatedBytes();
    assertEquals(1, group.take(delivery, BATCH, 0, TEN_MILLION));
    long bytes = allocatedBytes() - before;
    assertEquals(TEN_MILLION - 1, delivery.first());
    assertEquals(TEN_MILLION - 1, group.acknowledgedTo());
    assertTrue(bytes < TEN_MILLION / 8, bytes + " bytes");
  }

  @Test
  void aFewMessagesAmongTenMillionComeInSeveralTakes() {
    Deliverable every100k = sequence -> sequence % 100_000 == 0;
    Group group = new Group("g", 0, LEASE, 5, false, every100k, (s, cause, n, name) -> true, clock);
    for (long next = 0; next < TEN_MILLION; next += 100_000) {
      assertEquals(1, group.take(delivery, BATCH, 0, TEN_MILLION));
      assertEquals(next, delivery.first());
      assertEquals(1, group.acknowledge(delivery));
      assertEquals(0, rows());
    }
    assertEquals(0, group.take(delivery, BATCH, 0, TEN_MILLION));
    assertEquals(TEN_MILLION, group.acknowledgedTo());
  }

  @Test
  void anIdleGroupTakesFewBytes() {
    Group[] groups = new Group[1_000];
    Deliverable all = sequence -> true;
    DeadLetterSink none = (s, cause, n, name) -> false;
    long before = allocatedBytes();
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new Group("g", i, LEASE, 5, false, all, none, clock);
    }
    long bytes = (allocatedBytes() - before) / groups.length;
    assertTrue(bytes <= 400, bytes + " bytes");
    assertEquals(999, groups[999].cursor());
  }

  @Test
  void takingAndAcknowledgingAllocatesNothing() {
    Delivery[] inHand = {delivery, new Delivery(), new Delivery(), new Delivery()};
    long warmedUp = 100_000;
    long end = warmedUp + 1_000_000;
    pass(inHand, warmedUp);
    long before = allocatedBytes();
    pass(inHand, end);
    long bytes = allocatedBytes() - before;
    assertEquals(end, group.acknowledgedTo());
    assertTrue(bytes < 10_000, bytes + " bytes for a million entries");
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** Batches are acknowledged three batches late; every thousandth is refused and taken again. */
  private void pass(Delivery[] inHand, long completed) {
    for (int i = 0; group.acknowledgedTo() < completed; i++) {
      Delivery next = inHand[i % inHand.length];
      group.acknowledge(next);
      if (group.take(next, BATCH, 0, completed) > 0 && i % 1_000 == 0) {
        group.refuse(next.first(), 0);
      }
    }
  }
}
