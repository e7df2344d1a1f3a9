package io.gpumq.trackb.delivery;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.NotPendingException;
import java.util.BitSet;
import java.util.function.LongSupplier;

/**
 * One consumer group of a queue: hands out its entries, keeps what is pending, and delivers again
 * what is not acknowledged in time.
 *
 * <p>A new entry is <i>pending</i> from the take that hands it out until it is <i>settled</i>:
 * acknowledged, or taken over by the dead-letter queue. It is leased to its taker; when the lease
 * ends, or the entry is refused or abandoned, it is due for whoever takes next, and after {@code
 * maxDeliveries} deliveries for the dead-letter queue.
 *
 * <p>Safe for use by many threads. Each call takes the group's lock once, but {@link
 * #acknowledgedTo()}, which takes none.
 */
public final class Group extends GroupCounts {
  /** So many entries are passed over before they give their words back. */
  private static final int MAX_PASSED_OVER = 1 << 16;

  /** No sequence comes so far. */
  private static final long NO_MORE = 1L << 62;

  private final String name;
  private final long leaseNanos;
  private final int maxDeliveries;
  private final boolean strictOrder;
  private final Deliverable deliverable;
  private final DeadLetterSink sink;
  private final LongSupplier nanoClock;

  private final SpinningLock lock = new SpinningLock();
  private final PendingTable table;
  private final Schedule schedule;

  /**
   * {@code table.start()}, for readers without the lock. The volatile write pairs with the read of
   * whoever releases slots: what consumers read of an entry before they acknowledged it happens
   * before its slot is written again.
   */
  private volatile long acknowledgedTo;

  /**
   * A group that has seen nothing.
   *
   * @param start its first sequence, 0 or more
   * @param leaseNanos how long an entry stays with its taker, 1 or more
   * @param maxDeliveries deliveries before an entry is given up, 1 to 1,023
   * @param strictOrder whether nothing is handed out while a pending entry is not due
   * @param nanoClock a clock that does not go back, such as {@link System#nanoTime}
   */
  public Group(
      String name,
      long start,
      long leaseNanos,
      int maxDeliveries,
      boolean strictOrder,
      Deliverable deliverable,
      DeadLetterSink sink,
      LongSupplier nanoClock) {
    require(start >= 0, "start", start, "0 or more");
    require(leaseNanos >= 1, "lease", leaseNanos, "1 ns or more");
    int most = PendingTable.MAX_DELIVERIES;
    boolean legal = maxDeliveries >= 1 && maxDeliveries <= most;
    require(legal, "max-deliveries", maxDeliveries, "between 1 and " + most);
    this.name = name;
    this.leaseNanos = leaseNanos;
    this.maxDeliveries = maxDeliveries;
    this.strictOrder = strictOrder;
    this.deliverable = deliverable;
    this.sink = sink;
    this.nanoClock = nanoClock;
    table = new PendingTable(start);
    schedule = new Schedule(table);
    acknowledgedTo = start;
  }

  /**
   * Hands out redeliveries that are due, those due longest first where there are too many; if there
   * are none, new entries. Never both: new entries are one range, but for those passed over. Before
   * new entries, offers to the dead-letter sink what is to be given up.
   *
   * <p>In strict order it hands out nothing while a pending entry is not due, and redeliveries from
   * the lowest sequence on.
   *
   * @param into is cleared, then filled in sequence order
   * @param max the most entries to hand out, 1 or more
   * @param owner the taker, for {@link #abandon}
   * @param completed new entries are handed out below this sequence only
   * @return {@code into.size()}
   */
  public int take(Delivery into, int max, int owner, long completed) {
    lock.lock();
    try {
      require(max >= 1, "max", max, "1 or more");
      into.clear();
      long now = nanoClock.getAsLong();
      boolean free = strictOrder ? collectInOrder(into, max, now) : collectDue(into, max, now);
      if (!into.isEmpty()) {
        redeliver(into, now + leaseNanos, owner);
      } else if (free) {
        deliverNew(into, max, now + leaseNanos, owner, completed);
      }
      publishSettled();
      return into.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Passes over entries that are no message, from the cursor up to the first that is one: for a
   * queue that nobody takes from.
   *
   * @param completed entries are looked at below this sequence only
   */
  public void passOver(long completed) {
    lock.lock();
    try {
      passOverLocked(completed);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Settles one entry, whoever holds it.
   *
   * @throws NotPendingException if it is not pending
   */
  public void acknowledge(long sequence) {
    lock.lock();
    try {
      requirePending(sequence);
      table.settle(sequence);
      acknowledged.add(1);
      pending.add(-1);
      publishSettled();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Settles the entries of a delivery that are still pending, whoever holds them by now; not those
   * {@link Delivery#exclude excluded}.
   *
   * @return how many this call settled
   */
  public int acknowledge(Delivery delivery) {
    lock.lock();
    try {
      int settled = 0;
      if (delivery.isWholeRange()) {
        settled = table.settleAll(delivery.first(), delivery.last() + 1);
      } else {
        for (int i = 0; i < delivery.size(); i++) {
          long sequence = delivery.sequence(i);
          if (table.isPending(sequence) && !delivery.isExcluded(i)) {
            table.settle(sequence);
            settled++;
          }
        }
      }
      acknowledged.add(settled);
      pending.add(-settled);
      publishSettled();
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the lease of one entry, whoever holds it: it is due after the delay, or at once for the
   * dead-letter queue. A consumer that goes on to acknowledge its delivery {@link Delivery#exclude
   * excludes} the entry from it.
   *
   * @param delayNanos 0 or more
   * @throws NotPendingException if it is not pending
   */
  public void refuse(long sequence, long delayNanos) {
    lock.lock();
    try {
      require(delayNanos >= 0, "delay", delayNanos, "0 ns or more");
      requirePending(sequence);
      long now = nanoClock.getAsLong();
      if (table.deliveries(sequence) < maxDeliveries) {
        schedule.postpone(sequence, now + delayNanos);
      } else {
        schedule.exhaust(sequence, now);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends every lease of a taker: what it holds is due at once. */
  public void abandon(int owner) {
    lock.lock();
    try {
      schedule.endLeases(owner, nanoClock.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Every sequence below is settled in this group. Takes no lock. */
  public long acknowledgedTo() {
    return acknowledgedTo;
  }

  /**
   * Forgets what is pending, and hands out what lies from a sequence on next.
   *
   * @param start not below what all groups of the queue have settled
   */
  public void moveTo(long start) {
    lock.lock();
    try {
      table.restart(start);
      schedule.clear();
      pending.add(-pending.get());
      acknowledgedTo = start;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the group: what is pending is forgotten, and nothing is handed out or given up again. */
  public void retire() {
    moveTo(NO_MORE);
  }

  /**
   * Sets the bits of the pending entries of a range; returns the next sequence to be delivered for
   * the first time.
   *
   * @param pending the bit of {@code from} is 0
   */
  public long pending(long from, long to, BitSet pending) {
    lock.lock();
    try {
      table.pending(from, to, pending);
      return table.end();
    } finally {
      lock.unlock();
    }
  }

  /** The next sequence to be delivered for the first time. */
  long cursor() {
    return pending(0, 0, null);
  }

  /** The name that the group was made with. */
  public String name() {
    return name;
  }

  /** How much is kept to know what is pending and when it is due: pages, and runs. */
  long pages() {
    return table.pageCount();
  }

  int runs() {
    return schedule.size();
  }

  /** Collects what is due to come again; whether new entries may come if there is nothing. */
  private boolean collectDue(Delivery into, int max, long now) {
    schedule.collectDue(into, max, maxDeliveries, now);
    return giveUpExhausted();
  }

  /**
   * {@link #collectDue} in strict order. Nobody was delivered an entry more often than one before
   * it: so those at their limit come first, and hold back the rest until there is room for them.
   */
  private boolean collectInOrder(Delivery into, int max, long now) {
    if (!giveUpExhausted() || !schedule.isAllDue(now)) {
      return false;
    }
    for (long next = table.start(); next < table.end() && into.size() < max; next++) {
      int deliveries = table.deliveries(next);
      if (deliveries == maxDeliveries) {
        if (!giveUp(next)) {
          return false;
        }
      } else if (deliveries > 0) {
        into.add(next);
      }
    }
    return true;
  }

  private void redeliver(Delivery into, long due, int owner) {
    into.redelivery();
    Run run = null;
    for (int i = 0; i < into.size(); i++) {
      long sequence = into.sequence(i);
      int deliveries = table.deliveries(sequence) + 1;
      into.setDeliveries(i, deliveries);
      run = schedule.lease(run, sequence, due, owner);
      table.put(sequence, deliveries, run.id);
    }
    delivered.add(into.size());
    redelivered.add(into.size());
  }

  /** Whether the sink had room for all. */
  private boolean giveUpExhausted() {
    for (Run run; (run = schedule.nextExhausted()) != null; ) {
      if (!giveUp(run.first)) {
        return false;
      }
    }
    return true;
  }

  private boolean giveUp(long sequence) {
    int deliveries = table.deliveries(sequence);
    if (!sink.offer(sequence, DeadLetter.Cause.DELIVERY_LIMIT, deliveries, name)) {
      return false;
    }
    table.settle(sequence);
    deadLettered.add(1);
    pending.add(-1);
    return true;
  }

  private void passOverLocked(long completed) {
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

  private void deliverNew(Delivery into, int max, long due, int owner, long completed) {
    passOverLocked(completed);
    long from = table.end();
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
    delivered.add(into.size());
    pending.add(into.size());
  }

  private void settleTo(long end) {
    table.extendTo(end);
    publishSettled();
  }

  private void publishSettled() {
    if (table.shrink()) {
      schedule.dropSettledLeases();
      acknowledgedTo = table.start();
    }
  }

  private void requirePending(long sequence) {
    if (table.isPending(sequence)) {
      return;
    }
    String why =
        sequence >= table.end()
            ? "not delivered yet, the next is " + Sequences.show(table.end())
            : "settled before: acknowledged, dead-lettered, or no message";
    throw new NotPendingException(
        "sequence " + Sequences.show(sequence) + " is not pending in group " + name + ": " + why);
  }

  private static void require(boolean legal, String what, long given, String allowed) {
    if (!legal) {
      throw new IllegalArgumentException(what + " " + given + ": must be " + allowed);
    }
  }
}
