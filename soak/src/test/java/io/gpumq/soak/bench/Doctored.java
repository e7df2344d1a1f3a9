package io.gpumq.soak.bench;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.ForwardingQueue;
import io.gpumq.reference.ReferenceTrack;
import io.gpumq.soak.workload.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A track in memory that does one wrong, once, to the messages that it accepts. */
public final class Doctored implements Track {
  /** What is done to the first batch of at least two messages. */
  public enum Fault {
    NONE,
    LOSE,
    DUPLICATE,
    REORDER,
    CORRUPT,
    /** The body of one message is that of the one before it. */
    OVERWRITE,
    DIE
  }

  private final Track honest = new ReferenceTrack();
  private final String name;
  private final Fault fault;
  private final AtomicBoolean done = new AtomicBoolean();

  public Doctored(String name, Fault fault) {
    this.name = name;
    this.fault = fault;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String device() {
    return "host";
  }

  @Override
  public String describe() {
    return "lists in memory";
  }

  @Override
  public long storeBytes() {
    return honest.storeBytes();
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return new Queue(honest.open(config));
  }

  @Override
  public void close() {
    honest.close();
  }

  @Override
  public MultiPoll multiPoll() {
    return honest.multiPoll();
  }

  @Override
  public List<MessageQueue> queues() {
    return honest.queues();
  }

  private final class Queue extends ForwardingQueue {
    Queue(MessageQueue queue) {
      super(queue);
    }

    @Override
    public Producer producer() {
      return new Sending(super.producer());
    }
  }

  private final class Sending implements Producer {
    private final Producer producer;

    Sending(Producer producer) {
      this.producer = producer;
    }

    @Override
    public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
      return producer.send(payload, timeout);
    }

    @Override
    public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
      return producer.send(key, payload, timeout);
    }

    @Override
    public long trySend(long key, ByteBuffer payload) {
      return producer.trySend(key, payload);
    }

    @Override
    public long trySend(ByteBuffer payload) {
      return producer.trySend(payload);
    }

    @Override
    public void sendBatch(int count, PayloadWriter writer, Duration timeout)
        throws InterruptedException {
      if (count < 2 || fault == Fault.NONE || done.getAndSet(true)) {
        producer.sendBatch(count, writer, timeout);
        return;
      }
      switch (fault) {
        case LOSE -> producer.sendBatch(count - 1, writer, timeout);
        case DUPLICATE ->
            producer.sendBatch(
                count + 1, (i, slot) -> writer.write(Math.min(i, count - 1), slot), timeout);
        case REORDER ->
            producer.sendBatch(count, (i, slot) -> writer.write(i < 2 ? 1 - i : i, slot), timeout);
        case CORRUPT ->
            producer.sendBatch(
                count,
                (i, slot) -> {
                  writer.write(i, slot);
                  if (i == 1) {
                    slot.put(30, (byte) (slot.get(30) ^ 1));
                  }
                },
                timeout);
        case OVERWRITE -> producer.sendBatch(count, overwriting(writer), timeout);
        default -> throw new IllegalStateException("the track died");
      }
    }

    private static PayloadWriter overwriting(PayloadWriter writer) {
      return (i, slot) -> {
        writer.write(i, slot);
        if (i == 1) {
          int end = slot.position();
          ByteBuffer before = ByteBuffer.allocate(end);
          writer.write(0, before);
          slot.put(Message.BODY_AT, before, Message.BODY_AT, end - Message.BODY_AT);
        }
      };
    }

    @Override
    public int trySendBatch(int count, PayloadWriter writer) {
      return producer.trySendBatch(count, writer);
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
