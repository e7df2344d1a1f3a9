package io.gpumq.trackb.queue;

import io.gpumq.api.GroupStats;
import io.gpumq.trackb.delivery.Group;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Counts what a lane holds: messages that some group has not settled, and what each group has ahead
 * of it. It looks at sequences one by one where it must, and holds no lock for longer than a few
 * thousand of them take. Safe for use by many threads; the figures are of a moment each.
 */
final class Census {
  private static final int STEP = 8192;

  private final Lane lane;

  Census(Lane lane) {
    this.lane = lane;
  }

  /** Returns how many messages some group has not settled; without a group, how many are kept. */
  long depth() {
    long from = lane.groups().settled();
    return depth(lane.groups().groups(), from, lane.log().claimed());
  }

  /**
   * The same of some groups.
   *
   * @param first every sequence below is settled by all
   * @param claimed every sequence that was ever claimed lies below
   */
  long depth(Collection<Group> groups, long first, long claimed) {
    if (groups.isEmpty()) {
      return lane.count(first, claimed);
    }
    if (first >= claimed) {
      return 0;
    }
    long depth = 0;
    BitSet unsettled = new BitSet(STEP);
    for (long from = first, next; from < claimed; from = next) {
      next = Math.min(claimed, from + STEP);
      unsettled.clear();
      for (Group group : groups) {
        group.markUnsettled(from, (int) (next - from), unsettled);
      }
      depth += unsettled.cardinality();
    }
    return depth;
  }

  /** Returns one group's figures in this lane. */
  GroupStats of(Group group, long claimed, List<String> consumers) {
    long lag = group.wanted().count(group.cursor(), claimed);
    long oldest = group.wanted().firstFrom(group.acknowledgedTo(), claimed);
    long pending = group.counts().pending();
    long age =
        pending + lag == 0 ? 0 : Math.max(0, System.currentTimeMillis() - lane.sentMillis(oldest));
    return new GroupStats(
        group.name(),
        lag,
        pending,
        Duration.ofMillis(age),
        group.counts().delivered(),
        group.counts().acknowledged(),
        group.counts().redelivered(),
        consumers);
  }

  /** Returns the sum of one group's figures in two lanes, which have the same consumers. */
  static GroupStats sum(GroupStats a, GroupStats b) {
    return new GroupStats(
        a.name(),
        a.lag() + b.lag(),
        a.pending() + b.pending(),
        a.oldestAge().compareTo(b.oldestAge()) >= 0 ? a.oldestAge() : b.oldestAge(),
        a.delivered() + b.delivered(),
        a.acknowledged() + b.acknowledged(),
        a.redelivered() + b.redelivered(),
        a.consumers());
  }
}
