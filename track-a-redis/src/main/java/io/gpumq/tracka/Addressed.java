package io.gpumq.tracka;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The messages that are for one group alone, by their sequences, as long as some group has them
 * ahead: replayed letters, so few. Safe for use by many threads.
 */
final class Addressed {
  private final NavigableMap<Long, String> groups = new ConcurrentSkipListMap<>();

  /** One more was sent. Those that no group has ahead any more are forgotten. */
  void add(long sequence, String group, Collection<Group> all) {
    groups.put(sequence, group);
    all.stream()
        .mapToLong(Group::lastRead)
        .min()
        .ifPresent(read -> groups.headMap(read, true).clear());
  }

  /** A message is gone. */
  void remove(long sequence) {
    groups.remove(sequence);
  }

  /** Returns how many that are for others a group has not read yet. */
  int forOthersAheadOf(Group group) {
    return (int)
        groups.tailMap(group.lastRead(), false).values().stream()
            .filter(name -> !name.equals(group.name))
            .count();
  }

  boolean isForOthers(long sequence, Group group) {
    String name = groups.get(sequence);
    return name != null && !name.equals(group.name);
  }
}
