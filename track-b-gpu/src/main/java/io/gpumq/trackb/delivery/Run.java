package io.gpumq.trackb.delivery;

/**
 * Entries that are due together: leased by one take, refused by one call, or given up one after the
 * other.
 *
 * <p>A run has the entries from {@link #first} to {@link #last} whose word in the {@link
 * PendingTable} names its {@link #id}; the others between are settled, or belong to another run by
 * now. So an entry leaves its run by a change of its word, and nobody needs to look for the run.
 */
final class Run implements Comparable<Run> {
  /** The id that entries have while they are being given up: of no run. */
  static final long GIVEN_UP = 1;

  /** Unlike that of any run before it; above {@link #GIVEN_UP}. */
  long id;

  /** No entry of the run lies below. Rises as entries are found to have left. */
  long first;

  /** The last entry that joined. */
  long last;

  /** When its entries are to be delivered again, on the group's clock. */
  long dueNanos;

  /** The consumer that leased it. */
  int owner;

  // Its neighbours in Leases, while it is there.
  Run before;
  Run behind;
  Run earlierOfOwner;
  Run laterOfOwner;

  /** Returns the earlier of two times on a clock that may wrap. */
  static long earlier(long nanos, long otherNanos) {
    return nanos - otherNanos < 0 ? nanos : otherNanos;
  }

  boolean isDue(long nowNanos) {
    return dueNanos - nowNanos <= 0; // the clock may wrap
  }

  /** Due earlier comes first, then lower in sequence. */
  @Override
  public int compareTo(Run other) {
    long later = dueNanos - other.dueNanos;
    return later != 0 ? Long.signum(later) : Long.compare(last, other.last);
  }
}
