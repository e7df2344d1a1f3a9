package io.gpumq.tracka;

import io.gpumq.api.QueueStats;
import io.gpumq.api.TrackFailedException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What is known of a queue in numbers. */
final class Figures {
  private final RedisQueue queue;
  private final Link admin; // guarded by the queue's monitor
  private final Map<String, Group> byName;
  private final Totals totals;

  Figures(RedisQueue queue, Link admin, Map<String, Group> byName, Totals totals) {
    this.queue = queue;
    this.admin = admin;
    this.byName = byName;
    this.totals = totals;
  }

  QueueStats stats(long depth) {
    return new QueueStats(
        queue.room().sent(),
        totals.handled(),
        totals.delivered(),
        totals.acknowledged(),
        totals.redelivered(),
        queue.letters().writer().failedMessages(),
        queue.letters().writer().written(),
        queue.removal().deleted(),
        depth,
        queue.room().bytes(),
        0);
  }

  /** Messages that some group has not settled; without a group, all, unless settled ones stay. */
  long depth() {
    Collection<Group> all = byName.values();
    long sent = queue.room().sent(); // first: what is gone by then makes room for more
    long gone = queue.room().trimmed();
    long settledByNone = queue.trimmer().keeping().keepsSettled() ? sent : gone;
    long settledByEach =
        all.stream().mapToLong(group -> group.settled.get()).min().orElse(settledByNone);
    long depth = sent - settledByEach;
    if (all.size() > 1 && depth > 0 && !queue.health().isFailed() && !queue.health().isClosed()) {
      synchronized (queue) {
        depth =
            admin.retry(() -> new Depth(admin, queue.stream(), List.copyOf(all)).of(queue.room()));
      }
    }
    return Math.max(0, Math.min(depth, queue.config().maxMessages()));
  }

  /** {@link #depth()} at the end; of a queue that fails meanwhile, what this process knows. */
  long leftOver() {
    try {
      return depth();
    } catch (TrackFailedException e) {
      return depth();
    }
  }
}
