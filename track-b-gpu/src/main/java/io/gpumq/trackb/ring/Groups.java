package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.delivery.DeadLetterSink;
import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** A ring's groups: makes, moves, removes and describes them. Safe for use by many threads. */
final class Groups {
  private final QueueConfig config;
  private final SharedFile file;
  private final RingGeometry geometry;
  private final Releases releases;
  private final IngressRing ingress;
  private final Census census;
  private final Consumers consumers;
  private final Function<String, Deliverable> deliverable;
  private final DeadLetterSink sink;

  /**
   * @param deliverable what a group of that name is to see
   */
  Groups(
      QueueConfig config,
      SharedFile file,
      RingGeometry geometry,
      Releases releases,
      IngressRing ingress,
      Census census,
      Consumers consumers,
      Function<String, Deliverable> deliverable,
      DeadLetterSink sink) {
    this.config = config;
    this.file = file;
    this.geometry = geometry;
    this.releases = releases;
    this.ingress = ingress;
    this.census = census;
    this.consumers = consumers;
    this.deliverable = deliverable;
    this.sink = sink;
  }

  /** Returns the group of that name, made to begin at {@code start} if there is none. */
  Group get(String name, GroupStart start) {
    Names.require("group", name);
    return file.looking(
        () -> releases.group(name, released -> place(start, released), at -> make(name, at)),
        this::gone);
  }

  private <T> T gone() {
    throw new QueueClosedException("queue '" + config.name() + "' is closed");
  }

  private long place(GroupStart start, long released) {
    return start == GroupStart.OLDEST ? released : ingress.claimed();
  }

  private Group make(String name, long start) {
    return new Group(
            name,
            start,
            config.lease().toNanos(),
            config.maxDeliveries(),
            config.strictOrder(),
            deliverable.apply(name),
            sink,
            System::nanoTime)
        .describing(geometry::describe);
  }

  /** Removes a group and closes its consumers; returns whether there was one. */
  boolean remove(String name) {
    if (!releases.remove(name)) {
      return false;
    }
    consumers.closeLeft(name, () -> releases.find(name));
    return true;
  }

  void move(String name, GroupStart to) {
    move(name, released -> place(to, released));
  }

  void move(String name, long sequence) {
    move(name, released -> requireKept(sequence, released));
  }

  private void move(String name, ToLongFunction<Long> to) {
    file.looking(
        () -> {
          releases.move(name, to);
          return null;
        },
        this::gone);
  }

  private long requireKept(long sequence, long released) {
    long end = ingress.claimed();
    if (sequence < released || sequence > end) {
      throw new ConfigException(
          geometry.describe(sequence)
              + ": must be one from "
              + geometry.describe(released)
              + ", the oldest kept, to "
              + geometry.describe(end)
              + ", the next to be sent");
    }
    return sequence;
  }

  /** Returns the figures of each group, by name. */
  List<GroupStats> stats() {
    List<GroupStats> each = new ArrayList<>();
    long claimed = ingress.claimed();
    for (Group group : releases.groups()) {
      each.add(census.of(group, claimed, consumers.names(group.name())));
    }
    each.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(each);
  }

  /** Returns who holds the oldest slot, in words, and what can be done about it. */
  String holder(boolean lettersAreFull) {
    String holder = file.looking(releases::holder, this::gone);
    if (holder == null) {
      return "it has no group yet, and keeps everything for the first";
    }
    return lettersAreFull
        ? "its dead letters are full, "
            + config.deadLetterCapacity()
            + " of them, which holds entries back: take and acknowledge letters"
        : "group '"
            + holder
            + "' has not settled the oldest: acknowledge in it, move it, or remove it if nobody"
            + " reads it";
  }
}
