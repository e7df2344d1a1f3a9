package io.gpumq.soak.suite;

import io.gpumq.soak.crowd.Crowd;
import io.gpumq.soak.crowd.FilledCrowd;
import io.gpumq.soak.crowd.Footprint;
import io.gpumq.soak.crowd.PendingEntries;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.Map;

/**
 * What it takes to open queues, and what they hold: idle, with entries, and with entries that stay
 * pending. For one thread, and once.
 */
final class CrowdCosts {
  /** Room on the heap for a queue that nobody uses, and for one with entries, twice over. */
  private static final int EMPTY_HEAP_BYTES = 1000;

  private static final int SMALL_HEAP_BYTES = 6000;

  /** It takes no longer until all queues that nobody uses are folded. */
  private static final Duration FOLDING = Duration.ofMinutes(3);

  /** Room in the store for one small entry. */
  private static final int ENTRY_STORE_BYTES = 52;

  private static final int FEW_PENDING = 1000;

  /** New entries beside those that are pending, of one turn. */
  private static final int PENDING_TURN = 2000;

  private final SuitePlan plan;
  private final Row row;
  private final Crowds crowds;
  private final Map<Figure, Double> seen;

  /**
   * @param seen is told every figure
   */
  CrowdCosts(SuitePlan plan, Row row, Crowds crowds, Map<Figure, Double> seen) {
    this.plan = plan;
    this.row = row;
    this.crowds = crowds;
    this.seen = seen;
  }

  Tally pending(Duration warmup) throws InterruptedException {
    int count = plan.extent().of(row.maxMessages());
    crowds.requireStore((long) count * PendingEntries.SPACING * ENTRY_STORE_BYTES);
    try (Crowd crowd = crowds.crowd(2)) {
      var few = new PendingEntries(crowd, 0, plan.patience());
      var many = new PendingEntries(crowd, 1, plan.patience());
      few.keep(FEW_PENDING);
      Footprint before = Footprint.now();
      many.keep(count);
      double heap = Footprint.now().since(before).heapBytes();
      seen.put(Figure.PENDING, (double) many.pending());
      seen.put(Figure.HEAP_BYTES_EACH, heap / many.pending());
      byTurns(few, many, warmup);
      double[] nanos = byTurns(few, many, plan.duration());
      seen.put(Figure.OF_FEW_PENDING, nanos[1] / nanos[0]);
      seen.put(Figure.FEW_PENDING_NS, nanos[0]);
      seen.put(Figure.MANY_PENDING_NS, nanos[1]);
      few.settle();
      many.settle();
      return crowds.settled(crowd);
    }
  }

  /** Nanoseconds of an entry, of the one and of the other. */
  private static double[] byTurns(PendingEntries one, PendingEntries other, Duration time)
      throws InterruptedException {
    double[] nanos = new double[2];
    long deadline = System.nanoTime() + time.toNanos();
    int turns = 0;
    do {
      nanos[0] += one.turn(PENDING_TURN);
      nanos[1] += other.turn(PENDING_TURN);
      turns++;
    } while (System.nanoTime() - deadline < 0);
    return new double[] {nanos[0] / turns / PENDING_TURN, nanos[1] / turns / PENDING_TURN};
  }

  Tally open(Duration warmup) throws InterruptedException {
    long deadline = System.nanoTime() + warmup.toNanos();
    do {
      crowds.crowd(crowds.queues()).close();
    } while (System.nanoTime() - deadline < 0);
    try (Crowd crowd = crowds.crowd(crowds.queues())) {
      seen.put(Figure.P50_US, crowd.openings().p50());
      seen.put(Figure.P99_US, crowd.openings().p99());
      seen.put(Figure.MEAN_US, crowd.meanOpening());
      FilledCrowd filled = crowds.filled(crowd);
      filled.fill();
      filled.drainOnce();
      return crowds.settled(crowd);
    }
  }

  Tally empty() throws InterruptedException {
    crowds.requireHeap(EMPTY_HEAP_BYTES);
    try (Crowd first = crowds.crowd(1)) { // what comes with the first queue is no other's
      Footprint before = Footprint.now();
      try (Crowd crowd = crowds.crowd(crowds.queues())) {
        see(crowd, Footprint.now().since(before));
      }
      return crowds.settled(first);
    }
  }

  Tally small() throws InterruptedException {
    crowds.requireHeap(SMALL_HEAP_BYTES);
    crowds.requireSmallStore();
    try (Crowd first = crowds.crowd(1)) {
      Footprint before = Footprint.now();
      try (Crowd crowd = crowds.crowd(crowds.queues())) {
        Footprint open = Footprint.now().since(before);
        FilledCrowd filled = crowds.filled(crowd); // which takes heap of its own
        Footprint unfilled = Footprint.now();
        filled.fill();
        see(crowd, Footprint.settled(FOLDING).since(unfilled).and(open));
        filled.drainOnce();
        Footprint drained = Footprint.settled(FOLDING).since(unfilled).and(open);
        seen.put(Figure.DRAINED_HEAP_BYTES_EACH, (double) drained.heapBytes() / crowd.size());
        return crowds.settled(crowd).and(crowds.settled(first));
      }
    }
  }

  private void see(Crowd crowd, Footprint taken) {
    seen.put(Figure.HEAP_BYTES_EACH, (double) taken.heapBytes() / crowd.size());
    seen.put(Figure.STORE_BYTES, (double) crowd.storeBytes());
    seen.put(Figure.MORE_PINNED_BYTES, (double) taken.pinnedBytes());
  }
}
