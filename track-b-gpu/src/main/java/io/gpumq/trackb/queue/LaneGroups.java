package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.delivery.FoldedGroup;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.FailureSink;
import io.gpumq.trackb.waiting.Backoff;
import io.gpumq.trackb.waiting.SpinningLock;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The groups of a lane, and how far they have all come. Safe for use by many threads. */
final class LaneGroups {
  private final EntryLog log;
  private final FailureSink failures;
  private final SpinningLock lock = new SpinningLock();
  private final GroupTable groups = new GroupTable();
  private final LaneMarks marks;

  /** The group that stood lowest at the last look at all: until it moves, no other matters. */
  private Group lowest;

  /** What groups had done that were removed. Guarded by the lock. */
  private GroupTotals ofRemoved = GroupTotals.NONE;

  /** What was not settled, but was given up with a group or its position; under the lock. */
  private long dropped;

  /** How often an entry may have come to be wanted again that no group wanted. Under the lock. */
  private volatile long revivals;

  /**
   * @param failures takes note of entries whose handler failed
   * @param marks this lock's from now on
   */
  LaneGroups(EntryLog log, FailureSink failures, LaneMarks marks) {
    this.log = log;
    this.failures = failures;
    this.marks = marks;
  }

  /** Looks how far all have come. Under no lock. */
  void advance() {
    log.progress().pass(failures);
    noteSettled();
  }

  /** {@link #advance()}, but waits for nothing. */
  void look() {
    log.progress().completed();
    noteSettled();
  }

  /** {@link #look()}, and lets go of what is settled and whose room is wanted. */
  void makeRoom() {
    log.progress().completed();
    look(true);
  }

  /** Lets go of what was settled just now: found completed before, so the ring is not asked. */
  void noteSettled() {
    look(false);
  }

  private void look(boolean isRoomWanted) {
    // Only one need look; the others go on with what was found before.
    if (lock.tryLock()) {
      try {
        if (isRoomWanted) {
          marks.makeRoom();
        }
        advanceLocked(log.progress().passedAsFound()); // under the lock: so it never falls
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits for nothing: whoever waits for the device holds no lock meanwhile. */
  private void advanceLocked() {
    advanceLocked(log.progress().passed());
  }

  private void advanceLocked(long completed) {
    if (groups.isEmpty()) {
      marks.settleWithoutGroups(completed);
    } else if (lowest == null || settledBy(lowest, completed) > marks.settled()) {
      marks.settle(settledByAll(completed));
    }
    marks.advance();
  }

  private long settledByAll(long completed) {
    long all = Long.MAX_VALUE;
    for (Group group : groups.all()) {
      long by = settledBy(group, completed);
      if (by < all) {
        all = by;
        lowest = group;
      }
    }
    return Math.min(all, completed); // a group may have been moved ahead of that
  }

  private static long settledBy(Group group, long completed) {
    long settled = group.acknowledgedTo();
    if (settled < completed && !group.wanted().deliverable(settled)) {
      group.passOver(completed); // nobody may poll, and there is nothing to acknowledge
      settled = group.acknowledgedTo();
    }
    return settled;
  }

  /** What readers are about to read. */
  Holds holds() {
    return marks.holds();
  }

  /** As {@link LaneMarks#done}, as it was found last. */
  long done() {
    return marks.done();
  }

  /** As {@link LaneMarks#floor}, as it was found last. */
  long floor() {
    return marks.floor();
  }

  /** As {@link LaneMarks#settled}, as it was found last. */
  long settled() {
    return marks.settled();
  }

  private <T> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the group of that name.
   *
   * @param start where it begins if it has to be made: asked with the floor by then
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
        group = maker.apply(start.applyAsLong(marks.floor()));
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
    return locked(() -> groups.get(name));
  }

  /**
   * Moves a group to where it is told to, given the floor by then. Waits, under no lock, while an
   * entry of the group is being given up.
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
        throw new ConfigException("group '" + name + "': must be one of " + groups.names());
      }
      advanceLocked();
      boolean moved = group.tryMoveTo(to.applyAsLong(marks.floor()));
      if (moved) {
        lowest = null;
        revivals++;
        dropped += log.claimed() - marks.floor();
        advanceLocked();
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
      ofRemoved = ofRemoved.with(group.counts());
      dropped += settledIn(group) + log.claimed() - group.acknowledgedTo();
      lowest = null;
      advanceLocked();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link LaneMarks#hold}. */
  long hold(Hold hold) {
    return locked(() -> marks.hold(hold));
  }

  /**
   * Trims the messages below a sequence, as far as they are handled, and no dead letter of them is
   * open.
   *
   * @return how many there were
   */
  long trim(long sequence) {
    return locked(
        () -> {
          long end = Math.min(sequence, log.progress().passed());
          long count = marks.trim(end);
          groups.forEach(group -> group.pending().forgetBelow(marks.floor()));
          lowest = null;
          advanceLocked();
          return count;
        });
  }

  /** As {@link LaneMarks#lookAtAge}. Waits for nothing. */
  void lookAtAge(long nowNanos) {
    locked(
        () -> {
          advanceLocked();
          marks.lookAtAge(nowNanos);
          return null;
        });
  }

  /** As {@link LaneMarks#giveUp}. */
  boolean giveUp() {
    return locked(
        () -> {
          advanceLocked();
          return marks.giveUp();
        });
  }

  /**
   * Deletes a message: no group is handed it any more, and none has it pending.
   *
   * @return whether it was there: kept, no failure, and not deleted before
   */
  boolean delete(long sequence) {
    return locked(
        () -> {
          boolean deleted =
              sequence >= marks.floor()
                  && log.progress().isMessage(sequence)
                  && log.deletions().add(sequence);
          if (deleted) {
            groups.forEach(group -> group.pending().forget(sequence)); // behind the deletion
          }
          return deleted;
        });
  }

  private static long settledIn(Group group) {
    return group.counts().acknowledged() + group.counts().deadLettered();
  }

  /** A figure that has grown whenever some group has settled, or given up, entries. */
  long settledByGroups() {
    return locked(
        () -> {
          long settled = dropped;
          for (Group group : groups.all()) {
            settled += settledIn(group);
          }
          return settled;
        });
  }

  /** As {@link io.gpumq.trackb.log.Living#revivals}. */
  long revivals() {
    return revivals;
  }

  /** As {@link io.gpumq.trackb.log.Living#unlessRevived}. */
  boolean unlessRevived(long before, Runnable act) {
    return locked(
        () -> {
          if (revivals != before) {
            return false;
          }
          act.run();
          return true;
        });
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

  /** Returns what all groups have done, those that were removed included; it never falls. */
  GroupTotals totals() {
    lock.lock();
    try {
      GroupTotals all = ofRemoved;
      for (Group group : groups.all()) {
        all = all.with(group.counts());
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns what they are where nobody uses the queue; {@code null} while one has something
   * pending.
   */
  FoldedGroup[] fold() {
    return locked(
        () -> {
          FoldedGroup[] folded =
              Arrays.stream(groups.all()).map(FoldedGroup::of).toArray(FoldedGroup[]::new);
          return Arrays.asList(folded).contains(null) ? null : folded;
        });
  }

  /** What those have done that were removed. */
  GroupTotals ofRemoved() {
    return locked(() -> ofRemoved);
  }

  /** Goes on where others were folded. Before anything else. */
  void unfold(FoldedLane folded, Function<FoldedGroup, Group> maker) {
    locked(
        () -> {
          marks.begin();
          ofRemoved = folded.removed();
          for (FoldedGroup group : folded.groups()) {
            groups.put(group.name(), maker.apply(group));
          }
          return null;
        });
  }

  Collection<Group> groups() {
    return locked(() -> List.of(groups.all()));
  }
}
