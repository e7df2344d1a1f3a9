package io.gpumq.tracka;

import io.gpumq.spi.Deadline;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Entries of a group that were refused for longer than its lease. Redis redelivers what has been
 * idle for a lease, so their idle time is set anew now and then until the delay is over. Safe for
 * use by many threads.
 */
final class Delays {
  private final Map<Long, Deadline> ends = new ConcurrentHashMap<>();
  private volatile long refreshed = System.nanoTime();

  void put(long sequence, Deadline end) {
    ends.put(sequence, end);
  }

  void remove(long sequence) {
    if (!ends.isEmpty()) {
      ends.remove(sequence);
    }
  }

  void clear() {
    ends.clear();
  }

  /**
   * Sets the idle times anew, if that has to be done before the next claim.
   *
   * @param claimMs how long an entry is idle before it is claimed
   */
  void refresh(PendingList pending, long claimMs) {
    if (ends.isEmpty() || System.nanoTime() - refreshed < claimMs * 1_000_000 / 4) {
      return;
    }
    refreshed = System.nanoTime();
    for (Map.Entry<Long, Deadline> each : ends.entrySet()) {
      long leftMs = Math.max(0, each.getValue().remainingNanos() / 1_000_000);
      if (!pending.park(Ids.id(each.getKey()), Math.min(leftMs, claimMs)) || leftMs < claimMs) {
        ends.remove(each.getKey(), each.getValue()); // settled, or Redis can count the rest
      }
    }
  }
}
