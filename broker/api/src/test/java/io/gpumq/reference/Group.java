package io.gpumq.reference;

import io.gpumq.api.GroupStats;
import io.gpumq.spi.waiting.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** One group's place in a queue: its cursor and what is pending. Guarded by the queue's lock. */
final class Group {
  /** A delivered entry that is not settled. */
  static final class Pending {
    final Message message;
    ReferenceConsumer owner;
    int deliveries;
    boolean refused;

    /** Whether it was delivered before. */
    boolean isAgain;

    long dueNanos;

    Pending(Message message) {
      this.message = message;
    }
  }

  final String name;
  final Map<String, ReferenceConsumer> consumers = new TreeMap<>();
  final Map<Long, Pending> pending = new TreeMap<>();
  private final TreeSet<Pending> byDue =
      new TreeSet<>(
          Comparator.<Pending>comparingLong(p -> p.dueNanos)
              .thenComparingLong(p -> p.message.sequence()));
  private final boolean strictOrder;
  long delivered;
  long acknowledged;
  long redelivered;
  boolean removed;
  Line line;
  private long cursor;

  Group(String name, boolean strictOrder) {
    this.name = name;
    this.strictOrder = strictOrder;
  }

  /** Starts at a sequence, and forgets what is pending. */
  void startAt(long sequence) {
    cursor = sequence;
    pending.clear();
    byDue.clear();
  }

  /** Messages that are still to be delivered here for the first time. */
  long lag(TreeMap<Long, Message> kept) {
    return kept.tailMap(cursor).values().stream()
        .filter(message -> message.isFor(name) && !message.failed())
        .count();
  }

  /** What is said of it. */
  GroupStats stats(TreeMap<Long, Message> kept) {
    long now = System.currentTimeMillis();
    long since =
        kept.values().stream()
            .filter(message -> !message.failed() && owes(message))
            .mapToLong(Message::sentMillis)
            .min()
            .orElse(now);
    return new GroupStats(
        name,
        lag(kept),
        pending.size(),
        Duration.ofMillis(Math.max(0, now - since)),
        delivered,
        acknowledged,
        redelivered,
        List.copyOf(consumers.keySet()));
  }

  /** Whether {@code message} is still to be delivered or acknowledged here. */
  boolean owes(Message message) {
    return message.isFor(name) && isAhead(message);
  }

  private boolean isAhead(Message message) {
    return message.sequence() >= cursor || pending.containsKey(message.sequence());
  }

  /**
   * Takes due redeliveries, then new messages up to the first that waits for a dead letter; in
   * strict order nothing while an entry is pending that is not due.
   */
  List<Pending> take(int max, long nowNanos, int maxDeliveries, TreeMap<Long, Message> kept) {
    List<Pending> taken = new ArrayList<>();
    if (strictOrder && !byDue.isEmpty() && byDue.last().dueNanos > nowNanos) {
      return taken;
    }
    for (Pending due : due(nowNanos)) {
      if (due.deliveries >= maxDeliveries) {
        return taken; // there is no room for its letter: it holds the group back
      }
      if (taken.size() < max) {
        taken.add(due);
      }
    }
    var next = kept.ceilingEntry(cursor);
    while (taken.size() < max && next != null && !next.getValue().failed()) {
      if (next.getValue().isFor(name)) {
        Pending first = new Pending(next.getValue());
        pending.put(next.getKey(), first);
        taken.add(first);
      }
      cursor = next.getKey() + 1;
      next = kept.ceilingEntry(cursor);
    }
    return taken;
  }

  /** For how many polls there is an entry, as {@link #take} would find. */
  int ready(long nowNanos, int maxDeliveries, TreeMap<Long, Message> kept) {
    if (strictOrder && !byDue.isEmpty() && byDue.last().dueNanos > nowNanos) {
      return 0;
    }
    List<Pending> due = due(nowNanos);
    if (due.stream().anyMatch(entry -> entry.deliveries >= maxDeliveries)) {
      return 0;
    }
    long coming =
        kept.tailMap(cursor).values().stream()
            .takeWhile(message -> !message.failed())
            .filter(message -> message.isFor(name))
            .count();
    int ready = due.size() + (int) coming;
    return strictOrder ? Math.min(1, ready) : ready;
  }

  /** Leases an entry that was taken to {@code owner}. */
  void lease(Pending entry, ReferenceConsumer owner, long untilNanos) {
    entry.deliveries++;
    entry.owner = owner;
    entry.refused = false;
    reschedule(entry, untilNanos);
  }

  /** Entries whose lease or delay has run out, by sequence. */
  List<Pending> due(long nowNanos) {
    List<Pending> due = new ArrayList<>();
    for (Pending entry : byDue) {
      if (entry.dueNanos > nowNanos) {
        break;
      }
      due.add(entry);
    }
    due.sort(Comparator.comparingLong(p -> p.message.sequence()));
    return due;
  }

  void reschedule(Pending entry, long dueNanos) {
    byDue.remove(entry);
    entry.dueNanos = dueNanos;
    byDue.add(entry);
  }

  void settle(Pending entry) {
    byDue.remove(entry);
    pending.remove(entry.message.sequence());
  }
}
