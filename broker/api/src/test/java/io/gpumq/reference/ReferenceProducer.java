package io.gpumq.reference;

import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.spi.Deadline;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.OptionalLong;

/** Sends to a {@link ReferenceQueue}, a message at a time under its lock. */
final class ReferenceProducer implements Producer {
  private final ReferenceQueue queue;
  private volatile boolean closed;
  private boolean writing;

  ReferenceProducer(ReferenceQueue queue) {
    this.queue = queue;
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, OptionalLong.empty(), timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, OptionalLong.of(key), timeout);
  }

  private long send(ByteBuffer payload, OptionalLong key, Duration timeout)
      throws InterruptedException {
    byte[] copy = checked(payload);
    Deadline.require("timeout", timeout);
    return queue.locked(
        () -> {
          awaitRoom(timeout, Deadline.after(timeout), 0);
          return queue.append(copy, key, null);
        });
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return trySend(payload, OptionalLong.empty());
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return trySend(payload, OptionalLong.of(key));
  }

  private long trySend(ByteBuffer payload, OptionalLong key) {
    byte[] copy = checked(payload);
    return queue.locked(() -> hasRoom() ? queue.append(copy, key, null) : FULL);
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    ByteBuffer slot = ByteBuffer.allocate(queue.config().maxPayloadBytes());
    Deadline.require("timeout", timeout);
    Deadline deadline = Deadline.after(timeout);
    queue.locked(
        () -> {
          requireOpen();
          for (int index = 0; index < count; index++) {
            awaitRoom(timeout, deadline, index);
            append(writer, index, slot);
          }
          return null;
        });
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    ByteBuffer slot = ByteBuffer.allocate(queue.config().maxPayloadBytes());
    return queue.locked(
        () -> {
          int sent = 0;
          while (hasRoom() && sent < count) {
            append(writer, sent++, slot);
          }
          return sent;
        });
  }

  @Override
  public void close() {
    closed = true;
    queue.wakeAll();
  }

  private void append(PayloadWriter writer, int index, ByteBuffer slot) {
    queue.append(write(writer, index, slot), OptionalLong.empty(), null);
  }

  private void awaitRoom(Duration timeout, Deadline deadline, int accepted)
      throws InterruptedException {
    try {
      if (queue.await(this::hasRoom, deadline)) {
        return;
      }
    } catch (InterruptedException e) {
      throw new SendInterruptedException(accepted);
    }
    throw new QueueFullException(
        "queue " + queue.name() + ": no room in " + timeout + "; " + queue.holders(), accepted);
  }

  private boolean hasRoom() {
    requireOpen();
    return queue.hasRoom();
  }

  private void requireOpen() {
    if (writing) {
      throw new IllegalStateException("a writer sends by the producer that it writes for");
    }
    queue.requireIntake();
    if (closed) {
      throw new QueueClosedException("this producer of queue " + queue.name() + " is closed");
    }
  }

  private byte[] write(PayloadWriter writer, int index, ByteBuffer slot) {
    slot.clear().order(ByteOrder.BIG_ENDIAN);
    writing = true;
    try {
      writer.write(index, slot);
    } finally {
      writing = false;
    }
    return copy(slot.flip());
  }

  private byte[] checked(ByteBuffer payload) {
    int maxPayloadBytes = queue.config().maxPayloadBytes();
    if (payload.remaining() > maxPayloadBytes) {
      throw new PayloadTooLargeException(
          "payload of " + payload.remaining() + " bytes: must be at most " + maxPayloadBytes);
    }
    return copy(payload);
  }

  private static byte[] copy(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return bytes;
  }
}
