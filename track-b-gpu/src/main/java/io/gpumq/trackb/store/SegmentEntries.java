package io.gpumq.trackb.store;

import java.util.BitSet;

/**
 * Which entries of a lane are there, along its sequences: what was deleted is not, nor what was not
 * there any more when its segment was cleaned. Segments are stepped over, not sequences, so it does
 * not matter how much has gone. For the holder of the lane's lock.
 */
public final class SegmentEntries {
  private final SegmentList all;

  public SegmentEntries(Segments segments) {
    all = segments.all();
  }

  /** How many sequences from one on have no entry here, or one that was deleted. */
  public long goneFrom(long sequence) {
    long gone = 0;
    long next = sequence;
    for (int i = all.from(sequence); i < all.size(); i++) {
      Segment segment = all.get(i);
      gone += Math.max(0, segment.first() - next) + segment.goneFrom(next);
      next = segment.end();
    }
    return gone;
  }

  /**
   * Deletes all entries of a range but some.
   *
   * @param kept a bit for each of the range that stays
   * @return behind the last that it has deleted, or {@code from}
   */
  public long deleteAllBut(long from, long end, BitSet kept) {
    long behind = from;
    for (int i = all.from(from); i < all.size() && all.get(i).first() < end; i++) {
      Segment segment = all.get(i);
      long to = Math.min(end, segment.end());
      long next = segment.firstKept(Math.max(from, segment.first()));
      while (next < to) {
        if (!kept.get((int) (next - from))) {
          segment.delete(next);
          behind = next + 1;
        }
        next = segment.firstKept(next + 1);
      }
    }
    return behind;
  }

  /** Returns the first entry from one on that is here and not deleted, or one from the end on. */
  public long firstKept(long sequence, long end) {
    long next = sequence;
    for (int i = all.from(next); i < all.size() && next < end; i++) {
      Segment segment = all.get(i);
      next = segment.firstKept(Math.max(next, segment.first()));
      if (next < segment.end()) {
        return next;
      }
    }
    return Math.max(next, end);
  }

  /** Returns the last entry before {@code end} that is here and not deleted, or one below all. */
  public long lastKept(long sequence, long end) {
    for (int i = Math.min(all.from(end - 1), all.size() - 1); i >= 0; i--) {
      Segment segment = all.get(i);
      if (segment.end() <= sequence) {
        break;
      }
      long last = segment.lastKept(end - 1);
      if (last >= segment.first()) {
        return Math.max(last, sequence - 1);
      }
    }
    return sequence - 1;
  }
}
