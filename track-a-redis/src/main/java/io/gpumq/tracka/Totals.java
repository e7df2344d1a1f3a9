package io.gpumq.tracka;

import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What all groups of a queue have done, those that were removed included. Safe for many threads.
 */
final class Totals {
  private final Map<String, Group> byName;
  private long handled;
  private long delivered;
  private long acknowledged;
  private long redelivered;

  /**
   * @param byName the groups that there are
   */
  Totals(Map<String, Group> byName) {
    this.byName = byName;
  }

  /** Removes a group, and keeps what it has done. */
  synchronized void remove(Group group) {
    handled = Math.max(handled, group.handled.get());
    delivered += group.delivered.get();
    acknowledged += group.acknowledged.get();
    redelivered += group.redelivered.get();
    byName.remove(group.name);
  }

  /** Returns how many messages the handler is done with, as far as any group has seen. */
  synchronized long handled() {
    return byName.values().stream()
        .mapToLong(group -> group.handled.get())
        .reduce(handled, Math::max);
  }

  synchronized long delivered() {
    return delivered + sum(group -> group.delivered.get());
  }

  synchronized long acknowledged() {
    return acknowledged + sum(group -> group.acknowledged.get());
  }

  synchronized long redelivered() {
    return redelivered + sum(group -> group.redelivered.get());
  }

  private long sum(ToLongFunction<Group> counter) {
    return byName.values().stream().mapToLong(counter).sum();
  }
}
