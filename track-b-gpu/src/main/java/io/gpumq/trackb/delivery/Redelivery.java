package io.gpumq.trackb.delivery;

/**
 * Delivers pending entries again: those that are due, whose lease is over. A lease begins when an
 * entry is delivered, and is as long for all, so the order of delivery is the order of their ends.
 * What waits for another time is written down as if it had been delivered a lease before that.
 *
 * <p>Entries that were delivered as often as allowed are exhausted instead, and given up one by
 * one, the lowest first. For one thread at a time.
 */
final class Redelivery {
  private final PendingTable table;
  private final int maxDeliveries;

  /** To put the times of a page in order; made when it is first needed. */
  private long[] times;

  private long exhausted;

  /** No exhausted entry lies below. */
  private long exhaustedFrom = Long.MAX_VALUE;

  Redelivery(PendingTable table, int maxDeliveries) {
    this.table = table;
    this.maxDeliveries = maxDeliveries;
  }

  /** Returns whether some entry was delivered at that time or before. */
  boolean isSomeDeliveredBy(long time) {
    return table.pages().byTime().earliest(time) != null;
  }

  /** Returns whether every entry that comes to be due was. */
  boolean isAllDeliveredBy(long time) {
    Pages pages = table.pages();
    for (int i = 0; i < pages.size(); i++) {
      Page page = pages.get(i);
      for (int row = 0; row < page.size(); row++) {
        if (!page.isDeliveredBy(row, time)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Delivers again what was delivered at that time or before, the earliest first.
   *
   * @param into gets no more than {@code max}, in any order
   */
  void collect(Delivery into, int max, long time, long now) {
    PageHeap byTime = table.pages().byTime();
    for (Page page; into.size() < max && (page = byTime.earliest(time)) != null; ) {
      long latest = byTime.earliestBelowTop(time);
      int room = max - into.size();
      if (room == 1) {
        latest = page.earliest;
      } else if (page.countDeliveredBy(latest) > room) {
        latest = page.timeOf(room, latest, timesOfPage());
        collect(page, into, max, latest - 1, now);
      }
      collect(page, into, max, latest, now);
    }
  }

  private long[] timesOfPage() {
    times = times == null ? new long[Page.MAX_ROWS] : times;
    return times;
  }

  private void collect(Page page, Delivery into, int max, long time, long now) {
    for (int row = 0; row < page.size() && into.size() < max; ) {
      if (page.isDeliveredBy(row, time)) {
        deliver(page, row, into, max, now); // the row is another then, or of another time
      } else {
        row++;
      }
    }
  }

  private void deliver(Page page, int row, Delivery into, int max, long now) {
    int bits = page.bits(row);
    int deliveries = page.deliveries(row);
    long block = page.block(row);
    if (deliveries >= maxDeliveries) {
      exhausted += Integer.bitCount(bits);
      exhaustedFrom = Math.min(exhaustedFrom, PendingTable.sequence(block, bits));
      table.change(page, row, bits, now, Owners.EXHAUSTED, deliveries);
      return;
    }
    int left = bits;
    for (; left != 0 && into.size() < max; left &= left - 1) {
      into.add(PendingTable.sequence(block, left), deliveries + 1);
    }
    table.change(page, row, bits & ~left, now, into.owner(), deliveries + 1);
  }

  /**
   * As {@link #collect}, of all entries, and the lowest first. One at its limit holds back those
   * behind it.
   */
  void collectInOrder(Delivery into, int max, long now) {
    for (long next = table.start(); into.size() < max; next++) {
      next = table.next(next, Owners.ANY);
      if (next < 0) {
        return;
      }
      int deliveries = table.deliveries();
      boolean atItsLimit = deliveries >= maxDeliveries;
      if (atItsLimit && into.isEmpty()) {
        change(next, now, Owners.EXHAUSTED, deliveries);
      } else if (atItsLimit || exhausted > 0) {
        return;
      } else {
        into.add(next, deliveries + 1);
        table.change(now, into.owner(), deliveries + 1);
      }
    }
  }

  /** Changes the entry that the table came upon, {@code sequence}. */
  void change(long sequence, long time, int owner, int deliveries) {
    forget();
    if (owner == Owners.EXHAUSTED) {
      exhausted++;
      exhaustedFrom = Math.min(exhaustedFrom, sequence);
    }
    table.change(time, owner, deliveries);
  }

  /** Settles the entry that the table came upon. */
  void settle() {
    forget();
    table.settle();
  }

  private void forget() {
    exhausted -= table.owner() == Owners.EXHAUSTED ? 1 : 0;
  }

  /** Returns whether some entry is exhausted. */
  boolean hasExhausted() {
    return exhausted > 0;
  }

  /** Comes upon the lowest exhausted entry, {@link Owners#GIVEN_UP} then; returns it, or -1. */
  long pollExhausted() {
    if (exhausted == 0) {
      return -1;
    }
    exhaustedFrom = table.next(exhaustedFrom, Owners.EXHAUSTED);
    change(exhaustedFrom, table.time(), Owners.GIVEN_UP, table.deliveries());
    return exhaustedFrom;
  }

  /** Has every lease of an owner begin at that time, if it began later. */
  void endLeases(int owner, long time) {
    Pages pages = table.pages();
    for (int i = 0; i < pages.size(); i++) {
      Page page = pages.get(i);
      for (int row = page.mayHave(owner) ? 0 : page.size(); row < page.size(); row++) {
        if (page.owner(row) == owner && page.time(row) - time > 0) {
          pages.set(page, row, time, page.who(row));
        }
      }
    }
  }
}
