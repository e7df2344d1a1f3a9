package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.GroupCounts;

/**
 * What several groups have done. Immutable.
 *
 * @param delivered entries handed out, redeliveries included
 * @param acknowledged entries acknowledged
 * @param redelivered those of {@code delivered} that were not the first of their entry
 */
record GroupTotals(long delivered, long acknowledged, long redelivered) {
  /** What no group has done. */
  static final GroupTotals NONE = new GroupTotals(0, 0, 0);

  /** Returns the same with what one more has done. */
  GroupTotals with(GroupCounts counts) {
    return with(counts.delivered(), counts.acknowledged(), counts.redelivered());
  }

  GroupTotals with(long moreDelivered, long moreAcknowledged, long moreRedelivered) {
    return new GroupTotals(
        delivered + moreDelivered, acknowledged + moreAcknowledged, redelivered + moreRedelivered);
  }
}
