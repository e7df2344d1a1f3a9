package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The error of a full queue says who holds the slots. */
@Timeout(60)
class FullQueueTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Track TRACK = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));

  @AfterAll
  static void closeTrack() {
    TRACK.close();
  }

  private static QueueConfig.Builder config() {
    return QueueConfig.named("full-" + System.nanoTime())
        .maxMessages(4)
        .maxDeliveries(1)
        .maxDeadLetters(1)
        .lease(Duration.ofMinutes(10));
  }

  /** Sends until nothing goes in any more. */
  private static String whyFull(MessageQueue queue) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (int message = 0; message <= 2 * queue.config().maxMessages(); message++) {
        producer.send(1, ByteBuffer.allocate(Long.BYTES), Duration.ofMillis(300));
      }
      return fail("there is always room");
    } catch (QueueFullException e) {
      return e.getMessage();
    }
  }

  /** Two groups, each of which may be the last to settle; and a deletion. */
  @Test
  void whatIsSettledMakesRoomForTheNextTry() throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().build());
        Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c");
        Producer producer = queue.producer()) {
      ByteBuffer payload = ByteBuffer.allocate(8);
      for (int round = 0; round < 100; round++) {
        while (producer.trySend(payload) != Producer.FULL) {}
        one.acknowledge(one.poll(1, SOON));
        assertEquals(Producer.FULL, producer.trySend(payload));
        two.acknowledge(two.poll(1, SOON));
        assertNotEquals(Producer.FULL, producer.trySend(payload), "round " + round);
        Batch batch = two.poll(1, SOON);
        assertEquals(Producer.FULL, producer.trySend(payload));
        queue.delete(batch.get(0).sequence());
        assertNotEquals(Producer.FULL, producer.trySend(payload), "round " + round);
      }
    }
  }

  /** The oldest stays, and the queue has room for as many as others have gone. */
  @ParameterizedTest
  @ValueSource(ints = {8, 1_000, 20_000})
  void whatHasGoneBehindTheOldestMakesRoom(int limit) throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().maxMessages(limit).build());
        Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c");
        Producer producer = queue.producer()) {
      long first = producer.send(new byte[8], SOON);
      int sent = 1 + sendAll(producer, limit - 1);
      for (int round = 0; round < 5; round++) {
        assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
        settleAllBut(first, one, sent);
        assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
        settleAllBut(first, two, sent);
        sent = sendAll(producer, limit - 1);
      }
      assertEquals(limit, queue.stats().depth());
      queue.moveGroup("one", GroupStart.OLDEST); // what has gone comes no more
      queue.createGroup("three", GroupStart.OLDEST);
      assertEquals(limit, queue.stats().depth());
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
      assertTrue(queue.groups().stream().allMatch(group -> group.lag() <= limit));
    }
  }

  /** What is deleted makes room at once, whether a group has seen it or not. */
  @Test
  void whatIsDeletedBehindTheOldestMakesRoom() throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().build());
        Producer producer = queue.producer()) {
      queue.createGroup("idle");
      producer.send(new byte[8], SOON);
      for (int round = 0; round < 100; round++) {
        long second = producer.send(new byte[8], SOON);
        sendAll(producer, 2);
        long[] others = {second, second + 1, second + 2};
        assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
        assertEquals(0, producer.trySendBatch(1, (index, slot) -> slot.putLong(0)));
        assertEquals(3, queue.delete(others));
      }
    }
  }

  /** As many as are said have room at once, and no more: else a moment later. */
  private static int sendAll(Producer producer, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      if (count < 1_000) {
        assertNotEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)), "message " + i);
      } else {
        producer.send(new byte[8], SOON);
      }
    }
    return count;
  }

  private static void settleAllBut(long kept, Consumer consumer, int count)
      throws InterruptedException {
    for (int taken = 0; taken < count; ) {
      Batch batch = consumer.poll(1_000, SOON);
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i).sequence() != kept) {
          consumer.acknowledge(batch.get(i).sequence());
        }
      }
      taken += batch.size();
    }
  }

  @Test
  void namesTheGroup() throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().build())) {
      queue.createGroup("typo");
      Consumer fast = queue.consumer("fast", "c");
      try (Producer producer = queue.producer()) {
        producer.send(new byte[1], SOON);
      }
      fast.acknowledge(fast.poll(1, SOON));
      assertEquals(
          "queue '"
              + queue.name()
              + "' is full: no room among its 4 entries within PT0.3S; group 'typo' has not settled the"
              + " oldest: acknowledge in it, move it, or remove it if nobody reads it",
          whyFull(queue));
    }
  }

  @Test
  void namesTheDeadLettersThatAGroupWaitsFor() throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().build())) {
      Consumer consumer = queue.consumer("g", "c");
      try (Producer producer = queue.producer()) {
        producer.send(new byte[1], SOON);
        producer.send(new byte[1], SOON);
      }
      long first = consumer.poll(1, SOON).get(0).sequence();
      long second = consumer.poll(1, SOON).get(0).sequence();
      consumer.refuse(first, Duration.ZERO);
      consumer.refuse(second, Duration.ZERO);
      assertTrue(consumer.poll(1, Duration.ofMillis(20)).isEmpty());
      String why = whyFull(queue);
      assertTrue(
          why.contains("its dead letters, queue '" + queue.name() + ".dead', are full"), why);
    }
  }

  @Test
  void namesTheDeadLettersThatAFailedMessageWaitsFor() throws InterruptedException {
    try (MessageQueue queue =
        TRACK.open(config().handler("fail:every=1").handlerAttempts(1).build())) {
      queue.createGroup("g");
      String why = whyFull(queue);
      assertTrue(
          why.contains("its dead letters, queue '" + queue.name() + ".dead', are full"), why);
    }
  }

  @Test
  void namesTheLaneAndTheMissingGroup() throws InterruptedException {
    try (MessageQueue queue = TRACK.open(config().maxMessages(16).lanes(4).build())) {
      String why = whyFull(queue);
      assertTrue(why.startsWith("lane "), why);
      assertTrue(
          why.contains(
              " of 4 of queue '" + queue.name() + "' is full: no room among its 4 entries"),
          why);
      assertTrue(why.contains("it has no group yet"), why);
    }
  }
}
