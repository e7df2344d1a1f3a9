package io.gpumq.api;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends messages to one queue. For one thread at a time; open one for each thread.
 *
 * <p>Messages of one producer keep their order. A payload is the bytes between a buffer's position
 * and its limit; sending does not move them, and the buffer is free again when the call returns. An
 * empty payload is a message like any other; {@code null} is refused with a {@link
 * NullPointerException}.
 *
 * <p>Every method throws {@link QueueClosedException} once the queue or this producer is closed,
 * {@link TrackFailedException} when what carries the queue has died (also out of a wait), and
 * {@link PayloadTooLargeException} for a payload over the queue's slot size; none of the call's
 * messages is sent then. A timeout is zero or more, of any length; a negative one is refused with a
 * {@link ConfigException}. {@link #close()} may be called by any thread.
 */
public interface Producer extends AutoCloseable {
  /** What {@link #trySend} answers when there is no room. */
  long FULL = -1;

  /**
   * Sends one message, waiting for room.
   *
   * @param timeout how long to wait for room at most
   * @return the message's sequence
   * @throws QueueFullException if there was no room in time
   */
  long send(ByteBuffer payload, Duration timeout) throws InterruptedException;

  /** {@link #send(ByteBuffer, Duration)} of a whole array. */
  default long send(byte[] payload, Duration timeout) throws InterruptedException {
    return send(ByteBuffer.wrap(payload), timeout);
  }

  /**
   * Sends one message if there is room now.
   *
   * @return the message's sequence, or {@link #FULL}
   */
  long trySend(ByteBuffer payload);

  /**
   * Sends one message in the order of its key, waiting for room: the messages of one key are
   * handled and delivered for the first time in the order of their sending, whichever producers
   * sent them, and in {@link QueueConfig#strictOrder() strict order} never in another. Messages of
   * one producer with different keys, or without one, may overtake each other where the queue has
   * {@link QueueConfig#lanes() several lanes}.
   *
   * <p>The key stays with the message: consumers and dead letters show it ({@link Entry#key()}).
   *
   * @param key any number; keys are spread over the lanes
   * @param timeout how long to wait for room in the key's lane at most
   * @return the message's sequence
   * @throws QueueFullException if there was no room in time
   */
  long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException;

  /** Sends as {@link #send(long, ByteBuffer, Duration)} does, the whole of an array. */
  default long send(long key, byte[] payload, Duration timeout) throws InterruptedException {
    return send(key, ByteBuffer.wrap(payload), timeout);
  }

  /**
   * {@link #send(long, ByteBuffer, Duration)} if there is room now.
   *
   * @return the message's sequence, or {@link #FULL}
   */
  long trySend(long key, ByteBuffer payload);

  /**
   * Sends {@code count} messages, each written by {@code writer} straight to where it is sent from,
   * waiting for room. The fastest way in.
   *
   * <p>If the writer throws, its exception reaches the caller; messages of this call that were
   * written before may have been sent, those after are not.
   *
   * <p>A writer that takes its time holds up what other producers of the lane send behind it: these
   * are delivered when it has returned. A writer does not send by its own producer: that is refused
   * with an {@link IllegalStateException}, which ends the batch as any of its exceptions does.
   *
   * @param timeout how long to wait for room at most, over the whole call
   * @throws SendInterruptedException if the thread was interrupted; {@link
   *     SendInterruptedException#accepted()} says how many messages, from the first on, were sent
   * @throws QueueFullException if there was no room in time; {@link QueueFullException#accepted()}
   *     says how many messages, from the first on, were sent
   */
  void sendBatch(int count, PayloadWriter writer, Duration timeout) throws InterruptedException;

  /**
   * Sends as many of {@code count} messages as there is room for now, from the first on.
   *
   * @return how many were sent, 0 to {@code count}
   */
  int trySendBatch(int count, PayloadWriter writer);

  /** Closes this producer alone. What it sent stays sent; closing twice is harmless. */
  @Override
  void close();

  /** Writes the payload of one message of a batch. */
  @FunctionalInterface
  interface PayloadWriter {
    /**
     * Puts the payload of message {@code index} into {@code slot}. The message is what lies between
     * 0 and the position that this call leaves.
     *
     * @param index 0 to count - 1, in rising order
     * @param slot position 0, limit the queue's slot size, big endian as every new buffer. What the
     *     call sets of these is forgotten behind it. Not to be kept: it is moved to the next
     *     message.
     */
    void write(int index, ByteBuffer slot);
  }
}
