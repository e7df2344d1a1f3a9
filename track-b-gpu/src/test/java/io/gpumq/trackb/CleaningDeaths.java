package io.gpumq.trackb;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Device processes die while segments are cleaned: a store that is nearly full lets much more pass
 * than it has room for, and what stays comes again as it was. {@code -Dgpumq.chaos.rounds=100}
 * makes more deaths.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class CleaningDeaths {
  private static final int DEATHS = 4 * IsolationScenarios.ROUNDS;
  private static final int BATCH = 500;
  private static final int BATCHES = 4;
  private static final int MOST_BYTES = 600;
  private static final int KEPT = 200;

  private final Random random = new Random(Long.getLong("gpumq.seed", System.nanoTime()));
  private final ExecutorService killer = Executors.newSingleThreadExecutor();
  private final List<Long> kept = new ArrayList<>();
  private long sent;

  abstract Backend backend();

  @AfterEach
  void endThread() {
    killer.shutdownNow();
  }

  @Test
  void whatStaysComesAgainAsItWas() throws Exception {
    Backend backend = backend();
    ProcessPlan plan = ProcessPlan.of(backend.name(), Map.of(), true);
    try (TestTracks.Isolated opened =
        TestTracks.isolated(backend, plan, Map.of("store.bytes", "8M"))) {
      MessageQueue queue =
          opened
              .track()
              .open(
                  QueueConfig.named("q")
                      .maxPayloadBytes(MOST_BYTES)
                      .handler("crc32c")
                      .handlerAttempts(15)
                      .maxDeliveries(100)
                      .lease(Duration.ofDays(1))
                      .build());
      queue.createGroup("g");
      try (Producer producer = queue.producer();
          Consumer consumer = queue.consumer("g", "c")) {
        fillMost(opened);
        for (int death = 0; death < DEATHS; death++) {
          Future<?> killing = killer.submit(() -> kill(opened));
          for (int batch = 0; batch < BATCHES; batch++) {
            send(producer);
            take(consumer);
          }
          killing.get();
        }
      }
      assertKept(queue);
    }
  }

  /** Another queue leaves little room: so segments are cleaned all the time. */
  private static void fillMost(TestTracks.Isolated opened) {
    MessageQueue other = opened.track().open(QueueConfig.named("o").maxBytes(6 << 20).build());
    try (Producer producer = other.producer()) {
      while (other.stats().storeBytes() < 5 << 20) {
        producer.trySend(ByteBuffer.allocate(500));
      }
    }
  }

  private Void kill(TestTracks.Isolated opened) {
    Await.passed(Duration.ofMillis(random.nextInt(40)));
    long pid = Await.until("a process at work", opened.device()::pid, at -> at != 0);
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    return null;
  }

  private void send(Producer producer) throws InterruptedException {
    long from = sent;
    producer.sendBatch(
        BATCH,
        (i, to) -> Filled.write(from + i, to, Filled.length(from + i, MOST_BYTES)),
        Await.DEADLINE);
    sent += BATCH;
  }

  private static void check(Entry entry) {
    Filled.check(entry, entry.sequence(), Filled.length(entry.sequence(), MOST_BYTES));
  }

  /** Takes a batch, and leaves one in some unacknowledged. */
  private void take(Consumer consumer) throws InterruptedException {
    for (int taken = 0; taken < BATCH; ) {
      Batch batch = consumer.poll(BATCH, Await.DEADLINE);
      assertTrue(batch.size() > 0, "entries are missing");
      for (int i = 0; i < batch.size(); i++) {
        Entry entry = batch.get(i);
        check(entry);
        if (entry.sequence() % KEPT == 7) {
          kept.add(entry.sequence());
        } else {
          consumer.acknowledge(entry.sequence());
        }
      }
      taken += batch.size();
    }
  }

  private void assertKept(MessageQueue queue) throws InterruptedException {
    List<Long> found = new ArrayList<>();
    try (Consumer heir = queue.consumer("g", "heir")) {
      while (found.size() < kept.size()) {
        Batch batch = heir.poll(BATCH, Await.DEADLINE);
        assertTrue(batch.size() > 0, () -> "only " + found + " of " + kept);
        for (int i = 0; i < batch.size(); i++) {
          check(batch.get(i));
          found.add(batch.get(i).sequence());
        }
        heir.acknowledge(batch);
      }
    }
    found.sort(null);
    assertEquals(kept, found);
    assertEquals(0, queue.stats().depth());
  }
}
