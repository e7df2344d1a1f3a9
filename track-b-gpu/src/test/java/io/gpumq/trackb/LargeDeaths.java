package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Device processes die while large messages are copied, handled and read, and their sender mostly
 * waits for the store: each arrives once, in order, with every byte and its result. {@code
 * -Dgpumq.chaos.rounds=100} makes more deaths.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class LargeDeaths {
  private static final int DEATHS = 4 * IsolationScenarios.ROUNDS;
  private static final int MOST_BYTES = 3 << 20;

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Workers workers = new Workers();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger received = new AtomicInteger();

  abstract Backend backend();

  @AfterEach
  void endWorkers() {
    isOver.set(true);
    workers.close();
  }

  /** Some are small, and go by the ring. */
  private byte[] payload(int number) {
    Random content = new Random(seed ^ number);
    byte[] payload = new byte[content.nextInt(number % 3 == 0 ? 1_000 : MOST_BYTES)];
    content.nextBytes(payload);
    return payload;
  }

  @Test
  void eachArrivesOnceAndWhole() throws Exception {
    System.out.println("-Dgpumq.seed=" + seed);
    Backend backend = backend();
    ProcessPlan plan = ProcessPlan.of(backend.name(), Map.of(), true);
    try (TestTracks.Isolated opened =
        TestTracks.isolated(backend, plan, Map.of("store.bytes", "16M"))) {
      MessageQueue queue =
          opened
              .track()
              .open(
                  QueueConfig.named("large-deaths")
                      .maxPayloadBytes(MOST_BYTES)
                      .handler("crc32c")
                      .handlerAttempts(15)
                      .lease(Duration.ofMinutes(10))
                      .build());
      queue.createGroup("g");
      var sent = workers.start(() -> send(queue));
      var receiver = workers.start(() -> receive(queue, sent));
      for (int death = 0; death < DEATHS; death++) {
        int before = received.get();
        Await.passed(Duration.ofMillis(random.nextInt(60)));
        // Or they would give up.
        Await.until("another message", () -> received.get() > before || receiver.isDone());
        assertFalse(receiver.isDone(), () -> "received no more: " + failureOf(receiver));
        long pid = Await.until("a process at work", opened.device()::pid, at -> at != 0);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      isOver.set(true);
      assertEquals(sent.join(), receiver.join());
      assertEquals(0, queue.stats().failed());
    }
  }

  private static Throwable failureOf(Workers.Worker<?> worker) {
    return assertThrows(Throwable.class, worker::join);
  }

  private int send(MessageQueue queue) throws InterruptedException {
    int next = 0;
    try (Producer producer = queue.producer()) {
      while (!isOver.get()) {
        producer.send(payload(next++), Await.DEADLINE);
      }
    }
    return next;
  }

  /** Goes on until the sender is done, and not only told to be: it may wait for room. */
  private int receive(MessageQueue queue, Workers.Worker<Integer> sent) throws Exception {
    int next = 0;
    try (Consumer consumer = queue.consumer("g", "c")) {
      while (!sent.isDone() || next < sent.join()) {
        Batch batch = consumer.poll(16, Duration.ofMillis(2));
        for (int i = 0; i < batch.size(); i++) {
          check(payload(next++), batch.get(i).payload(), batch.get(i).result());
          assertEquals(1, batch.get(i).deliveries());
          received.set(next);
        }
        consumer.acknowledge(batch);
      }
      assertTrue(consumer.poll(1, Duration.ZERO).isEmpty());
    }
    return next;
  }

  private static void check(byte[] sent, ByteBuffer payload, ByteBuffer result) {
    assertEquals(ByteBuffer.wrap(sent), payload);
    CRC32C crc = new CRC32C();
    crc.update(sent);
    assertEquals((int) crc.getValue(), result.order(ByteOrder.LITTLE_ENDIAN).getInt());
  }
}
