package io.gpumq.tracka;

import io.gpumq.api.QueueConfig;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;

/**
 * Runs the queue's handler over what a poll fetched: one launch over the batch, then one for each
 * further attempt at those that failed. For one thread at a time.
 */
final class BatchHandling implements Handling {
  private static final int MOST_BYTES = 16 << 20;
  private static final int MOST_MESSAGES = 4096;

  private final BatchDevice device;
  private final QueueConfig config;
  private final BatchRunner first;
  private final int[] slots; // in the first runner; -1 where the handler was not run
  private final int[] errors;
  private final byte[][] laterResults; // of those that a later attempt handled
  private final int[] failing;
  private BatchRunner later;

  BatchHandling(BatchDevice device, QueueConfig config) {
    int capacity = Math.min(MOST_MESSAGES, MOST_BYTES / Math.max(1, config.maxPayloadBytes()));
    this.device = device;
    this.config = config;
    this.first = device.runner(config.handler(), config.maxPayloadBytes(), capacity);
    this.slots = new int[capacity];
    this.errors = new int[capacity];
    this.laterResults = new byte[capacity][];
    this.failing = new int[capacity];
  }

  @Override
  public int capacity() {
    return slots.length;
  }

  @Override
  public void handle(RedisBatch batch) {
    int count = 0;
    for (int i = 0; i < batch.fetched(); i++) {
      int deliveries = batch.deliveriesAt(i);
      laterResults[i] = null;
      errors[i] = 0;
      slots[i] = -1;
      if (deliveries >= 1 && deliveries <= config.maxDeliveries()) {
        first.put(count, batch.payloadAt(i));
        slots[i] = count++;
      }
    }
    if (count == 0) {
      return;
    }
    first.run(count, 1);
    int failed = 0;
    for (int i = 0; i < batch.fetched(); i++) {
      if (slots[i] >= 0 && (errors[i] = first.error(slots[i])) != 0) {
        failing[failed++] = i;
      }
    }
    for (int attempt = 2; failed > 0 && attempt <= config.handlerAttempts(); attempt++) {
      failed = handleAgain(batch, failed, attempt);
    }
  }

  /** The first runner keeps what it handled, so those that failed go through another. */
  private int handleAgain(RedisBatch batch, int count, int attempt) {
    if (later == null) {
      later = device.runner(config.handler(), config.maxPayloadBytes(), capacity());
    }
    for (int i = 0; i < count; i++) {
      later.put(i, batch.payloadAt(failing[i]));
    }
    later.run(count, attempt);
    int failed = 0;
    for (int i = 0; i < count; i++) {
      int position = failing[i];
      errors[position] = later.error(i);
      if (errors[position] != 0) {
        failing[failed++] = position;
      } else {
        ByteBuffer result = later.result(i);
        laterResults[position] = new byte[result.remaining()];
        result.get(laterResults[position]);
      }
    }
    return failed;
  }

  @Override
  public int error(int position) {
    return errors[position];
  }

  @Override
  public ByteBuffer payload(int position) {
    return first.payload(slots[position]);
  }

  @Override
  public ByteBuffer result(int position) {
    byte[] kept = laterResults[position];
    return kept == null ? first.result(slots[position]) : ByteBuffer.wrap(kept).asReadOnlyBuffer();
  }

  @Override
  public void close() {
    first.close();
    if (later != null) {
      later.close();
    }
  }
}
