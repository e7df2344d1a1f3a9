package io.gpumq.api;

import java.time.Duration;
import java.util.List;

/**
 * Carries messages in the order of their sequences to any number of consumer groups.
 *
 * <p>An entry is kept until every group has settled it: acknowledged, or dead-lettered; or for
 * longer, by the queue's {@link QueueConfig#retention() retention}. Each group sees every entry
 * that was sent after the group was made, in sequence order. Delivery is at least once. A queue
 * without a group keeps what it is sent, if its retention is none.
 *
 * <p>Sequence order is the order of sending where the queue has one lane. Where it has {@link
 * QueueConfig#lanes() several}, each lane keeps the order of what is sent through it: the messages
 * of one producer stay in order, and those sent with one key, by whichever producers.
 *
 * <p>An entry that is delivered again comes after those that were delivered meanwhile, unless the
 * queue is in {@link QueueConfig#strictOrder() strict order}. There a group is handed entries of a
 * lane only while each of its pending ones of that lane is due. So it has one batch of a lane out
 * at a time. An entry behind another comes in one batch with it, or when that is settled. What
 * comes again comes in sequence order, before anything new. Other lanes and other groups go on
 * meanwhile. A dead letter leaves the order: the rest goes on without it. A lease must be longer
 * than its consumer's work: when it ends, the next consumer gets the entries, though the first may
 * still be at them.
 *
 * <p>Safe for use by many threads. A {@link Producer} or {@link Consumer} taken from it is for one
 * thread at a time. Calls that open a producer or a consumer, or change a group, throw {@link
 * TrackFailedException} once what carries the queue has died.
 */
public interface MessageQueue extends AutoCloseable {
  /** Returns the name given in the configuration. */
  String name();

  /** Returns the configuration that this queue was opened with. */
  QueueConfig config();

  /**
   * Opens a new producer. Any number may send at once, each from one thread at a time.
   *
   * @throws ConfigException if this queue {@link QueueConfig#keepsLetters() keeps letters}: they
   *     alone get there
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
   * @param start where it begins to read
   * @throws ConfigException as {@link #createGroup(String)}
   * @throws QueueClosedException if the queue is closed
   */
  void createGroup(String group, GroupStart start);

  /**
   * Removes a group, with what is pending in it: it holds nothing back any more. Calls of its
   * consumers throw {@link QueueClosedException} from then on.
   *
   * @param group the name of one, or of none
   * @return whether there was one
   * @throws QueueClosedException if the queue is closed
   */
  boolean removeGroup(String group);

  /**
   * Moves a group: the next new entry that it is handed is the first from there on. The group
   * forgets what is pending in it: that neither comes again nor can be acknowledged. It forgets how
   * often entries were delivered to it, too.
   *
   * @param group the name of one that is there
   * @param to where it goes on to read
   * @throws ConfigException if there is no such group
   * @throws QueueClosedException if the queue is closed
   */
  void moveGroup(String group, GroupStart to);

  /**
   * Moves a group as {@link #moveGroup(String, GroupStart)} does, to a sequence. In a queue of
   * several lanes it moves in that sequence's lane alone.
   *
   * @param group the name of one that is there
   * @param sequence an entry still kept, or the next to be sent
   * @throws ConfigException if there is no such group, or the sequence is out of this range, which
   *     the message names
   * @throws QueueClosedException if the queue is closed
   */
  void moveGroup(String group, long sequence);

  /**
   * Deletes messages, wherever they lie: they are not delivered any more, nor read. Where one is
   * pending, the group is done with it: to acknowledge it throws {@link NotPendingException}, as
   * for an entry that is settled. A batch that is out keeps its bytes. A message that is deleted
   * before its handler has failed becomes no dead letter.
   *
   * <p>It has no part of {@link QueueConfig#maxMessages()} any more. On Track B its memory goes
   * back with that of the entries beside it.
   *
   * @param sequences of any messages, in any order
   * @return how many of them were there. A message that all groups have settled may be gone, or
   *     not; one whose handler has failed is a dead letter, and none of this queue
   * @throws QueueClosedException if the queue is closed
   * @throws TrackFailedException if what carries the queue has died
   */
  int delete(long... sequences);

  /**
   * Takes the oldest messages out, whether they are settled or not. Where one is pending, its group
   * is done with it, as after {@link #delete}. On Track B what was sent before the call is handled
   * first: this waits for it. A message of which a dead letter is being made, and all behind it,
   * stays. On Track A handlers run when a message is polled: one that nobody has polled goes, too.
   *
   * @param to which messages go; in a queue of several lanes from each, as {@link Trim} says
   * @return how many of them were there, settled ones included
   * @throws ConfigException if {@code to} names a position of no lane that there is; on Track A,
   *     which does not count bytes, if it is {@link Trim.ToBytes}
   * @throws QueueClosedException if the queue is closed
   * @throws TrackFailedException if what carries the queue has died
   */
  long trim(Trim to);

  /**
   * Opens a reader of this queue's messages by their positions. Any number may read at once.
   *
   * @throws QueueClosedException if the queue is closed
   */
  Reader reader();

  /**
   * Returns a snapshot of every group's figures, by name. After {@link #close()} it tells what was
   * true then.
   */
  List<GroupStats> groups();

  /**
   * Closes an open consumer as {@link Consumer#close()} does. Another of its name can be opened
   * then, such as for one whose thread has died.
   *
   * @param group the consumer's group
   * @param name the consumer's name
   * @return whether there was one
   */
  boolean closeConsumer(String group, String name);

  /**
   * Opens a new consumer in a group, and makes the group, at the oldest entry still kept, if there
   * is none. Several consumers of one group share its entries.
   *
   * @param group as in {@link #createGroup}
   * @param name the consumer's name, under the same rule. No open consumer of the group may have it
   * @throws ConfigException if a name is not legal, or that of an open consumer of the group
   * @throws QueueClosedException if the queue is closed
   */
  Consumer consumer(String group, String name);

  /**
   * Waits without a thread until a poll of a group may not come back empty. A hundred thousand may
   * wait so; see {@link Waiting} for the order in which they are told. Consumers that wait in a
   * poll stand in the same line on Track B.
   *
   * @param group the name of one that is there
   * @param max how many entries the listener will poll at most, 1 or more: so many of those that
   *     are there are its own while it has its turn
   * @param limit how long at most, zero or more, of any length; kept to some milliseconds, and
   *     never short
   * @param listener is told once what has ended the wait, unless that is cancelled before
   * @throws ConfigException if there is no such group, or {@code max} or {@code limit} is out of
   *     its range
   * @throws QueueClosedException if the queue is closed
   */
  Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener);

  /**
   * Returns the queue of this track that keeps what this one gives up, {@link
   * QueueConfig#deadLetters()}. It is opened when it is first asked for here, or with the first
   * letter, unless it is open. Its entries say by {@link Entry#letter()} why they are there, and
   * {@link Consumer#replay} sends them back. It stays open when this queue closes. If it is closed
   * itself, its letters are gone, and the next one opens it anew.
   *
   * @throws ConfigException if a queue of that name is open that {@link QueueConfig#keepsLetters()
   *     keeps no letters}
   * @throws TrackFailedException if the track is closed, or has failed
   */
  MessageQueue deadLetters();

  /** Returns a snapshot of the counters. After {@link #close()} it tells what was true then. */
  QueueStats stats();

  /**
   * Stops the intake, waits until every group has settled every entry or the time is over, then
   * gives back what the queue holds. Consumers go on polling while it waits. Closing again returns
   * the first report. A close with a shorter drain cuts the wait of one that is under way short.
   *
   * <p>Every step of a close runs, whatever another throws. The first failure reaches every caller.
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
