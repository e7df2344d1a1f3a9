package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;

/**
 * Which entries of a log were deleted before they were released. Each segment keeps a bit for each
 * of its own, and none while none was deleted: so their memory goes with it. Safe for use by many
 * threads; takes the log's lock, but where no entry is that late.
 */
public final class Deletions {
  private final Tail tail;
  private final Segments segments;

  /** No entry from here on was deleted. Written under the lock. */
  private volatile long end = Long.MIN_VALUE;

  /** How many ever were. Written under the lock. */
  private volatile long count;

  /**
   * @param tail the log's lock
   */
  Deletions(Tail tail, Segments segments) {
    this.tail = tail;
    this.segments = segments;
  }

  /**
   * Deletes an entry that was claimed.
   *
   * @return whether it was there: not released, and not deleted before
   */
  public boolean add(long sequence) {
    tail.lock();
    try {
      Segment segment = sequence < tail.claimed() ? segments.of(sequence) : null;
      boolean isNew = segment != null && segment.delete(sequence);
      if (isNew) {
        count++;
        end = Math.max(end, sequence + 1);
      }
      return isNew;
    } finally {
      tail.unlock();
    }
  }

  /** Whether an entry that is not released was deleted. */
  public boolean has(long sequence) {
    return firstFrom(sequence, sequence + 1) == sequence;
  }

  /** Returns the first that was deleted of the entries from one on, or {@code end}. */
  public long firstFrom(long sequence, long end) {
    long next = sequence;
    if (next >= this.end) {
      return end;
    }
    tail.lock();
    try {
      for (Segment in; next < end && (in = segments.of(next)) != null; ) {
        long to = Math.min(end, in.end());
        next = in.deletedFrom(next, to);
        if (next < to) {
          return next;
        }
      }
      return end;
    } finally {
      tail.unlock();
    }
  }

  /** How many entries were ever deleted. */
  public long count() {
    return count;
  }
}
