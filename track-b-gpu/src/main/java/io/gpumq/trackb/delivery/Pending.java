package io.gpumq.trackb.delivery;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * The pending entries of one group, to look at, and to claim for a consumer that does not wait for
 * a lease to end. An entry of which a dead letter is being made is left out.
 *
 * <p>Safe for use by many threads. Each call takes the group's lock once, and throws {@link
 * io.gpumq.api.QueueClosedException} if the group was removed. None holds an entry: who reads one
 * that it claimed keeps it from being released by a {@link Hold} of its own.
 */
public final class Pending {
  /** Any owner, or none. */
  public static final int ANYONE = Owners.ANY;

  /** A list looks at so many entries, a tenth of a millisecond's work: others wait for the lock. */
  private static final int MAX_LOOKS = 4_096;

  private final Group group;
  private final LongSupplier nanoClock;

  Pending(Group group, LongSupplier nanoClock) {
    this.group = group;
    this.nanoClock = nanoClock;
  }

  /** Returns what is known of an entry, or null if it is not pending. */
  public PendingEntry find(long sequence) {
    return group.ask(ledger -> ledger.find(sequence) ? ledger.entry(sequence) : null);
  }

  /**
   * Lists entries in the order of their sequences.
   *
   * @param from the lowest sequence
   * @param to a sequence above all
   * @param owner whose, or {@link #ANYONE}
   * @param minIdleNanos only those that were delivered so long ago, or that nobody has
   * @param max the most entries
   * @param into gets them behind what it has
   * @return from where to list on: the list may have ended early, also without an entry; or -1
   */
  public long list(
      long from, long to, int owner, long minIdleNanos, int max, List<PendingEntry> into) {
    return group.ask(
        ledger -> {
          PendingTable table = ledger.table();
          int full = into.size() + max;
          long next = from;
          for (int looks = 0; looks < MAX_LOOKS && into.size() < full; looks++, next++) {
            next = table.next(next, owner);
            if (next < 0 || next >= to) {
              return -1L;
            }
            if (table.owner() != Owners.GIVEN_UP && isIdle(table, minIdleNanos)) {
              into.add(ledger.entry(next));
            }
          }
          return next;
        });
  }

  /**
   * Gives an entry to a consumer as if it had been delivered to it now.
   *
   * @param owner the consumer, 0 or more
   * @param minIdleNanos it is claimed only if it was delivered so long ago, or if nobody has it
   * @param counts whether this is one more delivery
   * @return whether it was pending, and idle for so long
   */
  public boolean claim(long sequence, int owner, long minIdleNanos, boolean counts) {
    Ledger.require(owner >= 0, "owner", owner, "0 or more");
    return group.ask(
        ledger -> {
          PendingTable table = ledger.table();
          if (!ledger.find(sequence) || !isIdle(table, minIdleNanos)) {
            return false;
          }
          int deliveries = table.deliveries() + (counts ? 1 : 0);
          ledger.change(sequence, nanoClock.getAsLong(), owner, deliveries);
          if (counts) {
            group.counts().countClaimed();
          }
          return true;
        });
  }

  /**
   * Has the group know of an entry what is said here, which may be a claim.
   *
   * @return whether it was pending; if not, it is not now either
   */
  public boolean set(PendingEntry entry) {
    Ledger.require(entry.owner() >= 0, "owner", entry.owner(), "0 or more");
    Ledger.require(entry.deliveries() >= 0, "deliveries", entry.deliveries(), "0 or more");
    return group.ask(
        ledger -> {
          boolean found = ledger.find(entry.sequence());
          if (found) {
            ledger.change(
                entry.sequence(), entry.deliveredNanos(), entry.owner(), entry.deliveries());
          }
          return found;
        });
  }

  /**
   * Settles an entry that nobody can handle any more, since it was deleted. It counts neither as
   * acknowledged nor as a dead letter.
   *
   * @return whether it was pending
   */
  public boolean forget(long sequence) {
    return group.ask(
        ledger -> {
          boolean found = ledger.find(sequence);
          if (found) {
            ledger.settle();
            group.counts().countForgotten(1);
          }
          return found;
        });
  }

  /**
   * Settles what lies below a sequence as {@link #forget} does, and has the group begin there if it
   * has not come so far. An entry of which a dead letter is being made stays until that is done.
   */
  public void forgetBelow(long sequence) {
    group.ask(
        ledger -> {
          group.counts().countForgotten(ledger.forgetBelow(sequence));
          return null;
        });
  }

  private boolean isIdle(PendingTable table, long minIdleNanos) {
    return table.owner() < 0 || nanoClock.getAsLong() - table.time() >= minIdleNanos;
  }
}
