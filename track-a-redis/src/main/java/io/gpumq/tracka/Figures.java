package io.gpumq.tracka;

import io.gpumq.api.QueueStats;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What is known of a queue in numbers. */
final class Figures {
  private final RedisQueue queue;
  private final Link admin; // guarded by the queue's monitor
  private final Map<String, Group> byName;

  Figures(RedisQueue queue, Link admin, Map<String, Group> byName) {
    this.queue = queue;
    this.admin = admin;
    this.byName = byName;
  }

  QueueStats stats(long depth) {
    return new QueueStats(
        queue.room().sent(),
        byName.values().stream().mapToLong(group -> group.handled.get()).max().orElse(0),
        sum(group -> group.delivered.get()),
        sum(group -> group.acknowledged.get()),
        sum(group -> group.redelivered.get()),
        queue.letters().failedMessages(),
        queue.letters().written(),
        depth,
        queue.room().bytes());
  }

  private long sum(ToLongFunction<Group> counter) {
    return byName.values().stream().mapToLong(counter).sum();
  }

  /** Messages that some group has not settled; without a group, all. */
  long depth() {
    Collection<Group> all = byName.values();
    long settledByEach = all.stream().mapToLong(group -> group.settled.get()).min().orElse(0);
    long depth = queue.room().sent() - settledByEach;
    if (all.size() > 1 && depth > 0 && !queue.health().isFailed() && !queue.health().isClosed()) {
      synchronized (queue) {
        depth =
            admin.retry(() -> new Depth(admin, queue.stream(), List.copyOf(all)).of(queue.room()));
      }
    }
    return Math.max(0, depth);
  }

  // ---- close
}
