package io.gpumq.api;

import java.time.Duration;

/**
 * Reads one queue as a member of one group. For one thread at a time.
 *
 * <p>An entry that is polled is <i>pending</i> until it is acknowledged. It is leased to this
 * consumer for the queue's lease; after that it is redelivered to whichever consumer of the group
 * polls next. An entry that has been delivered as often as the queue allows, and is not
 * acknowledged then, goes to the {@link DeadLetters}.
 *
 * <p>Every method throws {@link QueueClosedException} once the queue or this consumer is closed,
 * and {@link TrackFailedException} when what carries the queue has died (also out of a wait).
 */
public interface Consumer extends AutoCloseable {
  /** The group that this consumer reads for. */
  String group();

  /** This consumer's name. */
  String name();

  /**
   * Takes the next entries: redeliveries that are due first, then new ones, in sequence order. In
   * {@link QueueConfig#strictOrder() strict order} nothing of a lane comes while the group has
   * entries of it out, this consumer's own included.
   *
   * @param max the most entries to take, 1 to 65,536; a track may hand out fewer at once
   * @param wait how long to wait for the first entry; zero asks and returns
   * @return the entries, empty if none came in time. Valid until the next {@code poll} or {@code
   *     close} of this consumer, which reuse it.
   * @throws ConfigException if {@code max} is out of its range
   */
  Batch poll(int max, Duration wait) throws InterruptedException;

  /**
   * Acknowledges every entry of a batch that is still pending; entries that were acknowledged or
   * refused one by one are left as they are.
   *
   * @return how many entries this call acknowledged
   */
  int acknowledge(Batch batch);

  /**
   * Acknowledges one entry. Any consumer of the group may, as long as the entry is pending.
   *
   * @throws NotPendingException if it is not pending in this group: never delivered, or
   *     acknowledged or dead-lettered before
   */
  void acknowledge(long sequence);

  /**
   * Hands one pending entry back: it is redelivered to the group after {@code delay}.
   *
   * <p>In {@link QueueConfig#strictOrder() strict order} nothing of its lane comes to the group
   * before the delay is over, and nothing new before the entry is settled. It alone is handed back:
   * what lies behind it in the same batch is with the consumer already, who alone knows what of
   * that has the same key, and refuses this, too.
   *
   * @param delay zero to the queue's lease
   * @throws ConfigException if {@code delay} is out of its range; the entry stays as it is
   * @throws NotPendingException as {@link #acknowledge(long)}
   */
  void refuse(long sequence, Duration delay);

  /**
   * Closes this consumer. What it holds unacknowledged is redelivered to the group at once; closing
   * twice is harmless.
   */
  @Override
  void close();
}
