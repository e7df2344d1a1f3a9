package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.GroupCounts;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.FailureSink;
import io.gpumq.trackb.waiting.Backoff;
import io.gpumq.trackb.waiting.SpinningLock;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * The groups of a lane and how far they have all come: every sequence below {@link #advance()} is
 * released, its memory may be used again. Without a group nothing is, nor what a reader holds.
 */
final class LaneGroups {
  private final EntryLog log;
  private final FailureSink failures;
  private final Targets targets;
  private final SpinningLock lock = new SpinningLock();
  private final Map<String, Group> groups = new LinkedHashMap<>();

  /** Written under the lock, a new array each time. */
  private volatile Hold[] holds = {};

  /** The group that stood lowest at the last look at all: until it moves, no other matters. */
  private Group lowest;

  private volatile long released;

  /** How often an entry may have come to be wanted again that no group wanted. Under the lock. */
  private volatile long revivals;

  /** What was not settled, but was given up with a group or its position; under the lock. */
  private long dropped;

  // What groups had done that were removed; guarded by the lock.
  private long delivered;
  private long acknowledged;
  private long redelivered;

  /**
   * @param failures takes note of entries whose handler failed
   */
  LaneGroups(EntryLog log, FailureSink failures, Targets targets) {
    this.log = log;
    this.failures = failures;
    this.targets = targets;
    this.released = log.released();
  }

  /** Every sequence below is released, as far as this can tell now. Under no lock. */
  long advance() {
    log.progress().pass(failures);
    return look();
  }

  /** {@link #advance()}, but waits for nothing. */
  long look() {
    // Only one need look; the others go on with what was found before.
    if (lock.tryLock()) {
      try {
        advanceLocked();
      } finally {
        lock.unlock();
      }
    }
    return released;
  }

  /** {@link #advance()} as it was found last: looks at nothing. */
  long released() {
    return released;
  }

  private void advanceLocked() {
    if (groups.isEmpty()) {
      return;
    }
    long completed =
        log.progress().passed(); // whoever waits for the device holds no lock meanwhile
    if (lowest != null && settledBy(lowest, completed) <= released) {
      return;
    }
    long to = Long.MAX_VALUE;
    for (Group group : groups.values()) {
      long settled = settledBy(group, completed);
      if (settled < to) {
        to = settled;
        lowest = group;
      }
    }
    // Behind the groups: a watermark that counts an entry as settled comes with its reader's hold.
    to = Math.min(to, heldFrom());
    to = Math.min(to, completed); // a group may have been moved ahead of that
    if (to > released) {
      targets.dropBelow(to);
      released = to;
      log.release(to);
    }
  }

  private static long settledBy(Group group, long completed) {
    long settled = group.acknowledgedTo();
    if (settled < completed && !group.wants(settled)) {
      group.passOver(completed); // nobody may poll, and there is nothing to acknowledge
      settled = group.acknowledgedTo();
    }
    return settled;
  }

  /** What is held from an entry on while it is read, until {@link #leave}. */
  Hold hold(long sequence) {
    Hold hold = join();
    hold.set(sequence);
    return hold;
  }

  private long heldFrom() {
    long from = Long.MAX_VALUE;
    for (Hold hold : holds) {
      from = Math.min(from, hold.from());
    }
    return from;
  }

  /** As {@link io.gpumq.trackb.log.Living#readersBelow}. */
  BooleanSupplier readersBelow(long sequence) {
    Hold[] reading =
        Arrays.stream(holds).filter(hold -> hold.from() < sequence).toArray(Hold[]::new);
    long[] times = Arrays.stream(reading).mapToLong(Hold::times).toArray();
    return () -> {
      for (int i = 0; i < reading.length; i++) {
        if (times[i] >= 0 && reading[i].times() == times[i]) {
          return false;
        }
      }
      return true;
    };
  }

  /** What a reader is about to read, from now on until {@link #leave}. */
  Hold join() {
    Hold hold = new Hold();
    lock.lock();
    try {
      Hold[] more = Arrays.copyOf(holds, holds.length + 1);
      more[holds.length] = hold;
      holds = more;
    } finally {
      lock.unlock();
    }
    return hold;
  }

  void leave(Hold hold) {
    lock.lock();
    try {
      holds = Arrays.stream(holds).filter(other -> other != hold).toArray(Hold[]::new);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the group of that name.
   *
   * @param start where it begins if it has to be made: asked with what is released by then
   */
  Group group(String name, ToLongFunction<Long> start, LongFunction<Group> maker) {
    if (find(name) == null) {
      log.progress().pass(failures);
    }
    lock.lock();
    try {
      Group group = groups.get(name);
      if (group == null) {
        advanceLocked();
        group = maker.apply(start.applyAsLong(released));
        groups.put(name, group);
        lowest = null;
        revivals++;
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the group of that name, or {@code null}. */
  Group find(String name) {
    lock.lock();
    try {
      return groups.get(name);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves a group to where it is told to, given what is released by then. Waits, under no lock,
   * while an entry of the group is being given up.
   *
   * @throws ConfigException if there is no such group
   */
  void move(String name, ToLongFunction<Long> to) {
    Backoff backoff = new Backoff();
    while (!tryMove(name, to)) {
      backoff.pause();
    }
  }

  private boolean tryMove(String name, ToLongFunction<Long> to) {
    log.progress().pass(failures);
    lock.lock();
    try {
      Group group = groups.get(name);
      if (group == null) {
        throw new ConfigException("group '" + name + "': must be one of " + groups.keySet());
      }
      advanceLocked();
      boolean moved = group.tryMoveTo(to.applyAsLong(released));
      if (moved) {
        lowest = null;
        revivals++;
        dropped += log.claimed() - released;
      }
      return moved;
    } finally {
      lock.unlock();
    }
  }

  /** Removes a group, and waits for that as {@link #move}; returns whether there was one. */
  boolean remove(String name) {
    Backoff backoff = new Backoff();
    while (find(name) != null) {
      if (tryRemove(name)) {
        return true;
      }
      backoff.pause();
    }
    return false;
  }

  private boolean tryRemove(String name) {
    lock.lock();
    try {
      Group group = groups.get(name);
      if (group == null || !group.tryRemove()) {
        return false;
      }
      groups.remove(name);
      delivered += group.counts().delivered();
      acknowledged += group.counts().acknowledged();
      redelivered += group.counts().redelivered();
      dropped += settledIn(group) + log.claimed() - group.acknowledgedTo();
      lowest = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Deletes a message: no group is handed it any more, and none has it pending.
   *
   * @return whether it was there: kept, no failure, and not deleted before
   */
  boolean delete(long sequence) {
    lock.lock();
    try {
      boolean deleted =
          sequence >= released
              && log.progress().isMessage(sequence)
              && log.deletions().add(sequence);
      if (deleted) {
        groups.values().forEach(group -> group.pending().forget(sequence)); // behind the deletion
      }
      return deleted;
    } finally {
      lock.unlock();
    }
  }

  private static long settledIn(Group group) {
    return group.counts().acknowledged() + group.counts().deadLettered();
  }

  /** As {@link io.gpumq.trackb.log.Living#gone}. */
  long gone() {
    lock.lock();
    try {
      long gone = dropped + log.deletions().count();
      for (Group group : groups.values()) {
        gone += settledIn(group);
      }
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link io.gpumq.trackb.log.Living#revivals}. */
  long revivals() {
    return revivals;
  }

  /** As {@link io.gpumq.trackb.log.Living#unlessRevived}. */
  boolean unlessRevived(long before, Runnable act) {
    lock.lock();
    try {
      if (revivals != before) {
        return false;
      }
      act.run();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the name of the group that holds the oldest entry, or {@code null}. */
  String holder() {
    log.progress().pass(failures);
    lock.lock();
    try {
      lowest = null;
      advanceLocked();
      return lowest == null ? null : lowest.name();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What all groups have done, those that were removed included.
   *
   * @param delivered entries handed out, redeliveries included
   * @param acknowledged entries acknowledged
   * @param redelivered those of {@code delivered} that were not the first of their entry
   */
  record Totals(long delivered, long acknowledged, long redelivered) {}

  /** Returns the totals; none of them ever falls. */
  Totals totals() {
    lock.lock();
    try {
      Totals all = new Totals(delivered, acknowledged, redelivered);
      for (Group group : groups.values()) {
        GroupCounts counts = group.counts();
        all =
            new Totals(
                all.delivered + counts.delivered(),
                all.acknowledged + counts.acknowledged(),
                all.redelivered + counts.redelivered());
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  Collection<Group> groups() {
    lock.lock();
    try {
      return List.copyOf(groups.values());
    } finally {
      lock.unlock();
    }
  }
}
