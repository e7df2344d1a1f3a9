package io.gpumq.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    long dueNanos;

    Pending(Message message) {
      this.message = message;
    }
  }

  final String name;
  final Set<String> consumers = new HashSet<>();
  final Map<Long, Pending> pending = new TreeMap<>();
  private final TreeSet<Pending> byDue =
      new TreeSet<>(
          Comparator.<Pending>comparingLong(p -> p.dueNanos)
              .thenComparingLong(p -> p.message.sequence()));
  private final boolean strictOrder;
  private long cursor;

  Group(String name, boolean strictOrder) {
    this.name = name;
    this.strictOrder = strictOrder;
  }

  /** Whether {@code message} is still to be delivered or acknowledged here. */
  boolean owes(Message message) {
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
      Pending first = new Pending(next.getValue());
      pending.put(next.getKey(), first);
      taken.add(first);
      cursor = next.getKey() + 1;
      next = kept.ceilingEntry(cursor);
    }
    return taken;
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
