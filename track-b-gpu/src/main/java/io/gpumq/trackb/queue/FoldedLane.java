package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.FoldedGroup;
import io.gpumq.trackb.log.FoldedLog;

/**
 * What a lane is while nobody uses its queue.
 *
 * @param groups all of them, as they are here
 * @param removed what those have done that were removed
 */
record FoldedLane(FoldedLog log, FoldedGroup[] groups, GroupTotals removed) {
  /** What all groups have done. */
  GroupTotals totals() {
    GroupTotals all = removed;
    for (FoldedGroup group : groups) {
      all = all.with(group.delivered(), group.acknowledged(), group.redelivered());
    }
    return all;
  }
}
