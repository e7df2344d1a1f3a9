package io.gpumq.tracka;

import io.gpumq.api.QueueConfig;
import io.gpumq.spi.OpenQueues;
import java.util.List;

/**
 * Where the dead letters of a queue go: to another queue of the track, which is opened when it is
 * first wanted, and again when it was closed. Safe for use by many threads.
 */
final class Letters {
  private final QueueConfig config;
  private final OpenQueues<RedisQueue> queues;
  private final LetterWriter writer;

  /** As it was found last; null before. */
  private volatile RedisQueue found;

  /**
   * @param config of the queue whose letters these are
   */
  Letters(QueueConfig config, OpenQueues<RedisQueue> queues, LetterWriter writer) {
    this.config = config;
    this.queues = queues;
    this.writer = writer;
  }

  /** Returns the queue, opened if need be. */
  RedisQueue queue() {
    RedisQueue queue = found;
    if (queue == null || queue.isEnded()) {
      queue = queues.lettersOf(config);
      found = queue;
    }
    return queue;
  }

  /** Whether there is room for one more, as far as this can tell. Opens nothing. */
  boolean hasRoom() {
    RedisQueue queue = found;
    return queue == null || queue.isEnded() || queue.letterIntake().hasRoom();
  }

  /** What writes them. */
  LetterWriter writer() {
    return writer;
  }

  /**
   * Settles entries of a group by letters, from the first on, until there is no room for one.
   *
   * @param over the consumer's link
   * @return how many of them are settled
   */
  int write(Link over, Group by, List<Letter> letters) {
    return queues.isClosed() ? 0 : writer.write(over, queue(), by, letters);
  }
}
