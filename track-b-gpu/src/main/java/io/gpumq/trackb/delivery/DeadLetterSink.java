package io.gpumq.trackb.delivery;

import io.gpumq.api.DeadLetter;

/** Where a group puts the entries that it gives up. */
@FunctionalInterface
public interface DeadLetterSink {
  /**
   * Takes an entry over. Called under the group's lock.
   *
   * @param count how often the entry was delivered
   * @param group the name of the group
   * @return false when the dead-letter queue is full: the entry stays pending, and is offered again
   *     at each later take
   */
  boolean offer(long sequence, DeadLetter.Cause cause, int count, String group);
}
