package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.delivery.DeadLetterSink;
import io.gpumq.trackb.delivery.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes and removes the groups of one ring and their consumers. Safe for use by many threads: each
 * of a group's consumers is of the group that stands.
 */
final class RingGroups {
  private final RingQueue queue;
  private final Releases releases;
  private final DeadLetterSink sink;

  /** The open ones, by group and name. Guarded by this object, as the making of groups is. */
  private final Map<String, RingConsumer> consumers = new HashMap<>();

  private int owners;

  RingGroups(RingQueue queue, Releases releases, DeadLetterSink sink) {
    this.queue = queue;
    this.releases = releases;
    this.sink = sink;
  }

  /** Returns the group of a name, or makes it. */
  synchronized Group create(String name, GroupStart start) {
    QueueConfig config = queue.config();
    return releases.group(
        Names.require("group", name),
        Objects.requireNonNull(start, "start"),
        (deliverable, first) ->
            new Group(
                name,
                first,
                config.lease().toNanos(),
                config.maxDeliveries(),
                config.strictOrder(),
                deliverable,
                sink,
                System::nanoTime));
  }

  /** Removes a group, and closes its consumers. Returns whether there was one. */
  boolean remove(String group) {
    List<RingConsumer> orphans;
    boolean removed;
    synchronized (this) {
      removed = releases.remove(group);
      orphans = consumers.values().stream().filter(c -> c.group().equals(group)).toList();
      consumers.values().removeAll(orphans); // their names are free before they hear of it
    }
    orphans.forEach(RingConsumer::close);
    return removed;
  }

  /** Opens a consumer of a group, which is made if it does not exist. */
  synchronized RingConsumer consumer(String group, String name) {
    Names.require("consumer", name);
    Group of = create(group, GroupStart.OLDEST);
    if (consumers.containsKey(key(group, name))) {
      throw new ConfigException(
          "consumer '" + name + "': is open in group '" + group + "'; close it, or choose another");
    }
    var consumer = new RingConsumer(queue, of, name, ++owners, queue.newBatch());
    consumers.put(key(group, name), consumer);
    return consumer;
  }

  /** Closes the open consumer of a name. Returns whether there was one. */
  boolean closeConsumer(String group, String name) {
    RingConsumer consumer;
    synchronized (this) {
      consumer = consumers.remove(key(group, name));
    }
    if (consumer == null) {
      return false;
    }
    consumer.close();
    return true;
  }

  /** Gives a closed consumer's name free. */
  synchronized void forget(RingConsumer consumer) {
    consumers.remove(key(consumer.group(), consumer.name()), consumer);
  }

  /** Returns the figures of every group, by name. */
  List<GroupStats> stats(Backlog backlog) {
    List<GroupStats> stats = new ArrayList<>();
    for (Releases.Member member : releases.members()) {
      Group group = member.group();
      stats.add(
          new GroupStats(
              group.name(),
              backlog.lag(member),
              group.pending(),
              backlog.oldestAge(member),
              group.delivered(),
              group.acknowledged(),
              group.redelivered(),
              consumersOf(group.name())));
    }
    stats.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(stats);
  }

  private synchronized List<String> consumersOf(String group) {
    return consumers.values().stream()
        .filter(consumer -> consumer.group().equals(group))
        .map(RingConsumer::name)
        .sorted()
        .toList();
  }

  private static String key(String group, String name) {
    return group + '/' + name;
  }
}
