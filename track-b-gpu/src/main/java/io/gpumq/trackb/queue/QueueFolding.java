package io.gpumq.trackb.queue;

import io.gpumq.api.QueueStats;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Line;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.delivery.FoldedGroup;
import io.gpumq.trackb.log.LogFolding;
import java.util.Map;

/**
 * How a queue becomes a {@link FoldedQueue}, and another goes on where that ends. For one thread,
 * and once, while nobody uses the queue.
 */
final class QueueFolding {
  private final Lane[] lanes;
  private final QueueGroups groups;
  private final QueueState state;
  private final Letters letters;
  private final LogFolding[] logs;

  // Of each lane, once it was looked at.
  private final FoldedGroup[][] parts;
  private final GroupTotals[] removed;

  QueueFolding(Lane[] lanes, QueueGroups groups, QueueState state, Letters letters) {
    this.lanes = lanes;
    this.groups = groups;
    this.state = state;
    this.letters = letters;
    logs = new LogFolding[lanes.length];
    parts = new FoldedGroup[lanes.length][];
    removed = new GroupTotals[lanes.length];
    for (Lane lane : lanes) {
      logs[lane.number()] = lane.log().folding();
    }
  }

  /**
   * Folds it, unless something is under way, or pending, or there for one who waits. The rings'
   * memory is there.
   *
   * @param producers as {@link FoldedQueue#producers}, and so are the consumers
   * @param waking is asked from now on for those who wait
   * @return {@code null} if it stays as it is
   */
  FoldedQueue fold(int producers, int consumers, Bell bell, Source waking) {
    for (Lane lane : lanes) {
      if (!look(lane)) {
        return null;
      }
    }
    long before = appended();
    if (!tryLock()) {
      return null;
    }
    unlock(lanes.length);
    long depth = depth(); // it takes locks, and a while: so nothing is locked meanwhile
    if (!tryLock()) {
      return null;
    }
    try {
      if (appended() != before) {
        return null; // by who does not know yet that its producer was closed: the depth is another
      }
      Map<String, Line> lines = groups.linesToKeep();
      var waits = lines.isEmpty() ? null : new FoldedQueue.Waits(bell, lines);
      var folded =
          new FoldedQueue(foldLanes(), producers, consumers, letters.written(), depth, waits);
      return groups.partWith(lines, waking) ? leave(folded) : null;
    } finally {
      unlock(lanes.length);
    }
  }

  /** The last step, in which nothing fails: what is folded has all, and the queue nothing. */
  private FoldedQueue leave(FoldedQueue folded) {
    state.fold();
    for (LogFolding log : logs) {
      log.leave();
    }
    return folded;
  }

  private long appended() {
    long appended = 0;
    for (Lane lane : lanes) {
      appended += lane.log().appended();
    }
    return appended;
  }

  /** Returns whether nothing is pending there, nor for one group alone. */
  private boolean look(Lane lane) {
    lane.groups().look(); // asks the ring, and releases what is settled
    int number = lane.number();
    parts[number] = lane.groups().fold();
    removed[number] = lane.groups().ofRemoved();
    return parts[number] != null && !lane.hasTargets();
  }

  /** As {@link QueueStats#depth}. */
  private long depth() {
    long depth = 0;
    for (Lane lane : lanes) {
      depth += new Census(lane).depth();
    }
    return depth;
  }

  /** Takes the locks of all logs if these may fold, and none if one may not. */
  private boolean tryLock() {
    for (int lane = 0; lane < logs.length; lane++) {
      if (!logs[lane].begin()) {
        unlock(lane + 1);
        return false;
      }
    }
    return true;
  }

  private void unlock(int first) {
    for (int lane = 0; lane < first; lane++) {
      logs[lane].end();
    }
  }

  private FoldedLane[] foldLanes() {
    FoldedLane[] folded = new FoldedLane[lanes.length];
    for (int lane = 0; lane < folded.length; lane++) {
      folded[lane] = new FoldedLane(logs[lane].fold(), parts[lane], removed[lane]);
    }
    return folded;
  }

  /** Has a queue that is new go on where another was folded. Before anything else. */
  void unfold(FoldedQueue folded) {
    for (int lane = 0; lane < logs.length; lane++) {
      logs[lane].unfold(folded.lanes()[lane].log());
    }
    letters.begin(folded.letters());
    groups.unfold(folded);
  }

  /** Has its logs looked after, and its lines ask it: once nothing else has what was folded. */
  void attend() {
    groups.askAgain();
    for (LogFolding log : logs) {
      log.noteUnfolded();
    }
  }
}
