package io.gpumq.soak.bench;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Track;
import io.gpumq.reference.ReferenceTrack;
import java.nio.ByteBuffer;
import java.time.Duration;
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
  public MessageQueue open(QueueConfig config) {
    return new Queue(honest.open(config));
  }

  @Override
  public void close() {
    honest.close();
  }

  private final class Queue implements MessageQueue {
    private final MessageQueue queue;

    Queue(MessageQueue queue) {
      this.queue = queue;
    }

    @Override
    public String name() {
      return queue.name();
    }

    @Override
    public QueueConfig config() {
      return queue.config();
    }

    @Override
    public Producer producer() {
      return new Sending(queue.producer());
    }

    @Override
    public void createGroup(String group) {
      queue.createGroup(group);
    }

    @Override
    public Consumer consumer(String group, String consumer) {
      return queue.consumer(group, consumer);
    }

    @Override
    public DeadLetters deadLetters() {
      return queue.deadLetters();
    }

    @Override
    public QueueStats stats() {
      return queue.stats();
    }

    @Override
    public CloseReport close(Duration drain) {
      return queue.close(drain);
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
        default -> throw new IllegalStateException("the track died");
      }
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
