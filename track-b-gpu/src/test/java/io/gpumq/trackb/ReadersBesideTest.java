package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers and consumers beside trims, deletions and closes: nobody sees bytes of another. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadersBesideTest {
  private static final int SENT = 10_000;

  private final Track track =
      Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "8M")));
  private final Workers workers = new Workers();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong sent = new AtomicLong();

  @AfterEach
  void close() {
    stop.set(true);
    workers.close();
    track.close();
  }

  private MessageQueue open(String name) {
    return track.open(
        QueueConfig.named(name)
            .maxMessages(2_000)
            .maxPayloadBytes(64)
            .lease(Duration.ofMinutes(10))
            .retention(Retention.untilNeeded())
            .build());
  }

  /** Each message says its own sequence, by a producer alone. */
  private Object send(MessageQueue queue) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      ByteBuffer payload = ByteBuffer.allocate(64);
      for (long next = 0; next < SENT && !stop.get(); next++) {
        payload.putLong(0, next).limit(8 + (int) (next % 57));
        assertEquals(next, producer.send(payload, Duration.ofSeconds(60)));
        sent.set(next + 1);
      }
    } catch (QueueClosedException e) {
      // The test ends so.
    }
    stop.set(true);
    return null;
  }

  private static void check(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      var entry = batch.get(i);
      var payload = entry.payload();
      assertEquals(entry.sequence(), payload.getLong(payload.position()));
      assertEquals(8 + entry.sequence() % 57, payload.remaining());
    }
  }

  private Object read(MessageQueue queue) {
    try (Reader reader = queue.reader()) {
      for (Random random = ThreadLocalRandom.current(); !stop.get(); ) {
        long oldest = reader.oldest(0);
        long position = oldest + random.nextInt((int) Math.max(1, reader.end(0) - oldest));
        check(
            random.nextBoolean()
                ? reader.from(position, 1 + random.nextInt(200))
                : reader.before(position, 1 + random.nextInt(200)));
      }
    } catch (QueueClosedException e) {
      // The test ends so.
    }
    return null;
  }

  private Object consume(MessageQueue queue) throws InterruptedException {
    try (Consumer consumer = queue.consumer("g", "c")) {
      while (!stop.get()) {
        Batch batch = consumer.poll(100, Duration.ofMillis(1));
        check(batch);
        if (!batch.isEmpty() && ThreadLocalRandom.current().nextInt(8) == 0) {
          acknowledgeOne(consumer, batch.get(0).sequence());
        }
        consumer.acknowledge(batch);
      }
    } catch (QueueClosedException e) {
      // The test ends so.
    }
    return null;
  }

  private static void acknowledgeOne(Consumer consumer, long sequence) {
    try {
      consumer.acknowledge(sequence);
    } catch (NotPendingException e) {
      // It was trimmed or deleted meanwhile.
    }
  }

  private Object take(MessageQueue queue) {
    Random random = ThreadLocalRandom.current();
    try {
      while (!stop.get()) {
        long below = Math.max(1, sent.get());
        switch (random.nextInt(4)) {
          case 0 -> queue.trim(Trim.toMessages(random.nextInt(1_500)));
          case 1 -> queue.trim(Trim.below(Math.max(0, below - random.nextInt(1_000))));
          case 2 -> queue.trim(Trim.toBytes(random.nextInt(100_000)));
          default -> {
            for (int i = 0; i < 50; i++) {
              queue.delete(Math.max(0, below - 1 - random.nextInt(1_000)));
            }
          }
        }
      }
    } catch (QueueClosedException e) {
      // The test ends so.
    }
    return null;
  }

  @Test
  void trimsAndDeletions() throws Exception {
    MessageQueue queue = open("q");
    var all =
        List.of(
            workers.start(() -> send(queue)),
            workers.start(() -> consume(queue)),
            workers.start(() -> read(queue)),
            workers.start(() -> read(queue)),
            workers.start(() -> take(queue)));
    for (var each : all) {
      each.join();
    }
    queue.createGroup("last");
    queue.trim(Trim.toMessages(0));
    assertEquals(0, queue.stats().depth());
  }

  @Test
  void closes() throws Exception {
    for (int round = 0; round < 12; round++) {
      stop.set(false);
      sent.set(0);
      MessageQueue queue = open("q");
      var all =
          List.of(
              workers.start(() -> send(queue)),
              workers.start(() -> consume(queue)),
              workers.start(() -> read(queue)),
              workers.start(() -> take(queue)));
      while (sent.get() < 50 * round) {
        Thread.onSpinWait();
      }
      queue.close();
      for (var each : all) {
        each.join();
      }
    }
  }
}
