package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Letter;
import io.gpumq.conformance.ReadLetters;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The answer to what settles an entry, or ends a queue, is lost: it is done, and counted, once. */
class LostSettlementTest extends LostAnswers {
  @Test
  void countsAnAcknowledgementWhoseAnswerWasLostOnce() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("ack").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 4);
      Batch batch = consumer.poll(64, SOON);
      proxy.loseAnswerTo("XACK");
      consumer.acknowledge(sequences.get(0));
      assertEquals(1, proxy.cuts());
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(0)));
      proxy.cutRequest("XACK", 3);
      assertEquals(3, consumer.acknowledge(batch));
      assertEquals(2, proxy.cuts());
      assertEquals(4, queue.stats().acknowledged());
      assertEquals(0, queue.stats().depth());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void countsNothingThatWasSettledBeforeALostAnswer() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("late").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      List<Long> sequences = send(queue, 4);
      Batch batch = consumer.poll(64, SOON);
      for (long sequence : sequences.subList(0, 3)) {
        other.acknowledge(sequence);
      }
      proxy.loseAnswerTo("XACK");
      assertEquals(1, consumer.acknowledge(batch));
      assertEquals(1, proxy.cuts());
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(3)));
      proxy.loseAnswerTo("XACK");
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(12345));
      assertEquals(4, queue.stats().acknowledged());
      assertEquals(0, queue.stats().depth());
      assertTrue(queue.close(SOON).drained());
    }
  }

  /** The request never arrives, and another consumer is handed the entries, and settles them. */
  @Test
  void countsNothingThatAnotherSettlesBetweenTwoTries() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("between").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      List<Long> sequences = send(queue, 4);
      Batch batch = consumer.poll(64, SOON);
      proxy.cutRequest("XACK", 0);
      proxy.whenCut(() -> sequences.subList(0, 3).forEach(other::acknowledge));
      assertEquals(1, consumer.acknowledge(batch));
      assertEquals(1, proxy.cuts());
      assertEquals(4, queue.stats().acknowledged());
      send(queue, 1);
      assertEquals(1, queue.stats().depth());
    }
  }

  @Test
  void refusesOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("refuse").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 1).get(0);
      consumer.poll(64, SOON);
      proxy.loseAnswerTo("XCLAIM");
      consumer.refuse(sequence, Duration.ZERO);
      assertEquals(1, proxy.cuts());
      Batch batch = consumer.poll(64, SOON);
      assertEquals(sequence, batch.get(0).sequence());
      assertEquals(2, batch.get(0).deliveries());
    }
  }

  @Test
  void givesBackOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("give-back").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 1).get(0);
      for (int delivery = 1; delivery < 3; delivery++) {
        assertEquals(delivery, consumer.poll(1, SOON).get(0).deliveries());
        consumer.refuse(sequence, Duration.ZERO);
      }
      assertEquals(3, consumer.poll(1, SOON).get(0).deliveries());
      proxy.loseAnswerTo("XCLAIM");
      consumer.giveBack(sequence, Duration.ZERO);
      assertEquals(1, proxy.cuts());
      assertEquals(3, consumer.poll(1, SOON).get(0).deliveries());
    }
  }

  /** It was seen once: it is pending, and its sequence is known. */
  @Test
  void whatWasGivenBackStaysPendingThoughItsNextFetchWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("given-back").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      long sequence = send(queue, 1).get(0);
      consumer.poll(1, SOON);
      consumer.giveBack(sequence, Duration.ZERO);
      proxy.loseAnswerTo("XAUTOCLAIM");
      proxy.whenCut(other::close); // so that it fetches no more
      assertThrows(QueueClosedException.class, () -> other.poll(1, SOON));
      assertEquals(1, proxy.cuts());
      assertEquals(1, queue.groups().get(0).pending());
      assertEquals(0, queue.groups().get(0).lag());
      consumer.acknowledge(sequence);
      assertEquals(0, queue.stats().depth());
    }
  }

  @Test
  void writesALetterOnceThoughTheAnswerWasLost() throws Exception {
    var config = QueueConfig.named("letter").maxMessages(64).handler("fail:every=3");
    MessageQueue queue = queue(config);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 9);
      proxy.loseAnswerTo("EVAL");
      Batch batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(6, batch.size());
      List<Letter> letters = ReadLetters.peek(queue, 10);
      assertEquals(
          List.of(sequences.get(0), sequences.get(3), sequences.get(6)),
          letters.stream().map(Letter::sequence).toList());
      assertEquals(3, ReadLetters.size(queue));
      assertEquals(3, queue.stats().failed());
      assertEquals(6, queue.stats().depth());
      assertEquals(6, consumer.acknowledge(batch));
      assertEquals(0, queue.stats().depth());
      proxy.loseAnswerTo("XACK");
      assertEquals(letters.size(), ReadLetters.take(queue, 10).size());
      assertEquals(2, proxy.cuts());
      assertEquals(List.of(), ReadLetters.take(queue, 10));
    }
  }

  /** What was acknowledged between two tries is no letter, and settled once. */
  @Test
  void countsNoLetterThatWasNotWritten() throws Exception {
    MessageQueue queue =
        track.open(
            QueueConfig.named("no-letter")
                .maxMessages(64)
                .maxDeliveries(1)
                .lease(Duration.ofMillis(50))
                .build());
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      List<Long> sequences = send(queue, 3);
      assertEquals(3, consumer.poll(3, SOON).size());
      proxy.cutRequest("EVAL", 0);
      proxy.whenCut(() -> consumer.acknowledge(sequences.get(1)));
      Await.until(
          "two letters",
          () -> other.poll(3, Duration.ZERO).isEmpty() && ReadLetters.size(queue) == 2);
      assertEquals(1, proxy.cuts());
      send(queue, 1);
      assertEquals(1, queue.stats().depth());
      assertEquals(1, queue.stats().acknowledged());
      assertEquals(2, queue.stats().deadLettered());
    }
  }

  @Test
  void replaysALetterOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("again").maxMessages(64).maxDeliveries(1));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long first = send(queue, 1).get(0);
      consumer.poll(1, SOON);
      consumer.refuse(first, Duration.ZERO);
      Await.until(
          "a letter",
          () -> consumer.poll(1, Duration.ZERO).isEmpty() && ReadLetters.size(queue) == 1);
      int before = proxy.cuts();
      proxy.loseAnswerTo("EVAL");
      long again = ReadLetters.replay(queue, false);
      assertEquals(before + 1, proxy.cuts());
      Batch batch = consumer.poll(64, SOON);
      assertEquals(1, batch.size());
      assertEquals(again, batch.get(0).sequence());
      assertEquals(1, consumer.acknowledge(batch));
      assertEquals(2, queue.stats().sent());
      assertEquals(0, queue.stats().depth());
      assertEquals(0, ReadLetters.size(queue));
    }
  }

  @Test
  void aCloseWhoseAnswerWasLostLeavesNothing() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("closing").maxMessages(64));
    send(queue, 3);
    proxy.loseAnswerTo("\r\nDEL");
    queue.close(Duration.ZERO);
    assertEquals(1, proxy.cuts());
    assertEquals(List.of(), keys(queue.name()));
  }

  @Test
  void aQueueThatCannotBeMadeLeavesNothing() {
    for (String lost : List.of("SET", "MKSTREAM", "DESTROY")) {
      proxy.loseAnswerTo("\r\n" + lost);
      QueueConfig config = QueueConfig.named("none-" + lost).build();
      assertThrows(TrackFailedException.class, () -> track.open(config));
      assertEquals(List.of(), keys(config.name()), lost);
    }
  }

  private static List<String> keys(String queue) {
    try (Jedis jedis = new Jedis(URI.create(TestRedis.uri()))) {
      return List.copyOf(jedis.keys("gpumq:{" + queue + ":*"));
    }
  }
}
