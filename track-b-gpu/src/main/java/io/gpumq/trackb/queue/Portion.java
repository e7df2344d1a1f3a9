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
   * Looks how large the entries are from one on that is new to a group. What has gone between them
   * is no part of it.
   *
   * @param max how many at most, 1 or more
   */
  static int of(Lane lane, long from, int max) {
    EntryLog log = lane.log();
    long end = log.progress().completed();
    int units = MOST_BYTES / UNIT;
    int count = 0;
    for (long next = from; count < max && (next = lane.firstFrom(next, end)) < end; ) {
      Segment segment = log.segmentOf(next);
      long most = segment == null ? next : Math.min(end, segment.end());
      long stop = lane.runEnd(next, Math.min(most, next + max - count));
      if (stop <= next) {
        break; // it has gone just now
      }
      long fitting = segment.fitting(next, stop, units);
      count += (int) (fitting - next);
      if (fitting < stop) {
        break;
      }
      units -= (int) (log.endOf(segment, stop - 1) - segment.place(next));
      next = stop;
    }
    return Math.max(1, count);
  }
}
