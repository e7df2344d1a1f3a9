package io.gpumq.trackb.queue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/** A whole queue on a played device, with one producer and one consumer, all on one thread. */
final class PlayedQueue implements AutoCloseable {
  private static final long BYTES = 24L << 30;

  private final PlayedDevice device = new PlayedDevice(BYTES);
  private final Copier copier;
  private final Rings rings;
  private final MessageQueue queue;
  private final Producer producer;
  private final Consumer consumer;
  private final ByteBuffer payload;
  private final PayloadWriter writer;

  /**
   * @param bytes of each payload
   */
  PlayedQueue(int bytes) {
    Store store = new Store(new Arena(BYTES), BYTES / 64, () -> {});
    Upkeep upkeep = Upkeep.of(store);
    rings = new Rings(device, store, upkeep);
    copier = Copier.open(device.vram());
    QueueConfig config =
        QueueConfig.named("microbench").maxPayloadBytes(bytes).maxMessages(1 << 16).build();
    var none = PayloadLimit.of(Map.of());
    var alone = new OpenQueues<OpenQueue>("microbench", none, other -> null); // opens none
    queue =
        new Shop(rings, store, copier, upkeep, new Aging(), new Folding(), new Waiters(), alone)
            .open(config);
    producer = queue.producer();
    consumer = queue.consumer("group", "consumer");
    byte[] source = new byte[bytes];
    payload = ByteBuffer.wrap(source);
    writer = (index, slot) -> slot.put(source);
  }

  /** Sends so many messages. */
  void send(int count) {
    int sent = count == 1 ? single() : producer.trySendBatch(count, writer);
    if (sent != count) {
      throw new IllegalStateException("sent " + sent + " of " + count + ": the ring is full");
    }
  }

  /** Completes what was sent. */
  void complete() {
    device.complete();
  }

  private int single() {
    return producer.trySend(payload) == Producer.FULL ? 0 : 1;
  }

  Batch poll(int count) {
    try {
      Batch batch = consumer.poll(count, Duration.ZERO);
      if (batch.size() != count) {
        throw new IllegalStateException("found " + batch.size() + " entries of " + count);
      }
      return batch;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void acknowledge(Batch batch) {
    consumer.acknowledge(batch);
  }

  /** One turn of so many messages: write, claim, publish, complete, poll, look, acknowledge. */
  long turn(int count) {
    send(count);
    complete();
    Batch batch = poll(count);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += look(batch.get(i));
    }
    acknowledge(batch);
    return sum;
  }

  static long look(Entry entry) {
    ByteBuffer payload = entry.payload();
    return payload.remaining() + payload.getLong(payload.position());
  }

  /** Messages acknowledged so far. */
  long acknowledged() {
    return queue.stats().acknowledged();
  }

  @Override
  public void close() {
    queue.close(Duration.ZERO);
    rings.close();
    copier.close();
  }
}
