package io.gpumq.trackb.delivery;

import io.gpumq.api.NotPendingException;
import java.util.BitSet;
import java.util.function.LongFunction;

/**
 * What a group knows of its entries: which are pending, how often each was delivered, who has it,
 * and when it is due. Under the group's lock.
 */
final class Ledger {
  /** So many entries are passed over before they give their words back. */
  private static final int MAX_PASSED_OVER = 1 << 16;

  private final long leaseNanos;
  private final int maxDeliveries;
  private final boolean strictOrder;
  private final Deliverable deliverable;
  private final PendingTable table;
  private final Schedule schedule;

  /** Makes a ledger of nothing; the parameters are those of {@link Group}. */
  Ledger(
      long start,
      long leaseNanos,
      int maxDeliveries,
      boolean strictOrder,
      Deliverable deliverable) {
    this(start, leaseNanos, maxDeliveries, strictOrder, deliverable, Run.GIVEN_UP);
  }

  private Ledger(
      long start,
      long leaseNanos,
      int maxDeliveries,
      boolean strictOrder,
      Deliverable deliverable,
      long lastRunId) {
    require(start >= 0, "start", start, "0 or more");
    require(leaseNanos >= 1, "lease", leaseNanos, "1 ns or more");
    require(
        maxDeliveries >= 1 && maxDeliveries <= PendingTable.MAX_DELIVERIES,
        "max-deliveries",
        maxDeliveries,
        "between 1 and " + PendingTable.MAX_DELIVERIES);
    this.leaseNanos = leaseNanos;
    this.maxDeliveries = maxDeliveries;
    this.strictOrder = strictOrder;
    this.deliverable = deliverable;
    table = new PendingTable(start);
    schedule = new Schedule(table, lastRunId);
  }

  /**
   * The same, from another sequence on. Its runs go on counting: a delivery of this ledger has no
   * word that one of the other could have.
   */
  Ledger startingAt(long start) {
    return new Ledger(
        start, leaseNanos, maxDeliveries, strictOrder, deliverable, schedule.lastId());
  }

  /** Leases to a taker what {@link Group#take} is to hand out; what is exhausted holds new back. */
  void take(Delivery into, int max, int owner, long completed, long now) {
    boolean free = strictOrder ? collectInOrder(into, max, now) : collectDue(into, max, now);
    if (!into.isEmpty()) {
      leaseAgain(into, now + leaseNanos, owner);
    } else if (free) {
      leaseNew(into, max, now + leaseNanos, owner, completed);
    }
  }

  /** Returns whether {@link #take} would find something; what is exhausted holds new back. */
  boolean isReady(long completed, long now) {
    boolean mayBeNew = table.end() < completed && !schedule.hasExhausted();
    if (strictOrder) {
      boolean mayComeAgain = table.start() < table.end() && !schedule.hasExhausted();
      return (mayComeAgain || mayBeNew) && schedule.isAllDue(now);
    }
    return mayBeNew || schedule.isSomeDue(now);
  }

  /** Returns whether an entry is pending, and nobody is making a letter of it. */
  boolean isPending(long sequence) {
    return table.isPending(sequence) && !table.isOf(sequence, Run.GIVEN_UP);
  }

  /** Settles one entry of the window. */
  void settle(long sequence) {
    table.settle(sequence);
  }

  /** Settles the entries of a delivery that are still with its taker; returns how many. */
  int settle(Delivery delivery) {
    if (!delivery.isRedelivery() && delivery.isWholeRange()) {
      return table.settleAll(delivery.first(), delivery.last() + 1, delivery.word(0));
    }
    int settled = 0;
    for (int i = 0; i < delivery.size(); i++) {
      long sequence = delivery.sequence(i);
      if (table.has(sequence, delivery.word(i))) {
        table.settle(sequence);
        settled++;
      }
    }
    return settled;
  }

  /** Takes the entries of a delivery back that are still with its taker: they are due now. */
  void takeBack(Delivery delivery, long now) {
    for (int i = 0; i < delivery.size(); i++) {
      if (table.has(delivery.sequence(i), delivery.word(i))) {
        schedule.giveBack(delivery.sequence(i), now);
      }
    }
  }

  /**
   * Ends the lease of a pending entry: it is due at that time, or to be given up.
   *
   * @param counts whether the last delivery does
   */
  void handBack(long sequence, long dueNanos, boolean counts) {
    if (!counts) {
      schedule.giveBack(sequence, dueNanos);
    } else if (table.deliveries(sequence) < maxDeliveries) {
      schedule.postpone(sequence, dueNanos);
    } else {
      schedule.exhaust(sequence, dueNanos);
    }
  }

  /** Ends every lease of a taker. */
  void abandon(int owner, long now) {
    schedule.endLeases(owner, now);
  }

  /** Returns whether something is to be given up. */
  boolean hasExhausted() {
    return schedule.hasExhausted();
  }

  /** Takes out the entry that is to be given up next, or -1: nothing else can be done with it. */
  long pollExhausted() {
    return schedule.pollExhausted();
  }

  /** Puts back an entry that no letter was made of. */
  void putBackExhausted(long sequence, long now) {
    schedule.putBackExhausted(sequence, now);
  }

  /** Returns how often an entry of the window was delivered. */
  int deliveries(long sequence) {
    return table.deliveries(sequence);
  }

  /** Forgets what is settled at the lower end; returns whether there was something. */
  boolean shrink() {
    boolean moved = table.shrink();
    if (moved) {
      schedule.dropSettledLeases();
    }
    return moved;
  }

  /** Every sequence below is settled. */
  long start() {
    return table.start();
  }

  /** The next sequence to be delivered for the first time. */
  long end() {
    return table.end();
  }

  /** As {@link PendingTable#markUnsettled}. */
  void markUnsettled(long from, int count, BitSet bits) {
    table.markUnsettled(from, count, bits);
  }

  long pages() {
    return table.pageCount();
  }

  int runs() {
    return schedule.size();
  }

  /** Collects what is due to come again; whether new entries may come if there is nothing. */
  private boolean collectDue(Delivery into, int max, long now) {
    schedule.collectDue(into, max, maxDeliveries, now);
    return !schedule.hasExhausted();
  }

  /**
   * {@link #collectDue} in strict order. An entry at its limit holds back those behind it until it
   * is a letter.
   */
  private boolean collectInOrder(Delivery into, int max, long now) {
    if (schedule.hasExhausted() || !schedule.isAllDue(now)) {
      return false;
    }
    for (long next = table.start(); next < table.end() && into.size() < max; next++) {
      if (!table.isPending(next)) {
        continue;
      }
      boolean atItsLimit = table.deliveries(next) >= maxDeliveries;
      if (atItsLimit && into.isEmpty()) {
        schedule.exhaust(next, now);
      } else if (atItsLimit || schedule.hasExhausted()) {
        break;
      } else {
        into.add(next);
      }
    }
    return !schedule.hasExhausted();
  }

  private void leaseAgain(Delivery into, long due, int owner) {
    into.redelivery();
    Run run = null;
    for (int i = 0; i < into.size(); i++) {
      long sequence = into.sequence(i);
      int deliveries = table.deliveries(sequence) + 1;
      run = schedule.lease(run, sequence, due, owner);
      table.put(sequence, deliveries, run.id);
      into.setDeliveries(i, deliveries);
      into.setWord(i, PendingTable.word(deliveries, run.id));
    }
  }

  /**
   * Passes over entries that are no message, from the cursor up to the first that is one.
   *
   * @param completed entries are looked at below this sequence only
   */
  void passOver(long completed) {
    long next = table.end();
    while (next < completed && !deliverable.deliverable(next)) {
      next++;
      if (next - table.end() == MAX_PASSED_OVER) {
        settleTo(next);
      }
    }
    if (next > table.end()) {
      settleTo(next);
    }
  }

  private void leaseNew(Delivery into, int max, long due, int owner, long completed) {
    passOver(completed);
    long from = table.end();
    if (from >= completed) {
      return; // a group that was moved may be ahead of what is completed
    }
    long to = into.fill(deliverable, from, Math.min(completed, from + MAX_PASSED_OVER), max);
    if (into.isEmpty()) {
      return;
    }
    table.extendTo(to);
    Run run = schedule.lease(null, into.first(), due, owner);
    run.last = into.last();
    if (into.isWholeRange()) {
      table.putAll(into.first(), into.last() + 1, 1, run.id);
    } else {
      for (int i = 0; i < into.size(); i++) {
        table.put(into.sequence(i), 1, run.id);
      }
    }
    into.setNewWord(PendingTable.word(1, run.id));
  }

  private void settleTo(long end) {
    table.extendTo(end);
    shrink();
  }

  /**
   * Refuses a sequence that is not pending.
   *
   * @throws NotPendingException says why it is not
   */
  void requirePending(long sequence, String group, LongFunction<String> describer) {
    if (isPending(sequence)) {
      return;
    }
    String why =
        sequence >= table.end()
            ? "not delivered yet, the next is " + describer.apply(table.end())
            : "settled before: acknowledged, dead-lettered, or no message";
    throw new NotPendingException(
        describer.apply(sequence) + " is not pending in group " + group + ": " + why);
  }

  static void require(boolean legal, String what, long given, String allowed) {
    if (!legal) {
      throw new IllegalArgumentException(what + " " + given + ": must be " + allowed);
    }
  }
}
