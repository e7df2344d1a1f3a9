package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Device processes die while messages become dead letters and are replayed: each is delivered, a
 * letter, and delivered again, as it was sent, and each of that once. {@code
 * -Dgpumq.chaos.rounds=100} makes more deaths.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class LetterDeaths {
  private static final int DEATHS = 4 * IsolationScenarios.ROUNDS;
  private static final int ROUND = 400;
  private static final int MOST_BYTES = 3_000;
  private static final Duration BRIEFLY = Duration.ofMillis(2);

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicIntegerArray delivered = new AtomicIntegerArray(DEATHS * ROUND);
  private volatile boolean isOver;

  abstract Backend backend();

  @AfterEach
  void endThreads() {
    isOver = true;
    threads.shutdownNow();
  }

  private byte[] payload(int number) {
    Random content = new Random(seed ^ number);
    byte[] payload = new byte[Integer.BYTES + content.nextInt(MOST_BYTES)];
    content.nextBytes(payload);
    ByteBuffer.wrap(payload).putInt(number);
    return payload;
  }

  private int number(Entry entry) {
    byte[] payload = entry.payloadBytes();
    int number = ByteBuffer.wrap(payload).getInt();
    assertArrayEquals(payload(number), payload);
    return number;
  }

  @Test
  void eachIsALetterOnceAndReplayedOnce() throws Exception {
    System.out.println("-Dgpumq.seed=" + seed);
    Backend backend = backend();
    ProcessPlan plan = ProcessPlan.of(backend.name(), Map.of(), true);
    try (TestTracks.Isolated opened = TestTracks.isolated(backend, plan)) {
      MessageQueue queue =
          opened
              .track()
              .open(
                  QueueConfig.named("deaths")
                      .maxPayloadBytes(Integer.BYTES + MOST_BYTES)
                      .handler("crc32c")
                      .handlerAttempts(15)
                      .maxDeliveries(1)
                      .lease(Duration.ofMinutes(10))
                      .build());
      queue.createGroup("g");
      Future<Integer> done = threads.submit(() -> deliver(queue));
      Future<Integer> replayed = threads.submit(() -> replay(queue.deadLetters()));
      try (Producer producer = queue.producer()) {
        for (int round = 0; round < DEATHS; round++) {
          for (int i = 0; i < ROUND; i++) {
            producer.send(payload(round * ROUND + i), Await.DEADLINE);
          }
          Await.passed(Duration.ofMillis(random.nextInt(40)));
          long pid = Await.until("a process at work", opened.device()::pid, at -> at != 0);
          ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
      assertEquals(delivered.length(), done.get(120, TimeUnit.SECONDS));
      isOver = true;
      assertEquals(delivered.length(), replayed.get(20, TimeUnit.SECONDS));
      assertEquals(delivered.length(), queue.stats().deadLettered());
      assertEquals(0, queue.stats().depth());
      assertEquals(0, queue.deadLetters().stats().depth());
    }
  }

  /** Refuses what comes for the first time, which makes a letter of it. */
  private int deliver(MessageQueue queue) throws InterruptedException {
    int again = 0;
    try (Consumer consumer = queue.consumer("g", "c")) {
      while (again < delivered.length() && !isOver) {
        Batch batch = consumer.poll(64, BRIEFLY);
        for (int i = 0; i < batch.size(); i++) {
          Entry entry = batch.get(i);
          int number = number(entry);
          int times = delivered.incrementAndGet(number);
          assertTrue(times <= 2, () -> "message " + number + " came " + times + " times");
          if (times == 1) {
            consumer.refuse(entry.sequence(), Duration.ZERO);
          } else {
            consumer.acknowledge(entry.sequence());
            again++;
          }
        }
      }
    }
    return again;
  }

  private int replay(MessageQueue letters) throws InterruptedException {
    int replayed = 0;
    try (Consumer consumer = letters.consumer("repair", "c")) {
      while (!isOver) {
        Batch batch = consumer.poll(16, BRIEFLY);
        for (int i = 0; i < batch.size(); i++) {
          Entry letter = batch.get(i);
          assertEquals(1, delivered.get(number(letter)));
          consumer.replay(letter, Await.DEADLINE);
          replayed++;
        }
      }
    }
    return replayed;
  }
}
