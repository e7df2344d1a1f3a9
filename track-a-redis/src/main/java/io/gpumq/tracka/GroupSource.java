package io.gpumq.tracka;

import io.gpumq.spi.waiting.Source;
import java.util.concurrent.TimeUnit;

/**
 * Entries of a group, for those who wait without a thread. All that is asked stands in this
 * process: only it sends to the stream, and reads from it.
 */
final class GroupSource implements Source {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RedisQueue queue;
  private final Group group;

  GroupSource(RedisQueue queue, Group group) {
    this.queue = queue;
    this.group = group;
  }

  /** One at a time: how many entries there are is not known here. */
  @Override
  public int ready() {
    if (group.removed || queue.health().isClosed() || queue.health().isFailed()) {
      return ENDED;
    }
    if (isHeldBack()) {
      return 0;
    }
    boolean mayBeDue = group.nanosToDue() <= 0;
    boolean mayBeNew = queue.highest() > group.lastRead() && !isInOrder();
    return mayBeDue || mayBeNew ? 1 : 0;
  }

  private boolean isHeldBack() {
    return group.isHeldBack() && !queue.letters().hasRoom();
  }

  /** Whether nothing new comes before what is pending is settled. */
  private boolean isInOrder() {
    return queue.config().strictOrder() && group.read.get() > group.settled.get();
  }

  @Override
  public long nanosToLook() {
    return isHeldBack() ? LOOK_NANOS : Math.max(1, group.nanosToDue());
  }
}
