package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.ReadLetters;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** What lies in Redis, and which commands it took to get there. */
@Tag("redis")
@Timeout(60)
class StreamTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private OwnRedis redis;
  private Jedis jedis;
  private Track track;

  @BeforeEach
  void open() {
    redis = OwnRedis.start(64);
    jedis = new Jedis(URI.create(redis.uri()));
    track = Tracks.open("a", TestRedis.options(redis.uri()));
  }

  @AfterEach
  void close() {
    track.close();
    jedis.close();
    redis.close();
  }

  @Test
  void leavesNothingBehind() throws Exception {
    var config = QueueConfig.named("tidy").handler("fail:every=2").maxMessages(64);
    for (boolean drained : new boolean[] {true, false}) {
      MessageQueue queue = track.open(config.build());
      try (Producer producer = queue.producer();
          Consumer consumer = queue.consumer("g", "c")) {
        producer.sendBatch(10, (index, slot) -> slot.putLong(Long.reverseBytes(index)), SOON);
        Batch batch = consumer.poll(64, SOON);
        assertEquals(5, batch.size());
        if (drained) {
          consumer.acknowledge(batch);
        }
        assertEquals(4, jedis.dbSize(), "two streams, of messages and letters, and whose they are");
        assertTrue(
            jedis.keys("*").stream().allMatch(key -> key.matches("gpumq:\\{tidy(.dead)?:.*")));
        assertEquals(drained, queue.close(Duration.ZERO).drained());
      }
      assertEquals(2, jedis.dbSize(), "the letters stay");
      assertEquals(5, ReadLetters.size(queue));
      queue.deadLetters().close();
      assertEquals(Set.of(), jedis.keys("*"));
    }
  }

  @Test
  void leavesNoConnectionBehind() throws Exception {
    MessageQueue queue = track.open(QueueConfig.named("connections").build());
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    assertTrue(connections() >= 3, "one a producer and consumer, beside the test's own");
    int before = connections();
    producer.close();
    consumer.close();
    Await.until("two connections less", () -> connections() == before - 2);
    queue.close();
    Await.until("the test's connection alone", () -> connections() == 1);
  }

  private int connections() {
    return (int) jedis.clientList().lines().filter(line -> !line.isBlank()).count();
  }

  @Test
  void sendsBatchesInPipelinesAndSettlesThemInOneCommand() throws Exception {
    MessageQueue queue = track.open(QueueConfig.named("pipes").maxMessages(1024).build());
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      jedis.configResetStat();
      producer.sendBatch(256, (index, slot) -> slot.put(new byte[64]), SOON);
      assertEquals(256, calls("xadd"));
      assertTrue(number("stats", "total_reads_processed") < 64, "packets, not messages, are read");
      Batch batch = consumer.poll(256, SOON);
      assertEquals(256, batch.size());
      assertEquals(256, consumer.acknowledge(batch));
      assertEquals(1, calls("xreadgroup"));
      assertEquals(1, calls("xack"));
    }
  }

  private long calls(String command) {
    String stats = jedis.info("commandstats");
    String line =
        stats.lines().filter(l -> l.startsWith("cmdstat_" + command + ":")).findAny().orElseThrow();
    return Long.parseLong(line.replaceFirst("[^:]*:calls=(\\d+),.*", "$1"));
  }

  private long number(String section, String field) {
    String line =
        jedis.info(section).lines().filter(l -> l.startsWith(field + ":")).findAny().orElseThrow();
    return Long.parseLong(line.substring(field.length() + 1));
  }

  @Test
  void trimsWhatEveryGroupHasSettled() throws Exception {
    int capacity = 64;
    MessageQueue queue = track.open(QueueConfig.named("trim").maxMessages(capacity).build());
    queue.createGroup("one");
    queue.createGroup("two");
    try (Producer producer = queue.producer();
        Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c")) {
      for (int round = 0; round < 20; round++) {
        producer.sendBatch(capacity / 2, (index, slot) -> slot.put((byte) 1), SOON);
        one.acknowledge(one.poll(capacity, SOON));
        two.acknowledge(two.poll(capacity, SOON));
        assertTrue(jedis.xlen(stream()) <= capacity, "the stream is longer than the capacity");
      }
      assertEquals(0, queue.stats().depth());
      assertEquals(20 * capacity / 2, queue.stats().sent());
    }
  }

  private String stream() {
    return jedis.keys("gpumq:*:stream").iterator().next();
  }

  /** No close, no acknowledgement: as when the process of a consumer is gone. */
  @Test
  void reclaimsWhatADeadConsumerLeft() throws Exception {
    var config = QueueConfig.named("dead").maxMessages(64).lease(Duration.ofMillis(200));
    MessageQueue queue = track.open(config.build());
    Consumer dead = queue.consumer("g", "dead");
    try (Producer producer = queue.producer();
        Consumer alive = queue.consumer("g", "alive")) {
      producer.sendBatch(8, (index, slot) -> slot.putInt(index), SOON);
      Set<Long> left = new HashSet<>();
      Batch lost = dead.poll(8, SOON);
      for (int i = 0; i < lost.size(); i++) {
        left.add(lost.get(i).sequence());
      }
      assertEquals(8, left.size());
      while (!left.isEmpty()) {
        Batch batch = alive.poll(8, SOON);
        assertFalse(batch.isEmpty(), "not reclaimed: " + left);
        for (int i = 0; i < batch.size(); i++) {
          assertTrue(left.remove(batch.get(i).sequence()));
          assertEquals(2, batch.get(i).deliveries());
        }
        alive.acknowledge(batch);
      }
      assertEquals(8, queue.stats().redelivered());
    }
    dead.close();
  }
}
