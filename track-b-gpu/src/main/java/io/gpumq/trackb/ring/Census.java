package io.gpumq.trackb.ring;

import io.gpumq.api.GroupStats;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Counts what a ring holds: messages that some group has not settled, and what each group has ahead
 * of it. It looks at sequences one by one where it must, and holds no lock for longer than a few
 * thousand of them take. Safe for use by many threads; the figures are of a moment each.
 */
final class Census {
  private static final int STEP = 8192;

  private final SharedFile file;
  private final RingGeometry geometry;
  private final Completions completions;
  private final Marks marks;

  Census(SharedFile file, RingGeometry geometry, Completions completions, Marks marks) {
    this.file = file;
    this.geometry = geometry;
    this.completions = completions;
    this.marks = marks;
  }

  /**
   * Returns how many messages some group has not settled; without a group, how many are kept.
   *
   * @param released every sequence below is settled by all
   * @param claimed every sequence that was ever claimed lies below
   */
  long depth(Collection<Group> groups, long released, long claimed) {
    long depth = 0;
    BitSet unsettled = new BitSet(STEP);
    for (long from = released, next; from < claimed; from = next) {
      next = Math.min(claimed, from + STEP);
      int count = (int) (next - from);
      unsettled.clear();
      if (groups.isEmpty()) {
        unsettled.set(0, count);
      }
      for (Group group : groups) {
        group.markUnsettled(from, count, unsettled);
      }
      for (int i = unsettled.nextSetBit(0); i >= 0; i = unsettled.nextSetBit(i + 1)) {
        depth += isWanted(from + i, groups) ? 1 : 0;
      }
    }
    return depth;
  }

  /** Whether a message is there that some group is to see, or, without one, any message. */
  private boolean isWanted(long sequence, Collection<Group> groups) {
    if (!completions.isComplete(sequence)) {
      return isPublished(sequence);
    }
    if (groups.isEmpty()) {
      return completions.deliverable(sequence);
    }
    for (Group group : groups) {
      if (group.wants(sequence)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a sequence that is not completed yet was published with a message in it. */
  private boolean isPublished(long sequence) {
    int slot = (int) (sequence & geometry.ingressSlots() - 1) * Long.BYTES;
    long word = Words.getAcquire(file.descriptors(), slot);
    return Descriptor.isOf(word, sequence) && !Descriptor.isVoid(word);
  }

  /** Returns one group's figures in this ring. */
  GroupStats of(Group group, long claimed, List<String> consumers) {
    long cursor = group.cursor();
    long oldest = group.acknowledgedTo();
    while (oldest < cursor && !group.wants(oldest)) {
      oldest++;
    }
    long lag = 0;
    for (long sequence = cursor; sequence < claimed; sequence++) {
      boolean done = completions.isComplete(sequence);
      if (done ? group.wants(sequence) : isPublished(sequence)) {
        lag++;
      } else if (oldest == sequence) {
        oldest++; // it is for others: the oldest of this group comes behind it
      }
    }
    long pending = group.counts().pending();
    long age =
        pending + lag == 0 ? 0 : Math.max(0, System.currentTimeMillis() - marks.sentMillis(oldest));
    return new GroupStats(
        group.name(),
        lag,
        pending,
        Duration.ofMillis(age),
        group.counts().delivered(),
        group.counts().acknowledged(),
        group.counts().redelivered(),
        consumers);
  }

  /** Returns the sum of one group's figures in two lanes, which have the same consumers. */
  static GroupStats sum(GroupStats a, GroupStats b) {
    return new GroupStats(
        a.name(),
        a.lag() + b.lag(),
        a.pending() + b.pending(),
        a.oldestAge().compareTo(b.oldestAge()) >= 0 ? a.oldestAge() : b.oldestAge(),
        a.delivered() + b.delivered(),
        a.acknowledged() + b.acknowledged(),
        a.redelivered() + b.redelivered(),
        a.consumers());
  }
}
