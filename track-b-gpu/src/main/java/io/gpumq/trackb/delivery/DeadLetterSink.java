package io.gpumq.trackb.delivery;

import io.gpumq.api.DeadLetter;

/** Where a group puts the entries that it gives up. */
@FunctionalInterface
public interface DeadLetterSink {
  /**
   * Takes an entry over. Called under no lock, by one thread at a time for each entry: it may read
   * the payload, and wait for that. The entry's slot is kept meanwhile.
   *
   * @param count how often the entry was delivered
   * @param group the name of the group
   * @return false when the dead-letter queue is full: the entry stays pending, and is offered again
   *     at each later take, as after an exception
   */
  boolean offer(long sequence, DeadLetter.Cause cause, int count, String group);

  /**
   * Returns whether {@link #offer} would refuse whatever it is given now. A group with something to
   * give up asks it, under no lock, before it says that a take would find something.
   */
  default boolean isFull() {
    return false;
  }
}
