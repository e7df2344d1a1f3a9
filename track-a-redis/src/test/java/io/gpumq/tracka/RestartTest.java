package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.ReadLetters;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Redis dies while a queue is in use: it comes back, or it does not. */
@Tag("redis")
@Timeout(120)
class RestartTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final List<String> VOLATILE = List.of("--save", "", "--appendonly", "no");

  @TempDir Path folder;

  /** Everything that was confirmed is there afterwards. */
  private List<String> persistent() {
    return List.of(
        "--dir", folder.toString(), "--save", "", "--appendonly", "yes", "--appendfsync", "always");
  }

  private static Track open(String uri, int reconnectTimeoutMs) {
    return Tracks.open(
        "a",
        new TrackOptions(
            "host",
            Map.of(
                RedisSettings.URI_KEY,
                uri,
                RedisSettings.RECONNECT_TIMEOUT_KEY,
                Integer.toString(reconnectTimeoutMs))));
  }

  private static <T> FutureTask<T> start(Callable<T> body) {
    var task = new FutureTask<>(body);
    Thread thread = new Thread(task, "restart-test");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  @Test
  void carriesOnThroughCrashesWithoutLossOrDoubleSending() throws Exception {
    int producers = 2;
    int messages = 6_000; // of each producer
    int port = OwnRedis.freePort();
    OwnRedis redis = OwnRedis.start(port, persistent());
    Map<Integer, Set<Long>> seen = new ConcurrentHashMap<>();
    Set<Long> settled = new ConcurrentSkipListSet<>();
    AtomicInteger sent = new AtomicInteger();
    AtomicInteger settledTwice = new AtomicInteger();
    try (Track track = open(redis.uri(), 30_000)) {
      MessageQueue queue =
          track.open(QueueConfig.named("crash").maxMessages(1024).maxDeliveries(1000).build());
      queue.createGroup("g");
      List<FutureTask<?>> tasks = new ArrayList<>();
      for (int p = 0; p < producers; p++) {
        int base = p * messages;
        tasks.add(start(() -> sendAll(queue, base, messages, sent)));
      }
      for (String name : List.of("one", "two")) {
        tasks.add(
            start(
                () -> consumeAll(queue, name, seen, settled, settledTwice, producers * messages)));
      }
      for (int crash = 1; crash <= 3; crash++) {
        int enough = crash * producers * messages / 4;
        Await.until("messages under way", () -> sent.get() >= enough);
        redis.kill();
        redis = OwnRedis.start(port, persistent());
      }
      for (FutureTask<?> task : tasks) {
        task.get(100, TimeUnit.SECONDS);
      }
      assertEquals(producers * messages, seen.size(), "messages lost");
      seen.forEach((number, as) -> assertEquals(1, as.size(), "sent twice: " + number));
      assertEquals(0, settledTwice.get(), "delivered after their acknowledgement");
      CloseReport report = queue.close(SOON);
      assertTrue(report.drained());
      assertEquals(producers * messages, report.stats().sent());
      assertEquals(producers * messages, report.stats().acknowledged());
    } finally {
      redis.close();
    }
  }

  private static Void sendAll(MessageQueue queue, int base, int count, AtomicInteger sent)
      throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (int done = 0; done < count; done += 50) {
        int from = base + done;
        producer.sendBatch(50, (index, slot) -> slot.putInt(from + index), SOON);
        sent.addAndGet(50);
      }
    }
    return null;
  }

  private static Void consumeAll(
      MessageQueue queue,
      String name,
      Map<Integer, Set<Long>> seen,
      Set<Long> settled,
      AtomicInteger settledTwice,
      int messages)
      throws InterruptedException {
    try (Consumer consumer = queue.consumer("g", name)) {
      while (settled.size() < messages) {
        Batch batch = consumer.poll(100, Duration.ofMillis(100));
        for (int i = 0; i < batch.size(); i++) {
          ByteBuffer payload = batch.get(i).payload();
          long sequence = batch.get(i).sequence();
          seen.computeIfAbsent(payload.getInt(), n -> new ConcurrentSkipListSet<>()).add(sequence);
          settledTwice.addAndGet(settled.contains(sequence) ? 1 : 0);
        }
        consumer.acknowledge(batch);
        for (int i = 0; i < batch.size(); i++) {
          settled.add(batch.get(i).sequence());
        }
      }
    }
    return null;
  }

  @Test
  void tellsEveryWaiterWhenRedisStaysAway() throws Exception {
    OwnRedis redis = OwnRedis.start();
    try (Track track = open(redis.uri(), 200)) {
      MessageQueue queue = track.open(QueueConfig.named("away").maxMessages(2).build());
      Producer producer = queue.producer();
      producer.sendBatch(2, (index, slot) -> slot.putInt(index), SOON);
      Consumer holder = queue.consumer("g", "holder");
      assertEquals(2, holder.poll(8, SOON).size());
      Consumer idle = queue.consumer("g", "idle");
      var polling = start(() -> idle.poll(1, FOREVER));
      var sending = start(() -> producer.send(new byte[8], FOREVER));
      redis.kill();
      for (FutureTask<?> waiting : List.of(polling, sending)) {
        var error = assertThrows(ExecutionException.class, () -> waiting.get(60, TimeUnit.SECONDS));
        assertTrue(error.getCause() instanceof TrackFailedException, error.toString());
        assertTrue(error.getCause().getMessage().contains(redis.uri()), error.toString());
      }
      Class<TrackFailedException> failed = TrackFailedException.class;
      assertThrows(failed, () -> producer.trySend(ByteBuffer.allocate(8)));
      assertThrows(failed, () -> holder.poll(1, Duration.ZERO));
      assertThrows(failed, () -> holder.acknowledge(1));
      assertThrows(failed, () -> ReadLetters.peek(queue, 1));
      assertThrows(failed, () -> track.open(QueueConfig.named("another").build()));
      assertEquals(2, queue.stats().depth());
      CloseReport report = queue.close(FOREVER);
      assertFalse(report.drained());
      assertEquals(2, report.left());
      assertEquals(report, queue.close(SOON));
      holder.close();
      assertThrows(failed, () -> ReadLetters.peek(queue, 1), "gone with Redis, not silently empty");
    } finally {
      redis.close();
    }
  }

  @Test
  void saysSoWhenRedisComesBackWithoutItsData() throws Exception {
    int port = OwnRedis.freePort();
    OwnRedis redis = OwnRedis.start(port, VOLATILE);
    try (Track track = open(redis.uri(), 30_000)) {
      MessageQueue queue = track.open(QueueConfig.named("forgetful").build());
      Producer producer = queue.producer();
      producer.send(new byte[8], SOON);
      redis.kill();
      redis = OwnRedis.start(port, VOLATILE);
      var error = assertThrows(TrackFailedException.class, () -> producer.send(new byte[8], SOON));
      assertTrue(error.getMessage().contains("appendonly"), error.getMessage());
    } finally {
      redis.close();
    }
  }

  /** A queue is not kept from closing by a Redis that restarted while nobody used it. */
  @Test
  void leavesNothingInARedisThatRestarted() throws Exception {
    int port = OwnRedis.freePort();
    OwnRedis redis = OwnRedis.start(port, persistent());
    try (Track track = open(redis.uri(), 30_000)) {
      MessageQueue queue = track.open(QueueConfig.named("tidy").build());
      queue.producer().send(new byte[8], SOON);
      redis.kill();
      redis = OwnRedis.start(port, persistent());
      try (var jedis = new Jedis(redis.uri())) {
        assertEquals(2, jedis.dbSize());
        assertEquals(1, queue.close(Duration.ZERO).left());
        assertEquals(0, jedis.dbSize());
      }
    } finally {
      redis.close();
    }
  }
}
