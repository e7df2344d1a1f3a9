package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GroupStart;
import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Sequences;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The groups of a ring and how far they have all come: every sequence below {@link #advance()} is
 * released, its slots may be written again. Without a group nothing is that was sent since the last
 * one was removed.
 */
final class Releases {
  /** A group, and what it is to see. */
  record Member(Group group, Audience audience) {}

  /** What groups have counted. */
  record Totals(long delivered, long acknowledged, long redelivered) {
    private static final Totals NONE = new Totals(0, 0, 0);

    private Totals plus(Group group) {
      return new Totals(
          delivered + group.delivered(),
          acknowledged + group.acknowledged(),
          redelivered + group.redelivered());
    }
  }

  private final Completions completions;
  private final Targets targets;
  private final LongSupplier claimed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Member> members = new LinkedHashMap<>();

  /** Of the groups that were removed. */
  private Totals gone = Totals.NONE;

  /** Where a ring without a group begins to keep. */
  private long keptFrom;

  /** Written under the lock; rises. */
  private volatile long released;

  /**
   * @param claimed returns the next sequence to be claimed
   */
  Releases(Completions completions, Targets targets, RingGeometry g, LongSupplier claimed) {
    this.completions = completions;
    this.targets = targets;
    this.claimed = claimed;
    this.keptFrom = g.firstSequence();
    this.released = g.firstSequence();
  }

  /** Returns the sequence that every released one is below, as far as this can tell now. */
  long advance() {
    // Only one need look; the others go on with what was found before.
    if (lock.tryLock()) {
      try {
        look();
      } finally {
        lock.unlock();
      }
    }
    return released;
  }

  /** For the holder of the lock; returns the oldest sequence that some group has not settled. */
  private long look() {
    long completed = completions.advance();
    long lowest = members.isEmpty() ? keptFrom : Long.MAX_VALUE;
    for (Member member : members.values()) {
      long settled = member.group.acknowledgedTo();
      if (settled < completed && !member.audience.deliverable(settled)) {
        member.group.passOver(completed); // nobody may poll, and there is nothing to acknowledge
        settled = member.group.acknowledgedTo();
      }
      lowest = Math.min(lowest, settled);
    }
    // A group may begin behind what is still under way: that is not released before it is done.
    released = Math.min(lowest, completed);
    targets.dropBelow(released);
    return lowest;
  }

  /**
   * Returns the oldest sequence that some group has not settled, or, without a group, that is kept:
   * the next to be sent, if there is none.
   */
  long oldest() {
    lock.lock();
    try {
      return look();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the group of a name, or makes it.
   *
   * @param maker makes a group that is to see these, from this sequence on
   */
  Group group(String name, GroupStart start, BiFunction<Deliverable, Long, Group> maker) {
    lock.lock();
    try {
      Member member = members.get(name);
      if (member == null) {
        var audience = new Audience(completions, targets, name);
        member = new Member(maker.apply(audience, position(start)), audience);
        members.put(name, member);
      }
      return member.group;
    } finally {
      lock.unlock();
    }
  }

  private long position(GroupStart start) {
    return start == GroupStart.NOW ? claimed.getAsLong() : look();
  }

  /** Removes a group: it holds nothing back any more. Returns whether there was one. */
  boolean remove(String name) {
    lock.lock();
    try {
      Member removed = members.remove(name);
      if (removed == null) {
        return false;
      }
      removed.group.retire(); // under its lock: no take of it is at work on what is released now
      gone = gone.plus(removed.group);
      if (members.isEmpty()) {
        keptFrom = claimed.getAsLong();
      }
      look();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves a group.
   *
   * @throws ConfigException if there is none of that name
   */
  void move(String name, GroupStart to) {
    lock.lock();
    try {
      require(name).group.moveTo(position(to));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves a group to an entry that is still kept, or the next to be sent.
   *
   * @throws ConfigException if there is none of that name, or the sequence is out of this range
   */
  void move(String name, long sequence) {
    lock.lock();
    try {
      Group group = require(name).group;
      long oldest = look();
      long next = claimed.getAsLong();
      if (sequence < oldest || sequence > next) {
        throw new ConfigException(
            "sequence "
                + Sequences.show(sequence)
                + ": group '"
                + name
                + "' can be moved between "
                + Sequences.show(oldest)
                + ", the oldest entry kept, and "
                + Sequences.show(next)
                + ", the next to be sent");
      }
      group.moveTo(sequence);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the group of a name. For the holder of the lock.
   *
   * @throws ConfigException if there is no group of that name
   */
  private Member require(String name) {
    Member member = members.get(name);
    if (member == null) {
      throw new ConfigException(
          "group '" + name + "': there is none of that name; there are " + members.keySet());
    }
    return member;
  }

  /**
   * Checks that there is a group.
   *
   * @throws ConfigException if there is none of that name
   */
  void requireGroup(String name) {
    lock.lock();
    try {
      require(name);
    } finally {
      lock.unlock();
    }
  }

  /** Returns what all groups have counted, those that were removed included. */
  Totals totals() {
    lock.lock();
    try {
      Totals totals = gone;
      for (Member member : members.values()) {
        totals = totals.plus(member.group);
      }
      return totals;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the group that has come least far, or null if there is none. */
  Member last() {
    return members().stream()
        .min(Comparator.comparingLong(member -> member.group.acknowledgedTo()))
        .orElse(null);
  }

  /** Returns the groups there are now. */
  Collection<Member> members() {
    lock.lock();
    try {
      return List.copyOf(members.values());
    } finally {
      lock.unlock();
    }
  }
}
