package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.waiting.Line;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.delivery.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * A queue's groups, each in every lane: makes, moves, removes, describes them. For many threads.
 */
final class QueueGroups {
  /** Most queues have no more. */
  private static final int FEW = 1;

  private final QueueConfig config;
  private final Lane[] lanes;
  private final Consumers consumers;
  private final BiFunction<Group[], Line, QueueGroup> maker;

  /** Written while the groups change. */
  private final Map<String, QueueGroup> byName = new ConcurrentHashMap<>(FEW);

  /** Held while the groups change: no lane has one that another has not. */
  private final ReentrantLock changing = new ReentrantLock();

  /**
   * @param maker makes a group of its parts, and of the line that it has, or {@code null}
   */
  QueueGroups(
      QueueConfig config,
      Lane[] lanes,
      Consumers consumers,
      BiFunction<Group[], Line, QueueGroup> maker) {
    this.config = config;
    this.lanes = lanes;
    this.consumers = consumers;
    this.maker = maker;
  }

  /** Returns the group of that name, made to begin at {@code start} if there is none. */
  QueueGroup get(String name, GroupStart start) {
    Names.require("group", name);
    changing.lock();
    try {
      QueueGroup group = byName.get(name);
      if (group == null) {
        group = maker.apply(parts(name, start), null);
        byName.put(name, group);
      }
      return group;
    } finally {
      changing.unlock();
    }
  }

  private Group[] parts(String name, GroupStart start) {
    Group[] parts = new Group[lanes.length];
    for (Lane lane : lanes) {
      parts[lane.number()] =
          lane.groups()
              .group(name, released -> place(lane, start, released), at -> make(lane, name, at));
    }
    return parts;
  }

  /**
   * Returns the group of that name.
   *
   * @throws ConfigException if there is none
   */
  QueueGroup require(String name) {
    QueueGroup group = byName.get(name);
    if (group == null) {
      throw new ConfigException("group '" + name + "': must be one of " + byName.keySet());
    }
    return group;
  }

  private static long place(Lane lane, GroupStart start, long released) {
    return start == GroupStart.OLDEST ? released : lane.log().claimed();
  }

  private Group make(Lane lane, String name, long start) {
    return new Group(
            name,
            start,
            config.lease().toNanos(),
            config.keepsLetters() ? Group.NO_LIMIT : config.maxDeliveries(),
            config.strictOrder(),
            lane.targets().of(name, lane),
            lane.letterWriter(),
            System::nanoTime)
        .describing(this::describe);
  }

  private String describe(long sequence) {
    return Lane.describe(sequence, lanes.length);
  }

  /** Removes a group and closes its consumers; returns whether there was one. */
  boolean remove(String name) {
    boolean removed = false;
    changing.lock();
    try {
      for (Lane lane : lanes) {
        removed |= lane.groups().remove(name);
      }
      QueueGroup group = byName.remove(name);
      if (group != null) {
        group.line().end();
      }
    } finally {
      changing.unlock();
    }
    if (removed) {
      consumers.closeLeft(name, () -> lanes[0].groups().find(name));
    }
    return removed;
  }

  void move(String name, GroupStart to) {
    changing.lock();
    try {
      for (Lane lane : lanes) {
        lane.groups().move(name, released -> place(lane, to, released));
      }
    } finally {
      changing.unlock();
    }
  }

  void move(String name, long sequence) {
    Lane lane = Lane.of(sequence, lanes);
    ToLongFunction<Long> to = released -> requireKept(lane, sequence, released);
    lane.groups().move(name, to);
  }

  private long requireKept(Lane lane, long sequence, long released) {
    long end = lane.log().claimed();
    if (sequence < released || sequence > end) {
      throw new ConfigException(
          describe(sequence)
              + ": must be one from "
              + describe(released)
              + ", the oldest kept, to "
              + describe(end)
              + ", the next to be sent");
    }
    return sequence;
  }

  /** Nothing comes any more: whoever waits finds out. */
  void endLines() {
    byName.values().forEach(group -> group.line().end());
  }

  /** The lines of those who wait without a thread, or may wait again, by their groups' names. */
  Map<String, Line> linesToKeep() {
    Map<String, Line> kept = new HashMap<>();
    byName.forEach(
        (name, group) -> {
          if (group.line().hasListeners()) {
            kept.put(name, group.line());
          }
        });
    return Map.copyOf(kept);
  }

  /**
   * Has another source asked for those who wait in some lines, while nobody uses the queue.
   *
   * @return false, and nothing is done, if there may be something for one of them
   */
  boolean partWith(Map<String, Line> lines, Source waking) {
    for (Line line : lines.values()) {
      if (!line.askIfIdle(waking)) {
        askAgain();
        return false;
      }
    }
    return true;
  }

  /** Each is the one that its line asks. */
  void askAgain() {
    byName.values().forEach(QueueGroup::askAgain);
  }

  /** Goes on where others were folded. Before anything else. */
  void unfold(FoldedQueue folded) {
    Map<String, Group[]> parts = new LinkedHashMap<>();
    for (Lane lane : lanes) {
      lane.groups()
          .unfold(
              folded.lanes()[lane.number()],
              group -> {
                Group part = make(lane, group.name(), group.cursor());
                group.into(part);
                parts
                        .computeIfAbsent(group.name(), name -> new Group[lanes.length])[
                        lane.number()] =
                    part;
                return part;
              });
    }
    FoldedQueue.Waits waits = folded.waits();
    parts.forEach(
        (name, each) ->
            byName.put(name, maker.apply(each, waits == null ? null : waits.line(name))));
  }

  /** Returns the figures of each group, by name. */
  List<GroupStats> stats() {
    Map<String, GroupStats> sums = new LinkedHashMap<>();
    for (Lane lane : lanes) {
      Census census = new Census(lane);
      long claimed = lane.log().claimed();
      for (Group group : lane.groups().groups()) {
        GroupStats of = census.of(group, claimed, consumers.names(group.name()));
        sums.merge(group.name(), of, Census::sum);
      }
    }
    List<GroupStats> each = new ArrayList<>(sums.values());
    each.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(each);
  }

  /** Returns who holds the oldest entry of a lane, in words, and what can be done about it. */
  String holder(Lane lane, boolean lettersAreFull) {
    String holder = lane.groups().holder();
    if (lane.groups().floor() < lane.groups().done()) {
      return "its retention keeps what all groups have settled: trim it, or set its limits";
    }
    if (holder == null) {
      return "it has no group yet, and keeps everything for the first";
    }
    return lettersAreFull
        ? "its dead letters, queue '"
            + config.deadLetters()
            + "', are full, which holds entries back: acknowledge or replay some there"
        : "group '"
            + holder
            + "' has not settled the oldest: acknowledge in it, move it, or remove it if nobody"
            + " reads it";
  }
}
