package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** Which settled messages stay in Redis, and what makes them go. */
@Tag("redis")
@Timeout(60)
class KeepingTest {
  private static final Duration SOON = Await.DEADLINE;
  private static final int BYTES = 1000;

  private OwnRedis redis;
  private Jedis jedis;
  private Track track;

  @BeforeEach
  void open() {
    redis = OwnRedis.start(256);
    jedis = new Jedis(URI.create(redis.uri()));
    track = Tracks.open("a", TestRedis.options(redis.uri()));
  }

  @AfterEach
  void close() {
    track.close();
    jedis.close();
    redis.close();
  }

  private MessageQueue queue(String name, Retention retention) {
    return track.open(
        QueueConfig.named(name)
            .maxPayloadBytes(BYTES)
            .maxMessages(50_000)
            .retention(retention)
            .build());
  }

  private static void send(MessageQueue queue, int count) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      producer.sendBatch(count, (index, slot) -> slot.put(new byte[BYTES]), SOON);
    }
  }

  private long length(String queue) {
    return jedis.keys("gpumq:{" + queue + ":*:stream").stream().mapToLong(jedis::xlen).sum();
  }

  @Test
  void withoutAGroupTheOldestGoAsMoreArrives() throws Exception {
    MessageQueue queue = queue("arriving", Retention.untilTrimmed().messages(800));
    for (int round = 0; round < 10; round++) {
      send(queue, 1000);
    }
    assertEquals(800, length("arriving"));
    assertEquals(0, queue.stats().depth());
    send(queue, 20);
    assertTrue(length("arriving") <= 900, "an eighth more, until a trim is worth it");
    assertTrue(queue.close(SOON).drained());
  }

  @Test
  void whatIsOldGoesThoughNobodyComesBy() throws Exception {
    MessageQueue queue = queue("aging", Retention.untilTrimmed().age(Duration.ofMillis(300)));
    send(queue, 100);
    assertEquals(100, length("aging"));
    Await.until("all is too old", () -> length("aging") == 0);
    queue.createGroup("g");
    send(queue, 10);
    Await.passed(Duration.ofMillis(600));
    assertEquals(10, length("aging"), "a group has not settled them");
    queue.removeGroup("g");
    Await.until("all is too old", () -> length("aging") == 0);
  }

  /** Leaves Redis so many bytes free; less than none where it has more than it may. */
  private void fill(long free) {
    long used =
        jedis
            .info("memory")
            .lines()
            .filter(line -> line.startsWith("used_memory:"))
            .mapToLong(line -> Long.parseLong(line.substring(12).trim()))
            .findAny()
            .orElseThrow();
    jedis.configSet("maxmemory", Long.toString(used + free));
  }

  @Test
  void whereRedisHasNoMemoryTheOldestOfTheTrackGo() throws Exception {
    MessageQueue older = queue("older", Retention.untilNeeded());
    MessageQueue newer = queue("newer", Retention.untilNeeded());
    MessageQueue other = queue("other", Retention.whenSettled());
    send(older, 3000);
    send(newer, 3000);
    fill(20 * BYTES);
    send(other, 1000);
    assertTrue(length("older") < 3000, "nothing has gone");
    assertEquals(3000, length("newer"));
    try (Reader reader = older.reader()) {
      assertEquals(
          length("older"), count(reader), "the oldest go, and those behind them can be read");
    }
    send(other, 3000);
    assertEquals(0, length("older"));
    assertTrue(length("newer") < 3000, "what is newer goes then");
    assertEquals(4000, other.stats().depth());
  }

  private static long count(Reader reader) {
    long count = 0;
    long next = reader.oldest(0);
    for (Batch batch; !(batch = reader.from(next, 1000)).isEmpty(); ) {
      count += batch.size();
      next = batch.get(batch.size() - 1).sequence() + 1;
    }
    return count;
  }

  @Test
  void whatAGroupHasNotSettledStaysThoughRedisHasNoMemory() throws Exception {
    MessageQueue held = queue("held", Retention.untilNeeded());
    held.createGroup("g");
    MessageQueue trimmed = queue("trimmed", Retention.untilTrimmed());
    send(held, 1000);
    fill(20 * BYTES);
    try (Producer producer = trimmed.producer()) {
      assertThrows(
          QueueFullException.class,
          () ->
              producer.sendBatch(
                  1000, (index, slot) -> slot.put(new byte[BYTES]), Duration.ofMillis(100)));
    }
    assertEquals(1000, length("held"));
  }

  /** A group needs room, and the queue of letters that a poll opens. */
  @Test
  void allThatNeedsRoomFindsItWhereMessagesCanGo() throws Exception {
    MessageQueue kept = queue("kept", Retention.untilNeeded());
    MessageQueue failing =
        track.open(QueueConfig.named("failing").handler("fail:every=1").handlerAttempts(1).build());
    try (Producer producer = failing.producer();
        Consumer consumer = failing.consumer("g", "c")) {
      send(kept, 5000);
      producer.send(new byte[8], SOON);
      fill(-700 * BYTES);
      assertTrue(consumer.poll(1, Duration.ofMillis(1)).isEmpty());
      assertEquals(1, failing.stats().deadLettered());
      long left = length("kept");
      assertTrue(left < 5000, "the queue of the letters found room without");
      fill(-700 * BYTES);
      failing.createGroup("another");
      assertTrue(length("kept") < left, "the group found room without");
    }
  }
}
