package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.device.CudaBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What only a GPU can show: its VRAM, its kernels side by side, their end. */
@Tag("gpu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaRingTest {
  private static final Duration WAIT = Await.DEADLINE;

  private final RingDevice device = new LocalDevice(new CudaBackend(0, 0, 1000));

  @AfterAll
  void close() {
    device.close();
  }

  private RingQueue open(String name, int capacity, int slotBytes, String handler) {
    QueueConfig config =
        QueueConfig.named(name)
            .capacity(capacity)
            .slotBytes(slotBytes)
            .handler(handler)
            .lease(Duration.ofDays(1))
            .build();
    return new RingQueue(config, device, new Running());
  }

  private static void send(RingQueue queue, long from, int count) throws InterruptedException {
    int slotBytes = queue.config().slotBytes();
    try (Producer producer = queue.producer()) {
      producer.sendBatch(
          count, (i, to) -> Filled.write(from + i, to, Filled.length(from + i, slotBytes)), WAIT);
    }
  }

  private static void consume(RingQueue queue, long from, long end) throws InterruptedException {
    int slotBytes = queue.config().slotBytes();
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (long next = from; next < end; ) {
        Batch batch = consumer.poll(1024, WAIT);
        assertFalse(batch.isEmpty(), "nothing came after sequence " + next);
        for (int i = 0; i < batch.size(); i++, next++) {
          assertEquals(next, batch.get(i).sequence());
          Filled.check(batch.get(i), next, Filled.length(next, slotBytes));
        }
        consumer.acknowledge(batch);
      }
    }
  }

  @Test
  void aQueueBeyondTheVramSaysHowMuchThereIs() {
    var refusal =
        assertThrows(ConfigException.class, () -> open("vast", 1 << 22, 65_536, "crc32c").close());
    String why = refusal.getMessage();
    assertTrue(
        why.matches(
            "capacity 4194304 of 65552 bytes a slot: needs 274978570240 bytes of VRAM, and .+ has"
                + " [1-9][0-9]+ free; open a smaller queue"),
        why);
  }

  @Test
  @Tag("gpu-beside")
  void eightQueuesWorkAtOnceOnOneDevice() throws Exception {
    List<RingQueue> queues = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        queues.add(open("q" + i, 1 << (4 + i), 64 << i % 4, i % 2 == 0 ? "crc32c" : "echo"));
      }
      for (long round = 0; round < 50; round++) {
        for (RingQueue queue : queues) {
          send(queue, 10 * round, 10);
        }
        for (RingQueue queue : queues) {
          receive(queue, 10 * round, 10);
        }
      }
    } finally {
      for (RingQueue queue : queues) {
        queue.close(Duration.ZERO);
      }
    }
  }

  private static void receive(RingQueue queue, long first, int count) throws InterruptedException {
    if (queue.config().handler().equals("crc32c")) {
      consume(queue, first, first + count);
      return;
    }
    int slotBytes = queue.config().slotBytes();
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (long next = first; next < first + count; ) {
        Batch batch = consumer.poll(count, WAIT);
        for (int i = 0; i < batch.size(); i++, next++) {
          int length = Filled.length(next, slotBytes);
          assertEquals(Filled.payload(next, length), batch.get(i).payload());
        }
        consumer.acknowledge(batch);
      }
    }
  }

  /** The bound is a generous one: a kernel that looks at its stop word ends in microseconds. */
  @Test
  void anIdleAndALoadedKernelEndAtTheStopWord() throws Exception {
    RingQueue idle = open("idle", 1 << 16, 256, "crc32c");
    assertEndsSoon(idle, "idle");

    RingQueue loaded = open("loaded", 1 << 16, 256, "sha256");
    Thread sender =
        new Thread(
            () -> {
              try (Producer producer = loaded.producer()) {
                while (true) {
                  producer.sendBatch(1024, (i, to) -> Filled.write(i, to, 256), WAIT);
                }
              } catch (Exception e) {
                // The queue closes under it, which is what ends it.
              }
            });
    sender.start();
    Await.until("load", () -> loaded.stats().handled() > 10_000);
    assertEndsSoon(loaded, "loaded");
    sender.join();
  }

  private static void assertEndsSoon(RingQueue queue, String how) {
    long start = System.nanoTime();
    queue.close(Duration.ZERO);
    long micros = (System.nanoTime() - start) / 1000;
    System.out.println("close of an " + how + " queue on cuda: " + micros + " us");
    assertTrue(micros < 1_000_000, how + ": " + micros + " us");
  }

  @Test
  @Tag("gpu-slow")
  void fourGigabytesOfBacklogComeBackWhole() throws Exception {
    int capacity = 1 << 22;
    RingQueue queue = open("backlog", capacity, 1024, "crc32c");
    try {
      queue.createGroup("g");
      send(queue, 0, capacity);
      Await.until("all handled", () -> queue.completed() == capacity);
      try (Producer producer = queue.producer()) {
        assertEquals(Producer.FULL, producer.trySend(Filled.payload(capacity, 8)));
      }
      consume(queue, 0, capacity);
      send(queue, capacity, 100_000); // and on, over what was there
      consume(queue, capacity, capacity + 100_000);
    } finally {
      queue.close(Duration.ZERO);
    }
  }
}
