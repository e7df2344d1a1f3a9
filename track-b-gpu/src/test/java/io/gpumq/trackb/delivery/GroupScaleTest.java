package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a group costs, in pages, runs and bytes rather than in seconds. */
class GroupScaleTest {
  private static final int BATCH = 256;
  private static final int PAGE = 1024;
  private static final long TEN_MILLION = 10_000_000;
  private static final long LEASE = 1_000;

  /** Below this many, empty runs are left to lie. */
  private static final int FEW_RUNS = 1_024;

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

  private static long pagesOf(long entries) {
    return (entries + PAGE - 1) / PAGE;
  }

  @Test
  void tenMillionPendingCostAWordEachAndARunForEachBatch() {
    assertEquals(TEN_MILLION, takeAll(TEN_MILLION));
    assertEquals(TEN_MILLION, group.counts().pending());
    long runs = (TEN_MILLION + BATCH - 1) / BATCH;
    assertEquals(pagesOf(TEN_MILLION), group.ledger().pages());
    assertEquals(runs, group.ledger().runs());

    clock.advance(LEASE); // all leases end: a change of no word and no run
    assertEquals(runs, group.ledger().runs());
    assertEquals(TEN_MILLION, takeAll(TEN_MILLION));
    assertEquals(pagesOf(TEN_MILLION), group.ledger().pages());
    assertEquals(runs, group.ledger().runs());

    group.abandon(0);
    assertEquals(runs, group.ledger().runs());
    long acknowledged = 0;
    for (; group.take(delivery, BATCH, 1, TEN_MILLION) > 0; ) {
      acknowledged += group.acknowledge(delivery);
    }
    assertEquals(TEN_MILLION, acknowledged);
    assertEquals(TEN_MILLION, group.acknowledgedTo());
    assertEquals(0, group.ledger().runs());
    assertTrue(group.ledger().pages() <= 1);
  }

  @Test
  void oneEntryThatStaysPendingKeepsPagesButNoRuns() {
    group.take(delivery, 1, 0, 1);
    while (group.take(delivery, BATCH, 0, TEN_MILLION) > 0) {
      group.acknowledge(delivery);
      assertTrue(group.ledger().runs() <= FEW_RUNS);
    }
    assertEquals(0, group.acknowledgedTo());
    assertEquals(pagesOf(TEN_MILLION), group.ledger().pages());
    group.acknowledge(0);
    assertEquals(TEN_MILLION, group.acknowledgedTo());
    assertTrue(group.ledger().pages() <= 1);
  }

  @Test
  void refusingAgainAndAgainDoesNotGrow() {
    group.take(delivery, 2, 0, 2);
    for (int i = 0; i < 1_000_000; i++) {
      group.refuse(i & 1, i % LEASE);
      assertTrue(group.ledger().runs() <= FEW_RUNS);
    }
    clock.advance(LEASE);
    assertEquals(2, group.take(delivery, 10, 0, 2));
  }

  @Test
  void settlingInAnyOrderLeavesNoRuns() {
    for (long end = 0; end < 1_000_000; end += BATCH) {
      group.take(delivery, BATCH, 0, end + BATCH);
      for (long i = 1; i < BATCH; i++) { // all but the first of each batch, backwards
        group.acknowledge(end + BATCH - i);
      }
    }
    long left = group.counts().pending();
    assertEquals(left, group.ledger().runs());
    clock.advance(LEASE);
    assertEquals(left, takeAll(0));
    assertTrue(group.ledger().runs() <= 2 * left, "a run each, and those swept later");
    for (long sequence = 0; sequence < 1_000_000; sequence += BATCH) {
      group.acknowledge(sequence);
    }
    assertEquals(0, group.counts().pending());
    assertEquals(0, group.ledger().runs());
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
      assertTrue(group.ledger().pages() <= 65);
    }
    assertEquals(0, group.take(delivery, BATCH, 0, TEN_MILLION));
    assertEquals(TEN_MILLION, group.acknowledgedTo());
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
