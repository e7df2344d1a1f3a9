package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/** How the bytes of a lane lie along its sequences. For the holder of the lane's lock. */
public final class SegmentBytes {
  private final Segments segments;

  public SegmentBytes(Segments segments) {
    this.segments = segments;
  }

  /**
   * How old the oldest segment is among all of the store: the lower, the older; or a value above
   * all where there is none.
   */
  public long oldestNumber() {
    return segments.count() == 0 ? Long.MAX_VALUE : segments.get(0).number();
  }

  /** Where the oldest segment ends; where the next entry comes if there is none. */
  public long oldestEnd() {
    return segments.count() == 0 ? segments.next() : segments.get(0).end();
  }

  /** Where those of the oldest segments end that may go, if the others are to take so much. */
  public long endBeyond(long bytes) {
    long end = first();
    long left = segments.heldBytes();
    for (int i = 0; i < segments.count() - 1; i++) {
      left -= segments.get(i).bytes();
      if (left < bytes) {
        break;
      }
      end = segments.get(i).end();
    }
    return end;
  }

  /** The lowest sequence from which on all entries take no more than so many bytes. */
  public long within(long bytes) {
    long units = bytes / UNIT;
    for (int i = segments.count() - 1; i >= 0; i--) {
      long taken = segments.get(i).usedUnits() - Segment.HEADER_UNITS;
      if (taken > units) {
        return segments.get(i).within(units);
      }
      units -= taken;
    }
    return first();
  }

  private long first() {
    return segments.count() == 0 ? segments.next() : segments.get(0).first();
  }
}
