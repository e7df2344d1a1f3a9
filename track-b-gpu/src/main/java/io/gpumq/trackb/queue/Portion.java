package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.store.Segment;

/**
 * How many entries a reader of a queue with large payloads takes at once: some megabyte of them,
 * and one at least. So it holds little of the memory that all readers share.
 */
final class Portion {
  /** Bytes that one delivery has at most, unless it is one entry. */
  static final int MOST_BYTES = 1 << 20;

  private Portion() {}

  /**
   * Looks how large the entries are from one on that is new to a group.
   *
   * @param max how many at most, 1 or more
   */
  static int of(EntryLog log, long from, int max) {
    long end = Math.min(log.progress().completed(), from + max);
    long next = from;
    Segment segment = from < end ? log.segmentOf(from) : null;
    for (int units = MOST_BYTES / UNIT; segment != null && next < end; ) {
      long stop = Math.min(end, segment.end());
      long fitting = segment.fitting(next, stop, units);
      if (fitting < stop) {
        next = fitting;
        break;
      }
      units -= (int) (log.endOf(segment, stop - 1) - segment.place(next));
      next = stop;
      segment = log.behind(segment);
    }
    return (int) Math.max(1, next - from);
  }
}
