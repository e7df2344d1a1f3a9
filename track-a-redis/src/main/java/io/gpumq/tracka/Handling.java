package io.gpumq.tracka;

import java.nio.ByteBuffer;

/** What is made of a poll's entries before a consumer sees them. For one thread at a time. */
interface Handling extends AutoCloseable {
  /** Most messages at once. */
  int capacity();

  /**
   * Handles the batch, except what was delivered too often or is gone.
   *
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  void handle(RedisBatch batch);

  /** The handler's error code at the last attempt; 0 for success. */
  int error(int position);

  ByteBuffer payload(int position);

  ByteBuffer result(int position);

  @Override
  void close();
}
