package io.gpumq.reference;

import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Sends to a {@link ReferenceQueue}, a message at a time under its lock. */
final class ReferenceProducer implements Producer {
  private final ReferenceQueue queue;
  private volatile boolean closed;

  ReferenceProducer(ReferenceQueue queue) {
    this.queue = queue;
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    byte[] copy = checked(payload);
    return queue.locked(
        () -> {
          awaitRoom(timeout, System.nanoTime(), 0);
          return queue.append(copy);
        });
  }

  @Override
  public long trySend(ByteBuffer payload) {
    byte[] copy = checked(payload);
    return queue.locked(() -> hasRoom() ? queue.append(copy) : FULL);
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    ByteBuffer slot = ByteBuffer.allocate(queue.config().slotBytes());
    long start = System.nanoTime();
    queue.locked(
        () -> {
          requireOpen();
          for (int index = 0; index < count; index++) {
            awaitRoom(timeout, start, index);
            queue.append(write(writer, index, slot));
          }
          return null;
        });
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    ByteBuffer slot = ByteBuffer.allocate(queue.config().slotBytes());
    return queue.locked(
        () -> {
          int sent = 0;
          while (hasRoom() && sent < count) {
            queue.append(write(writer, sent++, slot));
          }
          return sent;
        });
  }

  @Override
  public void close() {
    closed = true;
    queue.wakeAll();
  }

  private void awaitRoom(Duration timeout, long startNanos, int accepted)
      throws InterruptedException {
    if (!queue.await(this::hasRoom, startNanos + timeout.toNanos())) {
      throw new QueueFullException(
          "queue " + queue.name() + ": no room in " + timeout + ", acknowledge or wait", accepted);
    }
  }

  private boolean hasRoom() {
    requireOpen();
    return queue.hasRoom();
  }

  private void requireOpen() {
    queue.requireIntake();
    if (closed) {
      throw new QueueClosedException("this producer of queue " + queue.name() + " is closed");
    }
  }

  private static byte[] write(PayloadWriter writer, int index, ByteBuffer slot) {
    slot.clear();
    writer.write(index, slot);
    return copy(slot.flip());
  }

  private byte[] checked(ByteBuffer payload) {
    int slotBytes = queue.config().slotBytes();
    if (payload.remaining() > slotBytes) {
      throw new PayloadTooLargeException(
          "payload of " + payload.remaining() + " bytes: must be at most " + slotBytes);
    }
    return copy(payload);
  }

  private static byte[] copy(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return bytes;
  }
}
