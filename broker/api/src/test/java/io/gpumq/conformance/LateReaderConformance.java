package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Leases that end while an entry is read, is looked at, or is about to be acknowledged: its bytes
 * stay what they are until the next poll, whoever settles it, and nothing is lost.
 */
abstract class LateReaderConformance extends QueueTest {
  private static final int READERS = 3;
  private static final int MESSAGES = 1_500;

  LateReaderConformance(TrackFixture on) {
    super(on);
  }

  /** What the message of that number holds: a part of it is like no other's. */
  private byte[] message(int number) {
    return Numbered.payload(number, new Random(seed + number));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void neverReadAnothersBytesNorLoseAMessage(int lanes) throws Exception {
    MessageQueue queue =
        open(
            config()
                .maxMessages(16 * lanes)
                .lanes(lanes)
                .lease(Duration.ofMillis(1))
                .maxDeliveries(1_000));
    queue.createGroup("g");
    AtomicIntegerArray seen = new AtomicIntegerArray(MESSAGES);
    AtomicBoolean stop = new AtomicBoolean();
    for (int i = 0; i < READERS; i++) {
      int reader = i;
      workers.start(() -> read(queue, reader, seen, stop));
    }
    try (Producer producer = queue.producer()) {
      for (int number = 0; number < MESSAGES; number++) {
        producer.send(number % 64, ByteBuffer.wrap(message(number)), SOON);
      }
    }
    Await.until("all settled", () -> queue.stats().depth() == 0);
    stop.set(true);
    workers.joinAll();
    for (int number = 0; number < MESSAGES; number++) {
      assertEquals(1, Math.min(1, seen.get(number)), "message " + number + " never came");
    }
    assertEquals(0, ReadLetters.size(queue));
  }

  private Void read(MessageQueue queue, int reader, AtomicIntegerArray seen, AtomicBoolean stop)
      throws InterruptedException {
    Random random = new Random(seed ^ reader);
    try (Consumer consumer = queue.consumer("g", "reader-" + reader)) {
      while (!stop.get()) {
        Batch batch = consumer.poll(1 + random.nextInt(6), BRIEFLY);
        checkBytes(batch, seen);
        if (random.nextInt(4) == 0) {
          Await.passed(Duration.ofMillis(2)); // longer than the lease
          checkBytes(batch, seen);
        }
        settle(consumer, batch, random);
      }
    }
    return null;
  }

  private void checkBytes(Batch batch, AtomicIntegerArray seen) {
    for (int i = 0; i < batch.size(); i++) {
      ByteBuffer payload = batch.get(i).payload();
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      int number = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertArrayEquals(message(number), bytes, "message " + number);
      assertEquals(number % 64, batch.get(i).key());
      seen.incrementAndGet(number);
    }
  }

  /** Settles a batch at once or one by one, some of it twice, in the order that it has. */
  private static void settle(Consumer consumer, Batch batch, Random random) {
    if (random.nextBoolean()) {
      consumer.acknowledge(batch);
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      long sequence = batch.get(i).sequence();
      try {
        if (random.nextInt(8) == 0) {
          consumer.refuse(sequence, Duration.ZERO);
        }
        consumer.acknowledge(sequence);
      } catch (NotPendingException e) {
        // Somebody has settled it since the lease ended.
      }
    }
  }
}
