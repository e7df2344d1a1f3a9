package io.gpumq.spi;

import java.nio.ByteBuffer;

/**
 * Runs one handler over a batch: pack with {@link #put}, {@link #run}, read the results. For one
 * thread at a time.
 */
public interface BatchRunner extends AutoCloseable {
  /** Returns how many messages one batch may have. */
  int capacity();

  /**
   * Packs one payload into the batch.
   *
   * @param index 0 to {@code capacity() - 1}
   * @param payload at most the slot's bytes; copied
   */
  void put(int index, byte[] payload);

  /**
   * Copies payloads in, launches the handler once over them, copies payloads and results back.
   *
   * @param count how many, from index 0 on
   * @param attempt which run this is of these messages, from 1
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  void run(int count, int attempt);

  /** Returns the handler's error code for one message of the last run: 0 for success. */
  int error(int index);

  /**
   * Returns the payload that came back: read-only, valid until the next {@link #put} or {@link
   * #run}.
   */
  ByteBuffer payload(int index);

  /** Returns the result that came back: read-only, valid as {@link #payload}. */
  ByteBuffer result(int index);

  /** Gives the buffers back. */
  @Override
  void close();
}
