package io.gpumq.api;

import java.time.Duration;

/**
 * One queue: messages in the order of their sequences, read by any number of consumer groups.
 *
 * <p>Guarantees: an entry is kept until every group has acknowledged it; each group sees every
 * entry that was sent after the group was made, in sequence order; delivery is at least once. A
 * queue without a group keeps what it is sent.
 *
 * <p>Sequence order is the order of sending where the queue has one lane. Where it has {@link
 * QueueConfig#lanes() several}, each lane keeps the order of what is sent through it: the messages
 * of one producer stay in order, and those sent with one key, by whichever producers.
 *
 * <p>An entry that is delivered again comes after those that were delivered meanwhile, unless the
 * queue is in {@link QueueConfig#strictOrder() strict order}. There a group is handed entries of a
 * lane only while each of its pending ones of that lane is due. So it has one batch of a lane out
 * at a time; what lies behind an entry comes in one batch with it, or when it is settled, which is
 * to say acknowledged or dead-lettered; and what comes again comes in sequence order, before
 * anything new. Other lanes and other groups go on meanwhile. A dead letter leaves the order: the
 * rest goes on without it. And a lease must be longer than its consumer's work: when it ends, the
 * next consumer gets the entries, though the first may still be at them.
 *
 * <p>Safe for use by many threads; a {@link Producer} or {@link Consumer} taken from it is for one
 * thread at a time.
 */
public interface MessageQueue extends AutoCloseable {
  /** The name given in the configuration. */
  String name();

  /** The configuration that this queue was opened with. */
  QueueConfig config();

  /**
   * A new producer. Any number may send at once, each from one thread at a time.
   *
   * @throws QueueClosedException if the queue is closed
   */
  Producer producer();

  /**
   * Makes a group that starts at the oldest entry still kept. Making a group that exists changes
   * nothing.
   *
   * @param group 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
   * @throws ConfigException if the name is not of these
   * @throws QueueClosedException if the queue is closed
   */
  void createGroup(String group);

  /**
   * A new consumer in a group; the group is made if it does not exist. Several consumers of one
   * group share its entries.
   *
   * @param group as in {@link #createGroup}
   * @param name the consumer's name, under the same rule, at most one open consumer of that name in
   *     the group
   * @throws ConfigException if a name is not legal, or that of an open consumer of the group
   * @throws QueueClosedException if the queue is closed
   */
  Consumer consumer(String group, String name);

  /** What could not be handled or delivered. Stays readable after {@link #close()}. */
  DeadLetters deadLetters();

  /** A snapshot of the counters. Stays readable after {@link #close()}. */
  QueueStats stats();

  /**
   * Stops intake, then waits until every group has acknowledged every entry, or the deadline; then
   * releases what the queue holds. Consumers go on polling while it waits. Closing again returns
   * the first report.
   *
   * @param drain how long to wait at most; zero closes at once
   * @return what was sent, acknowledged, dead-lettered, and left
   */
  CloseReport close(Duration drain);

  /** Closes at once: {@link #close(Duration) close(Duration.ZERO)}. */
  @Override
  default void close() {
    close(Duration.ZERO);
  }
}
