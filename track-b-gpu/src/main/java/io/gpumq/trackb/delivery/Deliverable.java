package io.gpumq.trackb.delivery;

/** What a group must know of the entries of its queue. */
@FunctionalInterface
public interface Deliverable {
  /**
   * Whether consumers are to see the entry. Each group asks for each completed entry when its turn
   * comes, under the group's lock.
   *
   * @return false for an entry that is no message: its handler failed, or its send was given up
   */
  boolean deliverable(long sequence);

  /** Where the run of entries that consumers are to see ends, which may begin at {@code from}. */
  default long runEnd(long from, long end) {
    long next = from;
    while (next < end && deliverable(next)) {
      next++;
    }
    return next;
  }

  /** Returns the first entry from one on that consumers are to see, or {@code end}. */
  default long firstFrom(long from, long end) {
    long next = from;
    while (next < end && !deliverable(next)) {
      next++;
    }
    return next;
  }

  /** Returns the last entry from one on and before {@code end} that they are to see, or less. */
  default long lastBefore(long from, long end) {
    long last = end - 1;
    while (last >= from && !deliverable(last)) {
      last--;
    }
    return last;
  }

  /**
   * Returns where the last so many entries begin that consumers are to see; {@code from} if they
   * are fewer.
   */
  default long newest(long from, long end, long most) {
    long first = end;
    for (long left = most; left > 0 && first > from; left--) {
      first = Math.max(from, lastBefore(from, first));
    }
    return first;
  }

  /** How many entries between two sequences consumers are to see. */
  default long count(long from, long end) {
    long count = 0;
    for (long next = from; (next = firstFrom(next, end)) < end; ) {
      long run = runEnd(next, end);
      count += run - next;
      next = run;
    }
    return count;
  }
}
