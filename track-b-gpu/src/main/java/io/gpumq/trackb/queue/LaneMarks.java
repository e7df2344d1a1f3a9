package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.log.EntryLog;

/**
 * How far the entries of a lane are settled, kept, and released:
 *
 * <pre>
 *       released           floor              settled            claimed
 *   ... gone -+- a reader's -+- kept by retention -+- some group's -+- to come
 * </pre>
 *
 * <p>What lies below the floor is gone for groups and readers to come. It is released, so that its
 * memory may be used again, once nobody reads it any more. For the holder of the lock of the lane's
 * groups, where nothing else is said.
 */
final class LaneMarks {
  private final EntryLog log;
  private final Deliverable messages;
  private final Targets targets;
  private final LaneRetention retention;
  private final Holds holds = new Holds();

  // Written under the lock; anybody may read them.
  private volatile long settled;
  private volatile long floor;
  private volatile long done;

  private long released;

  /**
   * @param messages which entries are messages
   * @param targets forgets what is released
   */
  LaneMarks(EntryLog log, Deliverable messages, Targets targets, LaneRetention retention) {
    this.log = log;
    this.messages = messages;
    this.targets = targets;
    this.retention = retention;
    begin();
  }

  /** Begins where the log does. */
  void begin() {
    released = log.released();
    floor = released;
    settled = released;
    done = released;
  }

  /** What readers are about to read. */
  Holds holds() {
    return holds;
  }

  /** Every sequence below is settled by all groups. Under no lock. */
  long settled() {
    return settled;
  }

  /** Every sequence below is gone. Under no lock. */
  long floor() {
    return floor;
  }

  /** Every sequence below is settled, and nobody reads it. Under no lock. */
  long done() {
    return done;
  }

  /** Every sequence below is settled by all groups now; may be lower than before. */
  void settle(long sequence) {
    settled = sequence;
    done = Math.min(done, sequence);
  }

  /** Without a group nothing is settled, or all where settled messages are kept. */
  void settleWithoutGroups(long completed) {
    settle(retention.keeps() ? completed : passOver(floor, completed));
  }

  /** The room of what is settled is wanted. */
  void makeRoom() {
    retention.makeRoom(floor);
  }

  /** Lets go of what need not be kept. */
  void advance() {
    floor = Math.max(floor, retention.floor(settled));
    if (retention.keeps()) {
      floor = passOver(floor, settled);
      retention.found(floor, settled);
    }
    if (done < settled || released < floor) {
      release();
    }
  }

  /** Passes over what is no message, and so need not be kept. */
  private long passOver(long from, long end) {
    return from < end ? messages.firstFrom(from, end) : from;
  }

  private void release() {
    // Behind the groups: a watermark that counts an entry as settled comes with its reader's hold.
    done = Math.min(settled, holds.lowest());
    long to = Math.min(done, floor);
    if (to > released) {
      targets.dropBelow(to);
      released = to;
      log.release(to);
    }
  }

  /** Raises the floor whatever is settled; returns how many messages have gone. */
  long trim(long end) {
    long count = messages.count(floor, end);
    floor = Math.max(floor, end);
    return count;
  }

  /** Takes note of the time, for messages that go by their age. */
  void lookAtAge(long nowNanos) {
    retention.look(nowNanos);
    advance();
  }

  /** Keeps what is there from now on from being released, until the hold is let go of. */
  long hold(Hold hold) {
    hold.set(floor);
    return floor;
  }

  /** Gives the oldest segment up, if all in it is settled; returns whether that is released. */
  boolean giveUp() {
    long end = log.keptBytes().oldestEnd();
    retention.giveUp(end, settled);
    advance();
    boolean isGone = released >= end;
    if (isGone) {
      retention.goOn(floor, settled);
    }
    return isGone;
  }
}
