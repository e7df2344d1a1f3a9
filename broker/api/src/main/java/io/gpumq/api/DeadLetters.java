package io.gpumq.api;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Keeps the dead letters of one queue, oldest first: messages that no handler could handle or no
 * consumer would acknowledge.
 *
 * <p>A letter is read as an entry is. {@link #take} leases it, {@link #acknowledge} settles it, and
 * a letter that nobody settles comes again. {@link #replay} sends its message once more.
 *
 * <p>A letter is known by its {@link DeadLetter#id()}. A message has one letter of each group that
 * gave it up, and one more each time that such a group was moved back and gave it up again. Each of
 * them is leased, settled and replayed alone.
 *
 * <p>There are at most {@link QueueConfig#deadLetterCapacity()} letters, leased ones included.
 * Nothing is dropped when they are full. Entries that should join them stay where they are, which
 * holds their group back until there is room. Safe for use by many threads.
 */
public interface DeadLetters {
  /** Returns how many letters there are now, leased ones included. */
  int size();

  /**
   * Returns the oldest letters, leased ones included, and leaves them as they are.
   *
   * @param max most letters, 0 or more
   * @throws ConfigException if {@code max} is negative
   */
  List<DeadLetter> peek(int max);

  /**
   * Takes the oldest letters that nobody has a lease of. They come again when the lease is over,
   * unless they are settled before.
   *
   * @param max most letters, 0 or more
   * @param lease how long nobody else is handed them, above zero, of any length
   * @throws ConfigException if {@code max} or {@code lease} is out of its range
   */
  List<DeadLetter> take(int max, Duration lease);

  /**
   * Settles letters for good, leased or not. A letter that is not there any more is passed over.
   *
   * @return how many this call settled
   */
  int acknowledge(Collection<DeadLetter> letters);

  /**
   * Sends a letter's message again, with its key, to one group alone, and settles the letter. Other
   * groups never see it. The message is handled and delivered as one that was sent now.
   *
   * @param group the name of one that is there, most often {@link DeadLetter#group()}
   * @param timeout how long to wait for room at most, zero or more, of any length
   * @return the message's new sequence
   * @throws NotPendingException if the letter is not there any more, or is being replayed
   * @throws ConfigException if there is no such group, or {@code timeout} is negative
   * @throws QueueFullException if there was no room in time; the letter stays
   * @throws QueueClosedException if the queue is closed or closing; the letter stays
   * @throws InterruptedException if the thread is interrupted while it waits; the letter stays
   */
  long replay(DeadLetter letter, String group, Duration timeout) throws InterruptedException;

  /**
   * Sends a letter's message again, with its key, to every group, and settles the letter. It
   * otherwise does as {@link #replay}.
   *
   * @return the message's new sequence
   */
  long replayToAll(DeadLetter letter, Duration timeout) throws InterruptedException;
}
