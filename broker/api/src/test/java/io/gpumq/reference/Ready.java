package io.gpumq.reference;

import io.gpumq.spi.waiting.Source;
import java.util.TreeMap;

/** Entries of a group, looked for at each tick. */
final class Ready implements Source {
  private final ReferenceQueue queue;
  private final Group group;
  private final TreeMap<Long, Message> kept;

  /**
   * @param kept what the queue keeps, under its lock
   */
  Ready(ReferenceQueue queue, Group group, TreeMap<Long, Message> kept) {
    this.queue = queue;
    this.group = group;
    this.kept = kept;
  }

  @Override
  public int ready() {
    return queue.locked(() -> queue.closed || group.removed ? ENDED : readyNow());
  }

  private int readyNow() {
    return group.ready(System.nanoTime(), queue.letters().after(), kept);
  }

  @Override
  public long nanosToLook() {
    return ReferenceQueue.TICK_NANOS;
  }
}
