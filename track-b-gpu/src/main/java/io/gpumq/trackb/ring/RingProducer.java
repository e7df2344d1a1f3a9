package io.gpumq.trackb.ring;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.spi.Deadline;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Claims slots of the ingress ring, has them written, publishes them. */
final class RingProducer implements Producer {
  /** Which call of a producer is under way: shared by the producers of all lanes. */
  static final class Call {
    private boolean writing;
  }

  private final RingQueue queue;
  private final IngressRing ring;
  private final Marks marks;
  private final Call call;

  /** Most slots of one claim: a long batch streams through the ring in several. */
  private final int mostSlots;

  private final Backoff backoff = new Backoff();
  private final Deadline deadline = Deadline.after(Duration.ZERO);
  private volatile boolean closed;

  RingProducer(RingQueue queue, IngressRing ring, Marks marks, Call call) {
    this.queue = queue;
    this.ring = ring;
    this.marks = marks;
    this.call = call;
    this.mostSlots = Math.max(1, ring.size() / 8);
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, false, 0, null, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, true, key, null, timeout);
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return trySend(payload, false, 0, null);
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return trySend(payload, true, key, null);
  }

  /**
   * Sends one message, waiting for room.
   *
   * @param group the only one that is to see it, or {@code null} for all
   */
  long send(ByteBuffer payload, boolean hasKey, long key, String group, Duration timeout)
      throws InterruptedException {
    Deadline.require("timeout", timeout);
    long sequence = trySend(payload, hasKey, key, group);
    if (sequence != FULL) {
      return sequence;
    }
    deadline.restart(timeout);
    backoff.reset();
    while (true) {
      awaitRoom(timeout, 0);
      try {
        sequence = trySend(payload, hasKey, key, group);
      } finally {
        queue.room().done();
      }
      if (sequence != FULL) {
        return sequence;
      }
    }
  }

  private long trySend(ByteBuffer payload, boolean hasKey, long key, String group) {
    requireLegal(payload);
    requireUsable();
    int from = payload.position();
    int length = payload.remaining();
    long sequence = ring.tryClaim(1);
    if (sequence == IngressRing.FULL) {
      return FULL;
    }
    boolean isWritten = false;
    try {
      requireOpenIntake();
      IngressRing.Slot slot = ring.slot(sequence);
      slot.payload().put(0, payload, from, length);
      if (hasKey) {
        marks.set(sequence, System.currentTimeMillis(), key);
      } else {
        marks.setAll(sequence, 1, System.currentTimeMillis());
      }
      if (group != null) {
        queue.targets().put(sequence, group);
      }
      slot.describe(sequence, length);
      queue.offerExpress(sequence, length);
      isWritten = true;
    } finally {
      // A claim is published whatever happened: everything behind it waits for that.
      if (isWritten) {
        ring.publish(sequence, sequence);
      } else {
        queue.targets().remove(sequence);
        ring.publishVoid(sequence, sequence);
      }
      leaveMemory();
    }
    queue.countSent(1, length);
    queue.state().requireAccepted(sequence);
    return sequence;
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    requireBatch(count, writer);
    Deadline.require("timeout", timeout);
    int sent = trySendBatch(count, writer);
    if (sent == count) {
      return;
    }
    deadline.restart(timeout);
    backoff.reset();
    while (sent < count) {
      awaitRoom(timeout, sent);
      int more;
      try {
        more = sendSome(sent, count, writer);
      } finally {
        queue.room().done();
      }
      sent += more;
      if (more > 0) {
        backoff.reset();
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
      requireOpenIntake();
      marks.setAll(first, slots, System.currentTimeMillis());
      call.writing = true;
      for (; next <= last; next++) {
        IngressRing.Slot slot = ring.slot(next);
        ByteBuffer payload = slot.payload();
        writer.write(from + (int) (next - first), payload);
        int length = payload.position();
        slot.describe(next, length);
        if (slots == 1) {
          queue.offerExpress(next, length);
        }
        bytes += length;
      }
    } finally {
      call.writing = false;
      // A claim is published whatever happened: everything behind it waits for that.
      ring.describeVoid(next, last);
      ring.publish(first, last);
      leaveMemory();
      queue.countSent((int) (next - first), bytes);
    }
    queue.state().requireAccepted(last);
    return slots;
  }

  /** Tells a queue that has closed meanwhile that nothing is written any more. */
  private void leaveMemory() {
    if (queue.state().isClosed()) {
      queue.lateWriters().leave();
    }
  }

  private void awaitRoom(Duration timeout, int accepted) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new SendInterruptedException(accepted);
    }
    if (deadline.isPassed()) {
      throw new QueueFullException(queue.whyFull(timeout), accepted);
    }
    if (!backoff.spin()) {
      try {
        queue.room().await(deadline, () -> false); // the line's own look finds a close
      } catch (InterruptedException e) {
        throw new SendInterruptedException(accepted);
      }
    }
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
    if (call.writing) {
      throw new IllegalStateException(
          "a writer sends by the producer that it writes for: open another producer for that");
    }
    if (closed) {
      throw new QueueClosedException("this producer is closed; open another");
    }
    queue.state().requireOpen();
  }

  /**
   * Asks again, behind the claim. A close stops the intake, then looks which sequences are claimed,
   * and waits for those: so either it sees this claim, or this sees that the intake has stopped.
   */
  private void requireOpenIntake() {
    queue.state().requireOpen();
  }

  @Override
  public void close() {
    closed = true;
    queue.room().wakeAll(); // a call that waits
  }
}
