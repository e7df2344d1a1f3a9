package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A Redis that is short of connections or of memory refuses one call, and loses nothing. */
@Tag("redis")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortRedisTest {
  private static final Duration SOON = Await.DEADLINE;

  private OwnRedis redis;
  private Jedis jedis;
  private Track track;
  private MessageQueue queue;

  @BeforeEach
  void open() {
    redis = OwnRedis.start(64);
    jedis = new Jedis(URI.create(redis.uri()));
    track = Tracks.open("a", TestRedis.options(redis.uri()));
    queue = track.open(QueueConfig.named("short").build());
  }

  @AfterEach
  void close() {
    track.close();
    jedis.close();
    redis.close();
  }

  private long connections() {
    return jedis.clientList().lines().count();
  }

  private static void exchange(Producer producer, Consumer consumer, byte[] payload)
      throws InterruptedException {
    producer.send(payload, SOON);
    Batch batch = consumer.poll(1, SOON);
    assertArrayEquals(payload, batch.get(0).payloadBytes());
    assertEquals(1, consumer.acknowledge(batch));
  }

  @Test
  void aConsumerTooManyIsRefusedAlone() throws Exception {
    Producer producer = queue.producer();
    Consumer one = queue.consumer("one", "c");
    Consumer two = queue.consumer("two", "c");
    jedis.configSet("maxclients", Long.toString(connections()));
    for (int i = 0; i < 3; i++) {
      assertThrows(TrackFailedException.class, () -> queue.consumer("one", "too-many"));
      exchange(producer, one, new byte[] {(byte) i});
      assertEquals(1, two.acknowledge(two.poll(1, SOON)));
    }
    jedis.configSet("maxclients", "1000");
    try (Consumer more = queue.consumer("one", "too-many")) {
      exchange(producer, more, new byte[] {7});
    }
    assertEquals(1, two.acknowledge(two.poll(1, SOON)));
    assertTrue(queue.close(Duration.ZERO).drained());
    Await.until("no connection but this test's", () -> connections() == 1);
    assertThrows(QueueClosedException.class, () -> one.acknowledge(0));
  }

  @Test
  void noRoomIsLostToABatchThatWasRefused() throws Exception {
    MessageQueue small = track.open(QueueConfig.named("small").capacity(64).build());
    Producer one = small.producer();
    Producer two = small.producer();
    Consumer consumer = small.consumer("g", "c");
    jedis.configSet("maxmemory", "1");
    Thread sends = new Thread(() -> sendOrGiveUp(one));
    sends.start();
    Await.until("it waits", () -> sends.getState() == Thread.State.TIMED_WAITING);
    jedis.configSet("maxmemory", "64mb");
    two.sendBatch(32, (index, slot) -> slot.put((byte) 1), SOON);
    sends.join();
    drain(consumer);
    for (int i = 0; i < 64; i++) {
      assertTrue(two.trySend(ByteBuffer.allocate(1)) != Producer.FULL, "room for message " + i);
    }
    drain(consumer);
    assertTrue(small.close(SOON).drained());
  }

  private static void drain(Consumer consumer) throws InterruptedException {
    for (Batch batch; !(batch = consumer.poll(64, Duration.ofMillis(100))).isEmpty(); ) {
      consumer.acknowledge(batch);
    }
  }

  private static void sendOrGiveUp(Producer producer) {
    try {
      producer.sendBatch(60, (index, slot) -> slot.put((byte) 3), SOON);
    } catch (GpuMqException | InterruptedException e) {
      // Either may be first: no room is lost, whatever comes of it.
    }
  }

  private static void sendAndFail(Producer producer, RuntimeException own)
      throws InterruptedException {
    producer.sendBatch(
        5,
        (index, slot) -> {
          if (index == 3) {
            throw own;
          }
          slot.put((byte) 99);
        },
        SOON);
  }

  @Test
  void aMessageRefusedForWantOfMemoryIsTheOnlyOne() throws Exception {
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    List<byte[]> accepted = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5; i++) {
        byte[] payload = {(byte) round, (byte) i};
        producer.send(payload, SOON);
        accepted.add(payload);
      }
      jedis.configSet("maxmemory", "1");
      assertThrows(
          GpuMqException.class, () -> producer.send(new byte[] {99}, Duration.ofMillis(50)));
      var own = new IllegalArgumentException("the writer's own");
      assertSame(own, assertThrows(RuntimeException.class, () -> sendAndFail(producer, own)));
      jedis.configSet("maxmemory", "64mb");
    }
    for (byte[] payload : accepted) {
      Batch batch = consumer.poll(1, SOON);
      assertArrayEquals(payload, batch.get(0).payloadBytes());
      assertEquals(1, consumer.acknowledge(batch));
    }
    exchange(producer, consumer, new byte[] {7});
    assertTrue(queue.close(Duration.ZERO).drained());
  }
}
