package io.gpumq.trackb.ring;

import io.gpumq.api.GroupStats;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adds up the figures that each lane has of a group. */
final class GroupSums {
  private GroupSums() {}

  /** Returns the sums, by name. */
  static List<GroupStats> of(List<List<GroupStats>> lanes) {
    TreeMap<String, GroupStats> sums = new TreeMap<>();
    for (List<GroupStats> lane : lanes) {
      for (GroupStats group : lane) {
        sums.merge(group.name(), group, GroupSums::add);
      }
    }
    return List.copyOf(sums.values());
  }

  private static GroupStats add(GroupStats a, GroupStats b) {
    TreeSet<String> consumers = new TreeSet<>(a.consumers());
    consumers.addAll(b.consumers());
    Duration age = a.oldestAge().compareTo(b.oldestAge()) > 0 ? a.oldestAge() : b.oldestAge();
    return new GroupStats(
        a.name(),
        a.lag() + b.lag(),
        a.pending() + b.pending(),
        age,
        a.delivered() + b.delivered(),
        a.acknowledged() + b.acknowledged(),
        a.redelivered() + b.redelivered(),
        List.copyOf(consumers));
  }
}
