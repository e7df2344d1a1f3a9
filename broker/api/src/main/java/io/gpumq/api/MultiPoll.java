package io.gpumq.api;

import java.util.List;

/**
 * Polls many consumers of a track at once, and waits for no entries. What Track B has to read from
 * GPU memory it reads for all of them together, so that a thread waits once for many short queues.
 *
 * <p>Made by {@link Track#multiPoll}. It is for one thread at a time, and so is each consumer while
 * it is polled. It holds nothing between two calls, and needs no close.
 */
public interface MultiPoll {
  /** Most consumers of one call. */
  int MOST = 1024;

  /**
   * Takes what is there for each of some consumers, as {@link Consumer#poll} does that does not
   * wait. Each consumer's last batch ends. Where the memory for large messages is taken, some get
   * nothing though there is something: they come first in the next call.
   *
   * @param consumers of this track, each of them once, {@value #MOST} at most
   * @param max the most entries that one of them takes, 1 to 65,536; a track may hand out fewer
   * @return the entries that all of them took
   * @throws ConfigException if {@code max} or the number of consumers is out of its range, or a
   *     consumer is of another track, and this one cannot poll it
   * @throws IllegalStateException if another thread is within a call of one of them, or one is
   *     named twice
   * @throws QueueClosedException if one of them is closed, or its queue. Where this or another
   *     exception is thrown, all that was taken is given back: it comes with the next poll
   * @throws InterruptedException if the thread is interrupted while handlers run within the call,
   *     as on Track A
   */
  int poll(List<? extends Consumer> consumers, int max) throws InterruptedException;

  /**
   * Returns what a consumer took in the last call that threw nothing: a batch of that consumer,
   * like one of its own polls.
   *
   * @param index of the consumer in the list of that call
   * @throws IndexOutOfBoundsException if there was none
   */
  Batch batch(int index);
}
