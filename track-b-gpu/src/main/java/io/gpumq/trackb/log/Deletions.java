package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.SegmentEntries;
import io.gpumq.trackb.store.Segments;
import java.util.BitSet;

/**
 * Which entries of a log were deleted before they were released, or have gone since nobody wanted
 * them. Each segment keeps a bit for each of its own that was deleted, and none while none was: so
 * their memory goes with it. What has gone is in no segment. Safe for use by many threads; takes
 * the log's lock, but where no entry is that late.
 */
public final class Deletions {
  private final Tail tail;
  private final Segments segments;
  private final SegmentEntries entries;

  /** No entry from here on was deleted, or has gone. Written under the lock. */
  private volatile long end = Long.MIN_VALUE;

  /** How many ever were. Written under the lock. */
  private volatile long count;

  /** How often some were, or have gone. Under the lock. */
  private long changes;

  /**
   * @param tail the log's lock
   */
  Deletions(Tail tail, Segments segments) {
    this.tail = tail;
    this.segments = segments;
    entries = new SegmentEntries(segments);
  }

  /** Begins with those that a folded log had. Under the lock, before anybody asks. */
  void begin(FoldedLog folded) {
    haveGoneBelow(folded.deletedEnd());
    count = folded.deleted();
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
        haveGoneBelow(sequence + 1);
      }
      return isNew;
    } finally {
      tail.unlock();
    }
  }

  /** Of the entries below some have gone. Under the lock. */
  void haveGoneBelow(long sequence) {
    end = Math.max(end, sequence);
    changes++;
  }

  /** How often entries were deleted, or have gone. Under the lock. */
  long changes() {
    return changes;
  }

  /** How many entries from one on were deleted, or have gone. Under the lock. */
  long goneFrom(long sequence) {
    return sequence < end ? entries.goneFrom(sequence) : 0;
  }

  /**
   * Entries of a range have gone: from now on nobody finds them any more. They do not count as
   * deleted. Takes the lock.
   *
   * @param alive a bit for each of the range that stays
   * @return whether there were some that had not gone before
   */
  boolean haveGone(long from, long to, BitSet alive) {
    tail.lock();
    try {
      long behind = entries.deleteAllBut(from, to, alive);
      if (behind > from) {
        haveGoneBelow(behind);
      }
      return behind > from;
    } finally {
      tail.unlock();
    }
  }

  /** Whether an entry that is not released was deleted, or has gone. */
  public boolean has(long sequence) {
    return firstFrom(sequence, sequence + 1) == sequence;
  }

  /** Returns the first of the entries from one on that is not there, or {@code end}. */
  public long firstFrom(long sequence, long end) {
    long next = sequence;
    long below = Math.min(end, this.end);
    if (next >= below) {
      return end;
    }
    tail.lock();
    try {
      for (Segment in; next < below && (in = segments.of(next)) != null; ) {
        long to = Math.min(below, in.end());
        next = in.deletedFrom(next, to);
        if (next < to) {
          return next;
        }
      }
      return next < below ? next : end;
    } finally {
      tail.unlock();
    }
  }

  /** Returns the first of the entries from one on that is there, or {@code end}. */
  public long firstKeptFrom(long sequence, long end) {
    long below = Math.min(end, this.end);
    if (sequence >= below) {
      return sequence;
    }
    tail.lock();
    try {
      return Math.min(end, entries.firstKept(sequence, below));
    } finally {
      tail.unlock();
    }
  }

  /** Returns the last of the entries from one on and before {@code end} that is there, or less. */
  public long lastKeptBefore(long sequence, long end) {
    if (end > this.end || end <= sequence) {
      return end - 1;
    }
    tail.lock();
    try {
      return entries.lastKept(sequence, end);
    } finally {
      tail.unlock();
    }
  }

  /** No entry from here on was deleted, or has gone. */
  public long end() {
    return end;
  }

  /** How many entries were ever deleted. */
  public long count() {
    return count;
  }
}
