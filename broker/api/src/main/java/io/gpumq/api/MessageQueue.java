package io.gpumq.api;

import java.time.Duration;
import java.util.List;

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
   * Makes a group that starts at the {@link GroupStart#OLDEST oldest} entry still kept. Making a
   * group that exists changes nothing.
   *
   * @param group 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
   * @throws ConfigException if the name is not of these
   * @throws QueueClosedException if the queue is closed
   */
  default void createGroup(String group) {
    createGroup(group, GroupStart.OLDEST);
  }

  /**
   * Makes a group that starts where it is told to. Making a group that exists changes nothing.
   *
   * @param group as in {@link #createGroup(String)}
   * @throws ConfigException as {@link #createGroup(String)}
   * @throws QueueClosedException if the queue is closed
   */
  void createGroup(String group, GroupStart start);

  /**
   * Removes a group, with what is pending in it: it holds nothing back any more. Calls of its
   * consumers throw {@link QueueClosedException} from then on.
   *
   * @return whether there was one
   * @throws QueueClosedException if the queue is closed
   */
  boolean removeGroup(String group);

  /**
   * Moves a group: the next new entry that it is handed is the first from there on. What is pending
   * in it is forgotten: it neither comes again nor can be acknowledged.
   *
   * @throws ConfigException if there is no such group
   * @throws QueueClosedException if the queue is closed
   */
  void moveGroup(String group, GroupStart to);

  /**
   * Moves a group as {@link #moveGroup(String, GroupStart)} does, to a sequence; in a queue of
   * several lanes only in that sequence's lane.
   *
   * @param sequence an entry still kept, or the next to be sent
   * @throws ConfigException if there is no such group, or the sequence is out of this range, which
   *     the message names
   * @throws QueueClosedException if the queue is closed
   */
  void moveGroup(String group, long sequence);

  /**
   * Returns a snapshot of every group's figures, by name. Stays readable after {@link #close()}.
   */
  List<GroupStats> groups();

  /**
   * Closes an open consumer whose thread has died, say, so that another of its name can be opened:
   * as {@link Consumer#close()} does.
   *
   * @return whether there was one
   */
  boolean closeConsumer(String group, String name);

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

  /**
   * Returns what could not be handled or delivered. After {@link #close()} it stays as it was then:
   * letters can be read, taken and acknowledged, but not replayed.
   */
  DeadLetters deadLetters();

  /** Returns a snapshot of the counters. After {@link #close()} it tells what was true then. */
  QueueStats stats();

  /**
   * Stops intake, then waits until every group has settled every entry, or the deadline; then
   * releases what the queue holds. Consumers go on polling while it waits. Closing again returns
   * the first report; a close with a shorter drain cuts the wait of one that is under way short.
   *
   * <p>Every step of a close runs, whatever another throws; the first failure reaches every caller.
   *
   * @param drain how long to wait at most, of any length; zero closes at once
   * @return what was sent, acknowledged, dead-lettered, and left
   * @throws ConfigException if {@code drain} is negative; the queue stays open
   */
  CloseReport close(Duration drain);

  /** Closes at once: {@link #close(Duration) close(Duration.ZERO)}. */
  @Override
  default void close() {
    close(Duration.ZERO);
  }
}
