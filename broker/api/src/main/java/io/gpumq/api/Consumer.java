package io.gpumq.api;

import java.time.Duration;

/**
 * Reads one queue as a member of one group. It is for one thread at a time: a call beside another
 * throws {@link IllegalStateException}.
 *
 * <p>An entry that is polled is <i>pending</i> until it is acknowledged. It is leased to this
 * consumer for the queue's lease. After that it is redelivered to the consumer of the group that
 * polls next. An entry that has been delivered as often as the queue allows, and is not
 * acknowledged then, becomes a {@link DeadLetter}: an entry of {@link MessageQueue#deadLetters()}.
 *
 * <p>Every method throws {@link QueueClosedException} once the queue or this consumer is closed,
 * and {@link TrackFailedException} when what carries the queue has died (also out of a wait).
 */
public interface Consumer extends AutoCloseable {
  /** Returns the name of the group that this consumer reads for. */
  String group();

  /** Returns this consumer's name. */
  String name();

  /**
   * Takes the next entries: redeliveries that are due first, then new ones, in sequence order. In
   * {@link QueueConfig#strictOrder() strict order} nothing of a lane comes while the group has
   * entries of it out, this consumer's own included.
   *
   * @param max the most entries to take, 1 to 65,536; a track may hand out fewer at once
   * @param wait how long to wait for the first entry, of any length; zero asks and returns. The
   *     time of handlers that run within a poll, as on Track A, comes on top
   * @return the entries, empty if none came in time. They are valid until the next {@code poll} or
   *     {@code close} of this consumer, which reuse them
   * @throws ConfigException if {@code max} is out of its range or {@code wait} negative
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  Batch poll(int max, Duration wait) throws InterruptedException;

  /**
   * Acknowledges every entry of the last batch that this consumer still holds. An entry that was
   * acknowledged or refused meanwhile, by any consumer of the group, or handed to another after its
   * lease had ended, is left as it is.
   *
   * @param batch what the last {@link #poll} of this consumer returned
   * @return how many entries this call acknowledged
   * @throws ConfigException if {@code batch} is another, such as that of an earlier poll. Nothing
   *     is acknowledged then. Do not keep batches: a track may use a batch's object again some
   *     hundred polls later
   */
  int acknowledge(Batch batch);

  /**
   * Acknowledges one entry. Any consumer of the group may, as long as the entry is pending.
   *
   * @param sequence as {@link Entry#sequence()} told it
   * @throws NotPendingException if it is not pending in this group: never delivered, or
   *     acknowledged or dead-lettered before
   */
  void acknowledge(long sequence);

  /**
   * Refuses one pending entry: it is redelivered to the group after {@code delay}. The delivery
   * counts: an entry that was delivered as often as the queue allows becomes a dead letter.
   *
   * <p>In {@link QueueConfig#strictOrder() strict order} nothing of its lane comes to the group
   * before the delay is over, and nothing new before the entry is settled. This entry alone is
   * refused. The entries behind it in the same batch are with the consumer already: {@link
   * #giveBack give back} those with the same {@link Entry#key() key}.
   *
   * @param sequence as {@link Entry#sequence()} told it
   * @param delay zero or more, of any length; the lease does not bound it
   * @throws ConfigException if {@code delay} is negative; the entry stays as it is
   * @throws NotPendingException as {@link #acknowledge(long)}
   */
  void refuse(long sequence, Duration delay);

  /**
   * Gives one pending entry back that was not tried. It does as {@link #refuse}, but the delivery
   * does not count, so that it never makes a dead letter of the entry.
   *
   * @param sequence as {@link Entry#sequence()} told it
   * @param delay as in {@link #refuse}
   * @throws ConfigException if {@code delay} is negative; the entry stays as it is
   * @throws NotPendingException as {@link #acknowledge(long)}
   */
  void giveBack(long sequence, Duration delay);

  /**
   * Sends a dead letter's message once more, with its key, to the queue that gave it up, and
   * acknowledges the letter. Both happen in one step, so that no letter is replayed twice. The
   * message is handled and delivered as one that was sent now: to the group that gave it up alone,
   * or to all groups where the handler failed.
   *
   * @param letter an entry of this consumer's last poll that is still pending, with whomever
   * @param timeout how long to wait for room in that queue at most, zero or more, of any length
   * @return the message's new sequence there
   * @throws ConfigException if the entry is no dead letter or not of the last poll, its group is
   *     not there any more, or {@code timeout} is negative. The letter stays as it is, as it does
   *     where another exception is thrown
   * @throws QueueClosedException if its queue is not open on this track, or closing, too
   * @throws NotPendingException as {@link #acknowledge(long)}: another has settled or replayed it
   * @throws PayloadTooLargeException if its queue was opened anew, for smaller payloads
   * @throws QueueFullException if there was no room in time
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  long replay(Entry letter, Duration timeout) throws InterruptedException;

  /**
   * Sends a dead letter's message once more, to every group of the queue that gave it up, and
   * otherwise does as {@link #replay}.
   *
   * @return the message's new sequence there
   */
  long replayToAll(Entry letter, Duration timeout) throws InterruptedException;

  /**
   * Closes this consumer. Its unacknowledged entries are redelivered to the group at once. Any
   * thread may close it; a call that is under way then throws {@link QueueClosedException}. A batch
   * that is out ends: a look at an entry throws {@link IllegalStateException}, and bytes that were
   * looked at in that moment may be those of a later message. So who closes a consumer of another
   * thread lets nothing that this thread has read count, unless it was acknowledged. Closing twice
   * is harmless.
   */
  @Override
  void close();
}
