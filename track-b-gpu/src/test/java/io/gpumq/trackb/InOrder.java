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
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Handlers that run in the order of keys: messages that wait for others never wait for good, while
 * kernels change their size, handlers fail, and devices die. That they do wait is shown under
 * ThreadSanitizer, where a handler can tell ({@code LinkProtocolTsanTest}).
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class InOrder {
  private static final int MESSAGES = 6_000;
  private static final int KEYS = 5;
  private static final int MOST_BYTES = 200;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration BRIEFLY = Duration.ofMillis(5);

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /**
   * @param idleMillis after which a kernel becomes small
   */
  abstract Backend backend(int idleMillis);

  @Test
  void everyMessageIsHandledWhileKernelsChangeTheirSize() throws Exception {
    try (Track track = TestTracks.open(backend(1))) {
      Map<String, Integer> seen = carry(track, "sha256:order=key", 1);
      assertEquals(Map.of("delivered", MESSAGES, "letters", 0), seen);
    }
  }

  @Test
  void whatFailsAtFirstHoldsUpItsKeyAlone() throws Exception {
    try (Track track = TestTracks.open(backend(1000))) {
      Map<String, Integer> seen = carry(track, "fail:every=3,attempts=2,order=key", 4);
      assertEquals(Map.of("delivered", MESSAGES, "letters", 0), seen);
    }
  }

  @Test
  void whatKillsItsDeviceDoesNotHoldItsKeyForGood() throws Exception {
    Backend backend = backend(1000);
    ProcessPlan plan = ProcessPlan.of(backend.name(), Map.of(), true);
    try (TestTracks.Isolated opened = TestTracks.isolated(backend, plan)) {
      int every = MESSAGES / 3;
      Map<String, Integer> seen =
          carry(opened.track(), "fail:every=" + every + ",how=trap,order=key", 2);
      assertEquals(Map.of("delivered", MESSAGES - 3, "letters", 3), seen);
    }
  }

  /** Sends numbers from 0 on, receives what comes, and counts it. */
  private Map<String, Integer> carry(Track track, String handler, int lanes) throws Exception {
    System.out.println("-Dgpumq.seed=" + seed);
    QueueConfig.Builder config = QueueConfig.named("keys").handler(handler).lanes(lanes);
    MessageQueue queue =
        track.open(config.handlerAttempts(3).lease(Duration.ofMinutes(10)).build());
    queue.createGroup("g");
    Thread sender = new Thread(() -> send(queue));
    sender.start();
    long[] last = new long[KEYS];
    int delivered = 0;
    try (Consumer consumer = queue.consumer("g", "c")) {
      while (delivered + queue.stats().deadLettered() < MESSAGES) {
        Batch batch = consumer.poll(64, BRIEFLY); // what is left may become letters
        for (int i = 0; i < batch.size(); i++) {
          Entry entry = batch.get(i);
          long number = check(entry, handler);
          if (entry.hasKey()) {
            int key = (int) entry.key();
            assertTrue(number > last[key], number + " of key " + key + " behind " + last[key]);
            last[key] = number;
          }
        }
        delivered += consumer.acknowledge(batch);
        Await.passed(Duration.ofNanos(random.nextInt(1_000_000)));
      }
    }
    sender.join();
    int letters = (int) queue.stats().deadLettered();
    queue.close();
    return Map.of("delivered", delivered, "letters", letters);
  }

  /** Of few keys, so that many wait for each other, and some of none. */
  private void send(MessageQueue queue) {
    Random sizes = new Random(seed);
    try (Producer producer = queue.producer()) {
      for (int number = 1; number <= MESSAGES; number++) {
        byte[] payload = payload(number, Long.BYTES + sizes.nextInt(MOST_BYTES));
        int key = sizes.nextInt(KEYS + 1);
        if (key == KEYS) {
          producer.send(payload, LONG);
        } else {
          producer.send(key, payload, LONG);
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] payload(int number, int bytes) {
    byte[] payload = new byte[bytes];
    new Random(seed ^ number).nextBytes(payload);
    ByteBuffer.wrap(payload).putLong(Long.reverseBytes(number)); // as handlers read it
    return payload;
  }

  private long check(Entry entry, String handler) throws Exception {
    byte[] payload = entry.payloadBytes();
    int number = (int) Long.reverseBytes(ByteBuffer.wrap(payload).getLong());
    assertArrayEquals(payload(number, payload.length), payload);
    if (handler.startsWith("sha256")) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(payload);
      assertArrayEquals(digest, entry.resultBytes());
    }
    return number;
  }
}
