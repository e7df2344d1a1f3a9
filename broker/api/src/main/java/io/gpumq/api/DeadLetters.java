package io.gpumq.api;

import java.util.List;

/**
 * The dead-letter queue of one queue: messages that no handler could handle or no consumer would
 * acknowledge, oldest first.
 *
 * <p>It holds at most {@link QueueConfig#deadLetterCapacity()} letters. Nothing is dropped when it
 * is full: entries that should join it stay where they are, which holds their group back until
 * there is room. Safe for use by many threads.
 */
public interface DeadLetters {
  /** How many letters there are now. */
  int size();

  /** The oldest letters, which stay. */
  List<DeadLetter> peek(int max);

  /** Takes the oldest letters out. */
  List<DeadLetter> take(int max);
}
