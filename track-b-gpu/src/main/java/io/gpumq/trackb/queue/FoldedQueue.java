package io.gpumq.trackb.queue;

import io.gpumq.api.GroupStats;
import io.gpumq.api.QueueStats;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Line;
import io.gpumq.trackb.delivery.FoldedGroup;
import io.gpumq.trackb.log.FoldedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a queue is while nobody uses it: some hundred bytes, with which a whole one goes on.
 *
 * @param producers how many were opened: says the next one's home lane
 * @param consumers the same of consumers
 * @param letters that were written
 * @param depth as {@link QueueStats#depth}
 * @param waits {@code null} where nobody waits, or can wait again without opening anything
 */
record FoldedQueue(
    FoldedLane[] lanes, int producers, int consumers, long letters, long depth, Waits waits) {
  /**
   * What those are left with who wait for entries without a thread, or have done so.
   *
   * @param bell of the lines
   * @param lines by the names of their groups
   */
  record Waits(Bell bell, Map<String, Line> lines) {
    /** The line of a group, or {@code null}. */
    Line line(String group) {
      return lines.get(group);
    }

    /** Nothing comes any more. */
    void end() {
      lines.values().forEach(Line::end);
    }
  }

  /** Whether it holds nothing of the store. */
  boolean isDrained() {
    for (FoldedLane lane : lanes) {
      if (!lane.log().isDrained()) {
        return false;
      }
    }
    return true;
  }

  QueueStats stats() {
    long sent = 0;
    long failed = 0;
    long deleted = 0;
    long bytes = 0;
    long held = 0;
    GroupTotals totals = GroupTotals.NONE;
    for (int lane = 0; lane < lanes.length; lane++) {
      FoldedLog log = lanes[lane].log();
      GroupTotals here = lanes[lane].totals();
      totals = totals.with(here.delivered(), here.acknowledged(), here.redelivered());
      sent += log.claimed() - Lane.first(lane);
      failed += log.failed();
      deleted += log.deleted();
      bytes += log.payloadBytes();
      held += log.segments().heldBytes();
    }
    return new QueueStats(
        sent,
        sent,
        totals.delivered(),
        totals.acknowledged(),
        totals.redelivered(),
        failed,
        letters,
        deleted,
        depth,
        bytes,
        held);
  }

  /** The figures of its groups, by name. Only if it is drained: then they have nothing to get. */
  List<GroupStats> groups() {
    List<GroupStats> groups = new ArrayList<>();
    for (int group = 0; group < lanes[0].groups().length; group++) {
      GroupTotals totals = GroupTotals.NONE;
      for (FoldedLane lane : lanes) {
        FoldedGroup part = lane.groups()[group];
        totals = totals.with(part.delivered(), part.acknowledged(), part.redelivered());
      }
      groups.add(stats(lanes[0].groups()[group].name(), totals));
    }
    groups.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(groups);
  }

  /** Figures of a group that has nothing to get. */
  static GroupStats stats(String group, GroupTotals totals) {
    return new GroupStats(
        group,
        0,
        0,
        Duration.ZERO,
        totals.delivered(),
        totals.acknowledged(),
        totals.redelivered(),
        List.of());
  }
}
