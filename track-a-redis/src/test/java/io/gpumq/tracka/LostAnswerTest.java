package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection breaks, and nobody knows whether Redis did what it was asked. */
class LostAnswerTest extends LostAnswers {
  /** Redis reads some part of the pipeline, from nothing to all, cut at any byte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 150, 777, 1500, 2999, -1})
  void sendsEachMessageOfABrokenPipelineOnce(int requestBytes) throws Exception {
    MessageQueue queue = queue(QueueConfig.named("pipeline").maxMessages(64));
    try (Producer other = queue.producer();
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(numbered(0), SOON);
      other.send(numbered(1000), SOON);
      if (requestBytes < 0) {
        proxy.loseAnswerTo("XADD");
      } else {
        proxy.cutRequest("XADD", requestBytes);
      }
      producer.sendBatch(30, (index, slot) -> slot.put(numbered(1 + index)), SOON);
      other.send(numbered(1001), SOON);
      producer.send(numbered(31), SOON);
      assertEquals(1, proxy.cuts());
      List<Integer> got = new ArrayList<>();
      while (got.size() < 34) {
        Batch batch = consumer.poll(64, SOON);
        for (int i = 0; i < batch.size(); i++) {
          got.add(number(batch.get(i).payload()));
        }
        consumer.acknowledge(batch);
      }
      List<Integer> expected = new ArrayList<>(List.of(0, 1000));
      for (int number = 1; number <= 30; number++) {
        expected.add(number);
      }
      expected.addAll(List.of(1001, 31));
      assertEquals(expected, got);
      assertEquals(34, queue.stats().sent());
      assertEquals(34 * 100, queue.stats().bytes());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void returnsTheSequenceOfASendWhoseAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("sequence").maxMessages(2));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      proxy.loseAnswerTo("XADD");
      long sequence = producer.send(numbered(1), SOON);
      assertEquals(1, proxy.cuts());
      Batch batch = consumer.poll(8, SOON);
      assertEquals(1, batch.size());
      assertEquals(sequence, batch.get(0).sequence());
      assertNotEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(2))));
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(3))));
    }
  }

  /** The entries are pending in Redis, of a consumer that never saw them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deliversWhatALostPollHadFetchedAtOnceAndForTheFirstTime(boolean strictOrder)
      throws Exception {
    MessageQueue queue = queue(QueueConfig.named("poll").maxMessages(64).strictOrder(strictOrder));
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 10);
      proxy.loseAnswerTo("XREADGROUP");
      Batch batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(10, batch.size());
      for (int i = 0; i < 10; i++) {
        assertEquals(i, number(batch.get(i).payload()));
        assertEquals(1, batch.get(i).deliveries());
      }
      assertEquals(10, consumer.acknowledge(batch));
      assertEquals(10, queue.stats().handled());
      assertEquals(10, queue.stats().delivered());
      assertEquals(0, queue.stats().redelivered());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redeliversWhatALostClaimHadFetched(boolean strictOrder) throws Exception {
    MessageQueue queue = queue(QueueConfig.named("claim").maxMessages(64).strictOrder(strictOrder));
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 5);
      Batch batch = consumer.poll(64, SOON);
      for (int i = 0; i < 5; i++) {
        consumer.refuse(batch.get(i).sequence(), Duration.ZERO);
      }
      proxy.loseAnswerTo("XAUTOCLAIM");
      batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(5, batch.size());
      for (int i = 0; i < 5; i++) {
        assertEquals(i, number(batch.get(i).payload()));
        assertEquals(2, batch.get(i).deliveries());
      }
    }
  }

  /**
   * Redis tells times in milliseconds: what was handed out just before may seem to be lost, too.
   */
  @Test
  void leavesWhatThePollBeforeHasHandedOut() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("before").maxMessages(1024));
    int rounds = 30;
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 2 * rounds);
      for (int round = 0; round < rounds; round++) {
        Batch before = consumer.poll(1, SOON);
        assertEquals(2 * round, number(before.get(0).payload()));
        proxy.loseAnswerTo("XREADGROUP");
        Batch batch = consumer.poll(1, SOON);
        assertEquals(1, batch.size());
        assertEquals(2 * round + 1, number(batch.get(0).payload()));
        assertEquals(1, batch.get(0).deliveries());
      }
      assertEquals(rounds, proxy.cuts());
      assertEquals(2 * rounds, queue.stats().delivered());
      assertEquals(2 * rounds, queue.stats().handled());
      assertEquals(2 * rounds, queue.groups().get(0).pending());
    }
  }

  /** The count of what a trim let go is lost with its answer, the room must not be. */
  @Test
  void findsItsRoomAgainWhenATrimsAnswerIsLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("trim").maxMessages(8));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      TreeSet<Integer> got = new TreeSet<>();
      for (int round = 0; round < 6; round++) {
        proxy.loseAnswerTo("XTRIM");
        int base = 8 * round;
        producer.sendBatch(8, (index, slot) -> slot.put(numbered(base + index)), SOON);
        assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(99))));
        Batch batch = consumer.poll(64, SOON);
        for (int i = 0; i < batch.size(); i++) {
          got.add(number(batch.get(i).payload()));
        }
        assertEquals(8, consumer.acknowledge(batch));
      }
      assertEquals(48, got.size());
      assertTrue(proxy.cuts() >= 5, "cuts: " + proxy.cuts());
    }
  }

  @Test
  void makesAGroupOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("group").maxMessages(8));
    send(queue, 3);
    proxy.loseAnswerTo("CREATE");
    queue.createGroup("g");
    assertEquals(1, proxy.cuts());
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(3, consumer.poll(8, SOON).size());
    }
  }

  @Test
  void handsBackWhatAClosingConsumerHeldThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("close").maxMessages(8));
    send(queue, 3);
    Consumer leaving = queue.consumer("g", "leaving");
    leaving.poll(8, SOON);
    proxy.loseAnswerTo("XCLAIM");
    leaving.close();
    assertEquals(1, proxy.cuts());
    try (Consumer staying = queue.consumer("g", "staying")) {
      Batch batch = staying.poll(8, SOON);
      assertEquals(3, batch.size());
      assertEquals(2, batch.get(0).deliveries());
    }
  }

  /** What is taken back was read once, wherever others of its group have come by then. */
  @Test
  void countsAsReadWhatALostPollHadFetchedThoughAnotherReadOn() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("lag").maxMessages(64));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      send(queue, 4);
      proxy.loseAnswerTo("XREADGROUP");
      proxy.whenCut(
          () -> {
            producer.trySendBatch(4, (index, slot) -> slot.put(numbered(4 + index)));
            assertEquals(4, other.acknowledge(pollNow(other)));
          });
      assertEquals(4, consumer.acknowledge(consumer.poll(64, SOON)));
      assertEquals(1, proxy.cuts());
      assertEquals(0, queue.groups().get(0).lag());
      assertEquals(0, queue.groups().get(0).pending());
      assertEquals(0, queue.stats().depth());
    }
  }

  private static Batch pollNow(Consumer consumer) {
    try {
      return consumer.poll(64, SOON);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
