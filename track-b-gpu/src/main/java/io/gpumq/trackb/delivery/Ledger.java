package io.gpumq.trackb.delivery;

import io.gpumq.api.NotPendingException;
import java.util.BitSet;
import java.util.function.LongFunction;

/**
 * What a group knows of its entries: which are pending, how often each was delivered, who has it,
 * and when it is due. Under the group's lock.
 */
final class Ledger {
  /** A take looks at so many entries behind the first that is a message, and no more. */
  private static final int MAX_LOOKS = 1 << 16;

  /** What may be asked for. An entry can be delivered more often, by claims. */
  private static final int MAX_DELIVERIES = 1_023;

  /** What {@link #nanosToDue} answers where nothing comes to be due. */
  static final long NEVER = Long.MAX_VALUE;

  private final long leaseNanos;
  private final int maxDeliveries;
  private final boolean strictOrder;
  private final Deliverable deliverable;
  private final PendingTable table;
  private final Redelivery redelivery;

  /** Makes a ledger of nothing; the parameters are those of {@link Group}. */
  Ledger(
      long start,
      long leaseNanos,
      int maxDeliveries,
      boolean strictOrder,
      Deliverable deliverable) {
    require(start >= 0, "start", start, "0 or more");
    require(leaseNanos >= 1, "lease", leaseNanos, "1 ns or more");
    require(
        maxDeliveries >= 1 && maxDeliveries <= MAX_DELIVERIES || maxDeliveries == Group.NO_LIMIT,
        "max-deliveries",
        maxDeliveries,
        "between 1 and " + MAX_DELIVERIES);
    this.leaseNanos = leaseNanos;
    this.maxDeliveries = maxDeliveries;
    this.strictOrder = strictOrder;
    this.deliverable = deliverable;
    table = new PendingTable(start);
    redelivery = new Redelivery(table, maxDeliveries);
  }

  /** The same, from another sequence on, with nothing pending. */
  Ledger startingAt(long start) {
    return new Ledger(start, leaseNanos, maxDeliveries, strictOrder, deliverable);
  }

  /** Leases to a taker what {@link Group#take} is to hand out; what is exhausted holds new back. */
  void take(Delivery into, int max, int owner, long completed, long now) {
    into.begin(owner);
    boolean free = !strictOrder || !hasExhausted() && redelivery.isAllDeliveredBy(over(now));
    if (free && strictOrder) {
      redelivery.collectInOrder(into, max, now);
    } else if (free) {
      redelivery.collect(into, max, over(now), now);
    }
    if (!into.isEmpty()) {
      putInOrder(into);
    } else if (free && !hasExhausted()) {
      leaseNew(into, max, now, completed);
    }
  }

  /** Returns when an entry was delivered whose lease is just over. */
  private long over(long now) {
    return now - leaseNanos;
  }

  private void putInOrder(Delivery into) {
    if (!into.sort()) {
      for (int i = 0; i < into.size(); i++) {
        table.find(into.sequence(i));
        into.setDeliveries(i, table.deliveries());
      }
    }
  }

  /**
   * Returns for how many takes there may be an entry; what is exhausted holds new ones back. In
   * strict order one take has all there is, and of what is due it is not counted how much.
   */
  int ready(long completed, long now) {
    long mayBeNew = hasExhausted() ? 0 : Math.max(0, completed - table.end());
    if (strictOrder) {
      boolean mayComeAgain = table.start() < table.end() && !hasExhausted();
      return (mayComeAgain || mayBeNew > 0) && redelivery.isAllDeliveredBy(over(now)) ? 1 : 0;
    }
    int mayComeAgain = redelivery.isSomeDeliveredBy(over(now)) ? 1 : 0;
    return (int) Math.min(Integer.MAX_VALUE, mayBeNew + mayComeAgain);
  }

  /** Returns when the next lease or delay may end, in nanoseconds from now, or {@link #NEVER}. */
  long nanosToDue(long now) {
    long due = due();
    return due == NEVER ? NEVER : Math.max(0, due - now);
  }

  /** Returns a time before which no lease or delay ends, or {@link #NEVER}. */
  long due() {
    PageHeap byTime = table.pages().byTime();
    long due = byTime.isEmpty() ? NEVER : byTime.earliest() + leaseNanos;
    return due == NEVER && !byTime.isEmpty() ? NEVER - 1 : due; // a time like any other
  }

  /** Comes upon an entry, if it is pending and nobody is making a letter of it. */
  boolean find(long sequence) {
    return table.find(sequence) && table.owner() != Owners.GIVEN_UP;
  }

  /** Settles the entry come upon. */
  void settle() {
    redelivery.settle();
  }

  /** Settles an entry of which a letter was made. */
  void settleGivenUp(long sequence) {
    table.find(sequence);
    table.settle();
  }

  /** Settles the entries of a delivery that are still with its taker; returns how many. */
  int settle(Delivery delivery) {
    int settled = 0;
    for (int i = 0, end; i < delivery.size(); i = end) {
      end = delivery.endOfAlike(i);
      long block = PendingTable.block(delivery.sequence(i));
      settled +=
          table.settle(block, delivery.bits(i, end), delivery.owner(), delivery.deliveries(i));
    }
    return settled;
  }

  /** Takes the entries of a delivery back that are still with its taker: they are due now. */
  void takeBack(Delivery delivery, long now) {
    for (int i = 0; i < delivery.size(); i++) {
      long sequence = delivery.sequence(i);
      if (table.find(sequence)
          && table.owner() == delivery.owner()
          && table.deliveries() == delivery.deliveries(i)) {
        handBack(sequence, now, false);
      }
    }
  }

  /**
   * Ends the lease of the entry come upon: it is due at that time, or to be given up.
   *
   * @param counts whether the last delivery does
   */
  void handBack(long sequence, long dueNanos, boolean counts) {
    int deliveries = table.deliveries();
    if (!counts) {
      change(sequence, over(dueNanos), Owners.NOBODY, Math.max(0, deliveries - 1));
    } else {
      int owner = deliveries < maxDeliveries ? Owners.NOBODY : Owners.EXHAUSTED;
      change(sequence, over(dueNanos), owner, deliveries);
    }
  }

  /** Changes the entry come upon, {@code sequence}. */
  void change(long sequence, long deliveredNanos, int owner, int deliveries) {
    redelivery.change(sequence, deliveredNanos, owner, deliveries);
  }

  /** Ends every lease of a taker. */
  void abandon(int owner, long now) {
    redelivery.endLeases(owner, over(now));
  }

  /** Returns whether something is to be given up. */
  boolean hasExhausted() {
    return redelivery.hasExhausted();
  }

  /** Takes out the entry that is to be given up next, or null: nothing can be done with it then. */
  PendingEntry pollExhausted() {
    long sequence = redelivery.pollExhausted();
    return sequence < 0 ? null : entry(sequence);
  }

  /** Puts back an entry that no letter was made of. */
  void putBackExhausted(long sequence) {
    table.find(sequence);
    change(sequence, table.time(), Owners.EXHAUSTED, table.deliveries());
  }

  /** Settles what lies below a sequence, but what is given up now; returns how many that were. */
  int forgetBelow(long sequence) {
    int forgotten = 0;
    for (long next = -1; (next = table.next(next + 1, Owners.ANY)) >= 0 && next < sequence; ) {
      if (table.owner() != Owners.GIVEN_UP) {
        settle();
        forgotten++;
      }
    }
    table.extendTo(Math.max(table.end(), sequence));
    return forgotten;
  }

  /** Returns what is known of the entry come upon, {@code sequence}. */
  PendingEntry entry(long sequence) {
    int owner = Math.max(PendingEntry.NOBODY, table.owner());
    return new PendingEntry(sequence, owner, table.time(), table.deliveries());
  }

  /** Every sequence below is settled. */
  long start() {
    return table.start();
  }

  /** The next sequence to be delivered for the first time. */
  long end() {
    return table.end();
  }

  /** As {@link Group#markUnsettled}. */
  void markUnsettled(long from, int count, BitSet bits) {
    long to = from + count;
    table.markPending(from, to, bits);
    for (long next = Math.max(from, end()); (next = deliverable.firstFrom(next, to)) < to; ) {
      long run = deliverable.runEnd(next, to);
      bits.set((int) (next - from), (int) (run - from));
      next = run;
    }
  }

  /** What is pending, in rows. */
  PendingTable table() {
    return table;
  }

  /**
   * Passes over entries that are no message, from the cursor up to the first that is one.
   *
   * @param completed entries are looked at below this sequence only
   */
  void passOver(long completed) {
    if (table.end() < completed) {
      table.extendTo(deliverable.firstFrom(table.end(), completed));
    }
  }

  private void leaseNew(Delivery into, int max, long now, long completed) {
    passOver(completed);
    long from = table.end();
    if (from >= completed) {
      return; // a group that was moved may be ahead of what is completed
    }
    long to = into.fill(deliverable, from, Math.min(completed, from + MAX_LOOKS), max);
    for (int i = 0, end; i < into.size(); i = end) {
      end = into.endOfAlike(i);
      long block = PendingTable.block(into.sequence(i));
      table.add(block, into.bits(i, end), now, into.owner(), 1);
    }
    table.extendTo(to);
  }

  /**
   * Comes upon an entry that is pending; refuses any other.
   *
   * @throws NotPendingException says why it is not
   */
  void requirePending(long sequence, String group, LongFunction<String> describer) {
    if (find(sequence)) {
      return;
    }
    String why =
        sequence >= table.end()
            ? "not delivered yet, the next is " + describer.apply(table.end())
            : "settled before: acknowledged, dead-lettered, deleted, or no message";
    throw new NotPendingException(
        describer.apply(sequence) + " is not pending in group " + group + ": " + why);
  }

  static void require(boolean legal, String what, long given, String allowed) {
    if (!legal) {
      throw new IllegalArgumentException(what + " " + given + ": must be " + allowed);
    }
  }
}
