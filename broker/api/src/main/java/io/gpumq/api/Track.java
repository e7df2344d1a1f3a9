package io.gpumq.api;

import java.util.List;
import java.util.Optional;

/**
 * Carries messages in one way: Track A through Redis Streams, Track B through GPU memory.
 *
 * <p>Opened by {@link Tracks#open}. Safe for use by many threads.
 */
public interface Track extends AutoCloseable {
  /** Returns the track's short name, as given to {@link Tracks#open}: {@code a} or {@code b}. */
  String name();

  /** Returns the device that handles messages: {@code cuda} or {@code host}. */
  String device();

  /** Returns one line for people: what carries the messages, and on which hardware. */
  String describe();

  /**
   * Returns the bytes of memory that its queues' messages share, whatever lies beside them
   * included: Track B's store, Redis's {@code maxmemory}; {@link QueueConfig#NO_LIMIT} where nobody
   * says.
   */
  long storeBytes();

  /**
   * Opens a queue. On Track B it takes memory as it is filled, of a store that all queues share.
   *
   * @param config what it is to be
   * @return the queue, to be closed by the caller or with this track
   * @throws ConfigException if a queue of that name is open ({@link #queue} answers it), or this
   *     track cannot hold such a queue; the message says why, and what it could hold
   * @throws TrackFailedException if the track has failed
   */
  MessageQueue open(QueueConfig config);

  /** Returns the open queues, in the order of their names. */
  List<MessageQueue> queues();

  /** Returns the open queue of that name, if there is one. */
  default Optional<MessageQueue> queue(String name) {
    return queues().stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  /** Returns a way to poll many consumers of this track at once, for one thread at a time. */
  MultiPoll multiPoll();

  /**
   * Closes this track and its queues, as {@link MessageQueue#close()} does. The drain of a queue
   * whose close is under way is cut short. Closing twice is harmless.
   */
  @Override
  void close();
}
