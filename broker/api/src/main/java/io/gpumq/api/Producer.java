package io.gpumq.api;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends messages to one queue. It is for one thread at a time; open one for each thread.
 *
 * <p>Messages of one producer keep their order. A payload is the bytes between a buffer's position
 * and its limit. Sending moves neither, and the buffer is free again when the call returns. An
 * empty payload is a message like any other; {@code null} is refused with a {@link
 * NullPointerException}.
 *
 * <p>Every method throws {@link QueueClosedException} once the queue or this producer is closed. It
 * throws {@link TrackFailedException} when what carries the queue has died, also out of a wait. It
 * throws {@link PayloadTooLargeException} for a payload over the queue's {@link
 * QueueConfig#maxPayloadBytes() largest}. None of the call's messages is sent then. A timeout is
 * zero or more, of any length; a negative one is refused with a {@link ConfigException}. Any thread
 * may call {@link #close()}.
 */
public interface Producer extends AutoCloseable {
  /** Stands for no room: what {@link #trySend(ByteBuffer)} answers then. */
  long FULL = -1;

  /**
   * Sends one message, waiting for room.
   *
   * @param payload 0 bytes to the queue's {@link QueueConfig#maxPayloadBytes() largest}
   * @param timeout how long to wait for room at most
   * @return the message's sequence
   * @throws QueueFullException if there was no room in time
   * @throws SendInterruptedException if the thread was interrupted while it waited; nothing is sent
   */
  long send(ByteBuffer payload, Duration timeout) throws InterruptedException;

  /** Sends as {@link #send(ByteBuffer, Duration)} does, the whole of an array. */
  default long send(byte[] payload, Duration timeout) throws InterruptedException {
    return send(ByteBuffer.wrap(payload), timeout);
  }

  /**
   * Sends one message if there is room now.
   *
   * @param payload 0 bytes to the queue's {@link QueueConfig#maxPayloadBytes() largest}
   * @return the message's sequence, or {@link #FULL}
   */
  long trySend(ByteBuffer payload);

  /**
   * Sends one message in the order of its key, waiting for room.
   *
   * <p>The messages of one key are handled, and delivered for the first time, in the order of their
   * sending, whichever producers sent them. In {@link QueueConfig#strictOrder() strict order} they
   * are never delivered in another. Messages of one producer with different keys, or without one,
   * may overtake each other where the queue has {@link QueueConfig#lanes() several lanes}.
   *
   * <p>The key stays with the message: consumers and dead letters show it ({@link Entry#key()}).
   *
   * @param key any number; keys are spread over the lanes
   * @param payload 0 bytes to the queue's {@link QueueConfig#maxPayloadBytes() largest}
   * @param timeout how long to wait for room in the key's lane at most
   * @return the message's sequence
   * @throws QueueFullException if there was no room in time
   * @throws SendInterruptedException if the thread was interrupted while it waited; nothing is sent
   */
  long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException;

  /** Sends as {@link #send(long, ByteBuffer, Duration)} does, the whole of an array. */
  default long send(long key, byte[] payload, Duration timeout) throws InterruptedException {
    return send(key, ByteBuffer.wrap(payload), timeout);
  }

  /**
   * Sends as {@link #send(long, ByteBuffer, Duration)} does, if there is room now.
   *
   * @param key any number; keys are spread over the lanes
   * @param payload 0 bytes to the queue's {@link QueueConfig#maxPayloadBytes() largest}
   * @return the message's sequence, or {@link #FULL}
   */
  long trySend(long key, ByteBuffer payload);

  /**
   * Sends {@code count} messages, waiting for room. The writer puts each straight to where it is
   * sent from. This is the fastest way in.
   *
   * <p>If the writer throws, its exception reaches the caller. Messages of this call that were
   * written before may have been sent; those after are not.
   *
   * <p>A writer that takes its time holds up what other producers of the lane send behind it: these
   * are delivered when it has returned. A writer does not send by its own producer. That is refused
   * with an {@link IllegalStateException}, which ends the batch as any of its exceptions does.
   *
   * @param count how many messages, 0 or more; there may be more than the queue keeps
   * @param writer called {@code count} times, on this thread
   * @param timeout how long to wait for room at most, over the whole call
   * @throws ConfigException if {@code count} is negative
   * @throws SendInterruptedException if the thread was interrupted; {@link
   *     SendInterruptedException#accepted()} says how many messages, from the first on, were sent
   * @throws QueueFullException if there was no room in time; {@link QueueFullException#accepted()}
   *     says how many messages, from the first on, were sent
   */
  void sendBatch(int count, PayloadWriter writer, Duration timeout) throws InterruptedException;

  /**
   * Sends as many of {@code count} messages as there is room for now, from the first on. It
   * otherwise does as {@link #sendBatch}.
   *
   * @param count how many messages at most, 0 or more
   * @param writer called once for each message that there is room for, on this thread
   * @return how many were sent, 0 to {@code count}
   */
  int trySendBatch(int count, PayloadWriter writer);

  /**
   * Closes this producer alone. Its messages stay sent. Any thread may close it; closing twice is
   * harmless.
   */
  @Override
  void close();

  /** Writes the payload of one message of a batch. */
  @FunctionalInterface
  interface PayloadWriter {
    /**
     * Puts the payload of message {@code index} into {@code slot}. The message is the bytes from 0
     * to the position that this call leaves.
     *
     * @param index 0 to count - 1, in rising order
     * @param slot room for the payload: position 0, limit the queue's largest payload, big endian
     *     as every new buffer. The next message finds these set anew. Do not keep it: it is moved
     *     to the next message
     */
    void write(int index, ByteBuffer slot);
  }
}
