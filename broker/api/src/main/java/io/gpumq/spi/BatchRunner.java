package io.gpumq.spi;

import java.nio.ByteBuffer;

/**
 * Runs one handler over a batch: pack with {@link #put}, {@link #run}, read what came back. For one
 * thread at a time.
 */
public interface BatchRunner extends AutoCloseable {
  /** Most messages in one batch. */
  int capacity();

  /** Packs one payload into the batch, at {@code index} from 0. */
  void put(int index, byte[] payload);

  /**
   * Copies the first {@code count} payloads in, launches the handler once over them, copies
   * payloads and results back.
   *
   * @param attempt which run this is of these messages, from 1
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  void run(int count, int attempt);

  /** The handler's error code for one message of the last run: 0 for success. */
  int error(int index);

  /** The payload that came back: read-only, valid until the next {@link #put} or {@link #run}. */
  ByteBuffer payload(int index);

  /** The result that came back: read-only, valid as {@link #payload}. */
  ByteBuffer result(int index);

  @Override
  void close();
}
