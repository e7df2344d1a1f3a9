package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.QueueConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What one group must have seen of the messages sent, by their index in the order of sending.
 *
 * <p>Time makes two things uncertain, and nothing else: whether a lease or a delay is over, which
 * is known only to lie between two clock readings, and whether an entry at its limit of deliveries
 * has become a dead letter since.
 */
final class GroupModel {
  /** An entry that was delivered and not settled. */
  static final class Pending {
    final int index;
    int deliveries;
    int owner;
    boolean refused;

    /** Before this it must not be redelivered or given up, by {@link System#nanoTime}. */
    long notDueBefore;

    /** From this on a poll must find it. */
    long surelyDueFrom;

    /** Whether a poll must hand it out before anything new: it was given back, not timed out. */
    boolean givenBack;

    Pending(int index) {
      this.index = index;
    }

    boolean mayBeGivenUp(int maxDeliveries, long nowNanos) {
      return deliveries == maxDeliveries && nowNanos >= notDueBefore;
    }
  }

  /** One consumer of the group, and what it polled last. */
  static final class Member {
    Consumer consumer;
    Batch batch;
    final List<Integer> polled = new ArrayList<>();
  }

  final String name;
  final Member[] members;
  final Map<Integer, Pending> pending = new TreeMap<>();

  /** Messages that were taken out before the group had settled them. */
  private final Set<Integer> gone = new HashSet<>();

  private final MessageLog log;
  private final int maxDeliveries;
  private final long leaseNanos;
  private final boolean strictOrder;

  /** The first index that was not delivered; failed messages in between never are. */
  private int next;

  long delivered;
  long redelivered;
  long acknowledged;

  GroupModel(String name, int consumers, MessageLog log, QueueConfig config) {
    this.name = name;
    this.log = log;
    maxDeliveries = config.maxDeliveries();
    leaseNanos = config.lease().toNanos();
    strictOrder = config.strictOrder();
    members = new Member[consumers];
    for (int i = 0; i < consumers; i++) {
      members[i] = new Member();
    }
  }

  // ---- what happened

  /** Checks a batch that a poll between the two times returned, and takes it in. */
  void polled(int member, List<Received> entries, long start, long end) {
    List<Pending> owed =
        pending.values().stream().filter(p -> p.givenBack && isDue(p, start)).toList();
    if (strictOrder && !entries.isEmpty()) {
      checkStrictOrder(entries, end);
    }
    Member by = members[member];
    by.polled.clear();
    boolean anyNew = false;
    for (Received entry : entries) {
      int index = log.indexOf(entry);
      Pending known = pending.get(index);
      if (known == null) {
        assertTrue(index >= next, () -> what(index) + " came again though it was settled");
        assertEquals(nextToDeliver(), index, "next new entry of group " + name);
        next = index + 1;
        known = new Pending(index);
        pending.put(index, known);
        anyNew = true;
      } else {
        assertTrue(!anyNew, () -> what(index) + " came after a new entry");
        assertTrue(end >= known.notDueBefore, () -> what(index) + " came before it was due");
        redelivered++;
      }
      delivered++;
      assertEquals(++known.deliveries, entry.deliveries(), () -> "deliveries of " + what(index));
      assertTrue(known.deliveries <= maxDeliveries, () -> what(index) + " came past its limit");
      known.owner = member;
      known.refused = false;
      known.givenBack = false;
      known.notDueBefore = start + leaseNanos;
      known.surelyDueFrom = end + leaseNanos;
      by.polled.add(index);
    }
    if (anyNew) {
      for (Pending due : owed) {
        assertTrue(
            by.polled.contains(due.index), () -> "new entries came before " + what(due.index));
      }
    }
  }

  /**
   * Nothing else may be out, and nothing left behind before the last but what was given up: an
   * entry at its limit that waits for a dead letter's room holds back what lies behind it.
   */
  private void checkStrictOrder(List<Received> entries, long end) {
    List<Integer> polled = entries.stream().map(log::indexOf).toList();
    assertEquals(polled.stream().sorted().toList(), polled, "not in the order of sending");
    int last = polled.get(polled.size() - 1);
    for (Pending entry : List.copyOf(pending.values())) {
      assertTrue(end >= entry.notDueBefore, () -> polled + " came beside " + what(entry.index));
      if (entry.index < last && !polled.contains(entry.index)) {
        assertTrue(
            entry.mayBeGivenUp(maxDeliveries, end),
            () -> polled + " came before " + what(entry.index));
        pending.remove(entry.index); // its dead letter is counted when it is taken
      }
    }
  }

  void acknowledged(int index) {
    acknowledged++;
    pending.remove(index);
  }

  /** A message was deleted or trimmed. */
  void takenOut(int index) {
    if (mayOwe(index)) {
      gone.add(index);
      pending.remove(index);
    }
  }

  int gone() {
    return gone.size();
  }

  void refused(int index, long delayNanos, long start, long end) {
    Pending entry = pending.get(index);
    entry.refused = true;
    entry.givenBack = delayNanos == 0;
    entry.notDueBefore = entry.deliveries == maxDeliveries ? start : start + delayNanos;
    entry.surelyDueFrom = end + delayNanos;
  }

  /** What a member's batch acknowledges: what nobody has refused, settled or taken since. */
  List<Integer> stillWith(int member) {
    return members[member].polled.stream()
        .filter(pending::containsKey)
        .filter(index -> pending.get(index).owner == member && !pending.get(index).refused)
        .toList();
  }

  void closed(int member, long start, long end) {
    for (Pending entry : pending.values()) {
      if (entry.owner == member && !entry.refused) {
        entry.givenBack = true;
        entry.notDueBefore = start;
        entry.surelyDueFrom = end;
      }
    }
    members[member] = new Member();
  }

  // ---- what must be so

  private boolean isDue(Pending entry, long nowNanos) {
    return nowNanos >= entry.surelyDueFrom && entry.deliveries < maxDeliveries;
  }

  private int nextToDeliver() {
    int index = next;
    while (index < log.size() && log.isNone(index)) {
      index++;
    }
    return index;
  }

  /** Whether a poll now must come back with something, where no dead letter is waiting for room. */
  boolean surelyHasSome(long nowNanos) {
    if (strictOrder && pending.values().stream().anyMatch(p -> nowNanos < p.surelyDueFrom)) {
      return false;
    }
    return nextToDeliver() < log.size()
        || pending.values().stream().anyMatch(entry -> isDue(entry, nowNanos));
  }

  /** How many entries the group may have given up so far, their dead letters taken or not. */
  int mostGivenUp(long nowNanos) {
    long otherwise =
        acknowledged
            + pending.values().stream()
                .filter(p -> !p.mayBeGivenUp(maxDeliveries, nowNanos))
                .count();
    return (int) (IntStream.range(0, next).filter(this::wasTaken).count() - otherwise);
  }

  /** Whether a message has come to the group, and was not taken out while it was there. */
  private boolean wasTaken(int index) {
    return !log.fails(index) && !gone.contains(index);
  }

  boolean mayBeGivenUp(int index, long nowNanos) {
    Pending entry = pending.get(index);
    return entry != null && entry.mayBeGivenUp(maxDeliveries, nowNanos);
  }

  /** Whether the group still has to settle a message, as far as time lets us know. */
  boolean surelyOwes(int index, long nowNanos) {
    return mayOwe(index) && !mayBeGivenUp(index, nowNanos);
  }

  boolean mayOwe(int index) {
    return !gone.contains(index) && (index >= next || pending.containsKey(index));
  }

  /** Whether an entry has been delivered as often as it may: it may become a letter any time. */
  boolean isAtItsLimit(int index) {
    return pending.containsKey(index) && pending.get(index).deliveries == maxDeliveries;
  }

  boolean isDelivered(int index) {
    return index < next;
  }

  String what(int index) {
    return "message " + index + " (sequence " + log.sequence(index) + ") of group " + name;
  }
}
