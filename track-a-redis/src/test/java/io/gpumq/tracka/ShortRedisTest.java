package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

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
  void aConsumerTooManyMakesNoGroup() throws Exception {
    jedis.configSet("maxclients", Long.toString(connections()));
    assertThrows(TrackFailedException.class, () -> queue.consumer("new", "too-many"));
    assertEquals(List.of(), queue.groups());
    jedis.configSet("maxclients", "1000");
    try (Consumer consumer = queue.consumer("new", "c")) {
      exchange(queue.producer(), consumer, new byte[] {7});
    }
  }

  /** Without memory no group can be made; all that there is goes on. */
  @Test
  void aGroupRefusedForWantOfMemoryIsTheOnlyOne() throws Exception {
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    byte[] payload = {1, 2, 3};
    long sequence = producer.send(payload, SOON);
    jedis.configSet("maxmemory", "1");
    assertThrows(TrackFailedException.class, () -> queue.createGroup("h"));
    assertThrows(TrackFailedException.class, () -> queue.consumer("h", "c"));
    Batch batch = consumer.poll(1, SOON);
    assertArrayEquals(payload, batch.get(0).payloadBytes());
    consumer.refuse(sequence, Duration.ZERO);
    assertEquals(2, consumer.poll(1, SOON).get(0).deliveries());
    consumer.acknowledge(sequence);
    assertEquals(1, queue.groups().size());
    assertThrows(TrackFailedException.class, () -> queue.moveGroup("g", GroupStart.NOW));
    queue.consumer("g", "closed").close();
    jedis.configSet("maxmemory", "64mb");
    queue.createGroup("h");
    queue.moveGroup("h", GroupStart.NOW);
    assertTrue(queue.removeGroup("h"));
    exchange(producer, consumer, new byte[] {7});
    assertTrue(queue.close(Duration.ZERO).drained());
  }

  /** Redis takes no write at all: every call that writes is refused, and can be made again. */
  @Test
  void callsRefusedForWantOfReplicasCanBeMadeAgain() throws Exception {
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    producer.send(new byte[] {1}, SOON);
    producer.send(new byte[] {2}, SOON);
    Batch batch = consumer.poll(1, SOON);
    long sequence = batch.get(0).sequence();
    jedis.configSet("min-replicas-to-write", "1");
    assertThrows(TrackFailedException.class, () -> consumer.acknowledge(batch));
    assertThrows(TrackFailedException.class, () -> consumer.acknowledge(sequence));
    assertThrows(TrackFailedException.class, () -> consumer.refuse(sequence, Duration.ZERO));
    assertThrows(TrackFailedException.class, () -> queue.removeGroup("g"));
    assertThrows(TrackFailedException.class, () -> queue.moveGroup("g", GroupStart.OLDEST));
    assertThrows(
        QueueFullException.class, () -> producer.send(new byte[] {3}, Duration.ofMillis(50)));
    jedis.configSet("min-replicas-to-write", "0");
    consumer.acknowledge(sequence);
    Batch next = consumer.poll(1, SOON);
    assertArrayEquals(new byte[] {2}, next.get(0).payloadBytes());
    assertEquals(1, next.get(0).deliveries());
    assertEquals(1, consumer.acknowledge(next));
    exchange(producer, consumer, new byte[] {7});
    assertTrue(queue.close(Duration.ZERO).drained());
  }

  /** Another client's script keeps Redis from all else: whoever asks waits for its end. */
  @Test
  void aScriptOfAnotherIsWaitedFor() throws Exception {
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    jedis.configSet("lua-time-limit", "10");
    for (int round = 0; round < 5; round++) {
      Thread script = new Thread(this::runForAWhile);
      script.start();
      Await.until("it runs", this::isBusy);
      exchange(producer, consumer, new byte[] {(byte) round});
      script.join();
    }
    assertTrue(queue.close(SOON).drained());
  }

  /** Ends by itself after half a second. */
  private void runForAWhile() {
    try (Jedis other = new Jedis(URI.create(redis.uri()))) {
      other.eval(
          """
          local start = redis.call('TIME')
          repeat
            local now = redis.call('TIME')
            local millis = (now[1] - start[1]) * 1000 + (now[2] - start[2]) / 1000
          until millis > 500
          """);
    }
  }

  private boolean isBusy() {
    try {
      jedis.ping();
      return false;
    } catch (JedisDataException e) {
      return e.getMessage().startsWith("BUSY");
    }
  }

  @Test
  void aBatchThatWasRefusedGoesInPartsWhereAnotherWasFirst() throws Exception {
    MessageQueue small = track.open(QueueConfig.named("small").maxMessages(64).build());
    Producer one = small.producer();
    Producer two = small.producer();
    Consumer consumer = small.consumer("g", "c");
    jedis.configSet("maxmemory", "1");
    FutureTask<Void> sends =
        new FutureTask<>(
            () -> {
              one.sendBatch(60, (index, slot) -> slot.put((byte) index), SOON);
              return null;
            });
    Thread thread = new Thread(sends);
    thread.start();
    Await.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
    jedis.configSet("maxmemory", "64mb");
    two.sendBatch(32, (index, slot) -> slot.put((byte) 99), SOON);
    List<Byte> ones = new ArrayList<>();
    for (int got = 0; got < 92; ) {
      Batch batch = consumer.poll(64, SOON);
      for (int i = 0; i < batch.size(); i++) {
        byte payload = batch.get(i).payloadBytes()[0];
        if (payload != 99) {
          ones.add(payload);
        }
      }
      got += consumer.acknowledge(batch);
    }
    sends.get();
    assertEquals(IntStream.range(0, 60).mapToObj(i -> (byte) i).toList(), ones);
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
