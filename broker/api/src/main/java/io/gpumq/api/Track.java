package io.gpumq.api;

import java.util.List;
import java.util.Optional;

/**
 * An opened way of carrying messages: Track A through Redis Streams, Track B through the ring in
 * VRAM.
 *
 * <p>Opened by {@link Tracks#open}. Safe for use by many threads. Closing it closes its queues, as
 * {@link MessageQueue#close()} does, also one whose drain is under way: it is cut short. Closing
 * twice is harmless.
 */
public interface Track extends AutoCloseable {
  /** The track's short name, as given to {@link Tracks#open}: {@code a} or {@code b}. */
  String name();

  /** The device that handles messages: {@code cuda} or {@code host}. */
  String device();

  /** One line for people: what carries the messages, and on which hardware. */
  String describe();

  /**
   * Opens a queue.
   *
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

  @Override
  void close();
}
