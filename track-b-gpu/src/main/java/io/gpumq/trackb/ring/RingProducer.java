package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Claims slots of the ingress ring, has them written, publishes them. */
final class RingProducer implements Producer {
  private final RingQueue queue;
  private final IngressRing ring;

  /** Most slots of one claim: a long batch streams through the ring in several. */
  private final int mostSlots;

  /** The only group that is to see what is sent, or null. */
  private final String target;

  private final Backoff backoff = new Backoff();
  private volatile boolean closed;

  /**
   * @param target the only group that is to see what is sent, or null for all
   */
  RingProducer(RingQueue queue, IngressRing ring, String target) {
    this.queue = queue;
    this.ring = ring;
    this.target = target;
    this.mostSlots = Math.max(1, ring.size() / 8);
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(false, 0, payload, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(true, key, payload, timeout);
  }

  private long send(boolean hasKey, long key, ByteBuffer payload, Duration timeout)
      throws InterruptedException {
    requireLegal(payload);
    RingConsumer.requireWait(timeout);
    long sequence = trySend(hasKey, key, payload);
    if (sequence != FULL) {
      return sequence;
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    backoff.reset();
    while ((sequence = trySend(hasKey, key, payload)) == FULL) {
      awaitRoom(deadline, timeout, 0);
    }
    return sequence;
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return trySend(false, 0, payload);
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return trySend(true, key, payload);
  }

  private long trySend(boolean hasKey, long key, ByteBuffer payload) {
    requireLegal(payload);
    requireUsable();
    long sequence = ring.tryClaim(1);
    if (sequence == IngressRing.FULL) {
      return FULL;
    }
    int length = payload.remaining();
    IngressRing.Slot slot = ring.slot(sequence);
    slot.payload().put(0, payload, payload.position(), length);
    slot.describe(sequence, length);
    if (target != null) {
      queue.targets().put(sequence, target);
    }
    if (hasKey) {
      queue.marks().put(sequence, System.currentTimeMillis(), key);
    } else {
      queue.marks().put(sequence, System.currentTimeMillis());
    }
    queue.offerExpress(sequence, length);
    ring.publish(sequence, sequence);
    queue.countSent(1, length);
    return sequence;
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    requireBatch(count, writer);
    RingConsumer.requireWait(timeout);
    int sent = trySendBatch(count, writer);
    if (sent == count) {
      return;
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    backoff.reset();
    while (sent < count) {
      int more = sendSome(sent, count, writer);
      sent += more;
      if (more > 0) {
        backoff.reset();
      } else {
        awaitRoom(deadline, timeout, sent);
      }
    }
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    requireBatch(count, writer);
    int sent = 0;
    for (int more; sent < count && (more = sendSome(sent, count, writer)) > 0; ) {
      sent += more;
    }
    return sent;
  }

  /** Sends messages from {@code from} on, as many as one claim may take and there is room for. */
  private int sendSome(int from, int count, PayloadWriter writer) {
    requireUsable();
    int slots = Math.min(count - from, mostSlots);
    long last = ring.tryClaim(slots);
    if (last == IngressRing.FULL) {
      slots = Math.min(slots, ring.room());
      if (slots < 1 || (last = ring.tryClaim(slots)) == IngressRing.FULL) {
        return 0;
      }
    }
    long first = last - slots + 1;
    long next = first;
    long bytes = 0;
    try {
      queue.marks().putAll(first, last, System.currentTimeMillis());
      for (; next <= last; next++) {
        IngressRing.Slot slot = ring.slot(next);
        ByteBuffer payload = slot.payload().clear();
        writer.write(from + (int) (next - first), payload);
        slot.describe(next, payload.position());
        if (slots == 1) {
          queue.offerExpress(next, payload.position());
        }
        bytes += payload.position();
      }
    } finally {
      // A claim must be published whatever happened; what was not written is void.
      for (long rest = next; rest <= last; rest++) {
        ring.slot(rest).describeVoid(rest);
      }
      ring.publish(first, last);
      queue.countSent((int) (next - first), bytes);
    }
    return slots;
  }

  private void awaitRoom(long deadline, Duration timeout, int accepted)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (System.nanoTime() >= deadline) {
      throw new QueueFullException(queue.fullness().describe(timeout), accepted);
    }
    backoff.pause();
  }

  private void requireLegal(ByteBuffer payload) {
    Objects.requireNonNull(
        payload, "payload: null; an empty payload is a message like any other, null is none");
    if (payload.remaining() > queue.config().slotBytes()) {
      throw new PayloadTooLargeException(
          "payload of "
              + payload.remaining()
              + " bytes: must be at most "
              + queue.config().slotBytes()
              + ", the slot size of queue '"
              + queue.name()
              + "'; send less, or open it with larger slots");
    }
  }

  private static void requireBatch(int count, PayloadWriter writer) {
    Objects.requireNonNull(writer, "writer");
    if (count < 0) {
      throw new ConfigException("count " + count + ": must be 0 or more");
    }
  }

  private void requireUsable() {
    if (closed) {
      throw new QueueClosedException("this producer is closed; open another");
    }
    queue.requireOpen();
  }

  @Override
  public void close() {
    closed = true;
  }
}
