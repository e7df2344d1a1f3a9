package io.gpumq.trackb.queue;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.api.Retention.Until;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Yielding;
import io.gpumq.trackb.log.Yielding.Yielder;

/**
 * How far a lane lets go of what every group has settled, as its queue's {@link Retention} says.
 * Under the lock of the lane's groups, where nothing else is said.
 */
final class LaneRetention {
  private final Until until;
  private final EntryLog log;
  private final long limit;
  private final long messages;
  private final long bytes;

  /** {@code null} where there is no limit of age. */
  private final Ages ages;

  private final Yielding yielding;
  private final Yielder yielder;

  /** What lies below was given up since its memory was wanted. */
  private long needed = Long.MIN_VALUE;

  /** Whether it is among those that are asked for memory, or need not be any more. */
  private boolean isAsked;

  /** What was settled when it was asked last, and had nothing to give. */
  private long settledThen = Long.MIN_VALUE;

  /**
   * @param lane which of the queue's lanes it is
   * @param yielding those that are asked when memory is wanted
   * @param yielder what it is among them
   */
  LaneRetention(QueueConfig config, int lane, EntryLog log, Yielding yielding, Yielder yielder) {
    Retention retention = config.retention();
    until = retention.until();
    this.log = log;
    this.yielding = yielding;
    this.yielder = yielder;
    limit = part(config.maxMessages(), config.lanes(), lane);
    messages = part(retention.messages(), config.lanes(), lane);
    bytes = part(retention.bytes(), config.lanes(), lane);
    boolean isAging = !retention.age().equals(Retention.FOREVER);
    ages = isAging ? new Ages(retention.age()) : null;
  }

  /** A lane's part of a queue's limit: the first have one more where they do not come out even. */
  static long part(long all, int lanes, int lane) {
    return all / lanes + (lane < all % lanes ? 1 : 0);
  }

  /** Whether anything stays that is settled. Under no lock. */
  boolean keeps() {
    return until != Until.SETTLED;
  }

  /** Whether messages go by their age, so that the lane must be looked at. Under no lock. */
  boolean isAging() {
    return ages != null;
  }

  /** Takes note of what is kept: who keeps something that is settled may be asked for it. */
  void found(long floor, long settled) {
    if (until == Until.NEEDED && settled > Math.max(floor, settledThen)) {
      join();
    }
  }

  private void join() {
    if (!isAsked && yielder.age() != Yielder.NONE) {
      isAsked = true;
      yielding.add(yielder);
    }
  }

  /** What lies below a sequence is wanted, and goes if it is settled. Nobody asks again for now. */
  void giveUp(long end, long settled) {
    needed = end <= settled ? end : needed;
    settledThen = settled;
    isAsked = false;
  }

  /** What was wanted is gone: the next may ask for more. */
  void goOn(long floor, long settled) {
    settledThen = floor;
    found(floor, settled);
  }

  /** Nothing is kept any more. */
  void end() {
    isAsked = true;
    yielding.remove(yielder);
  }

  /** Takes note of the time, for messages that go by their age. */
  void look(long nowNanos) {
    ages.note(log.claimed(), nowNanos);
  }

  /** Where there is no room for one more, an eighth makes some: few looks do for many. */
  void makeRoom(long floor) {
    if (until != Until.NEEDED) {
      return;
    }
    join(); // what has come since the last look may be settled, where there is no group
    if (log.claimed() - floor >= limit && log.keptFrom(floor) >= limit) {
      needed = floor + Math.max(1, limit / 8);
    }
  }

  /**
   * Returns the sequence below which nothing is to be kept; it may have been higher before.
   *
   * @param settled every sequence below is settled by all groups
   */
  long floor(long settled) {
    return switch (until) {
      case SETTLED -> settled;
      case NEEDED -> Math.min(settled, needed);
      case TRIMMED -> Math.min(settled, ofLimits());
    };
  }

  private long ofLimits() {
    long low = log.claimed() - messages;
    if (bytes < Long.MAX_VALUE / QueueConfig.MAX_LANES) {
      low = Math.max(low, log.keptBytes().endBeyond(bytes));
    }
    return ages == null ? low : Math.max(low, ages.over());
  }
}
