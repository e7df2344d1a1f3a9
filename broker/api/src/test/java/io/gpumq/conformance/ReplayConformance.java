package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dead letters whose messages are sent once more. */
abstract class ReplayConformance extends LetterTest {
  ReplayConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void aReplayedMessageIsHandledAgain() throws Exception {
    MessageQueue queue = open(config().handler("sha256").maxDeliveries(1));
    byte[] payload = randomBytes(100);
    giveUpOne(queue, payload);
    ReadLetters.replay(queue, false);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Received again = consume(consumer, 1).get(0);
      assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(payload), again.result());
    }
  }

  @Test
  void aReplayReachesTheGroupThatGaveUp() throws Exception {
    MessageQueue queue = withLetter("other");
    try (Consumer g = queue.consumer("g", "c2");
        Consumer other = queue.consumer("other", "c");
        Consumer reader = queue.deadLetters().consumer("r", "c")) {
      consume(other, 1); // as it was sent first
      Entry letter = reader.poll(1, SOON).get(0);
      long again = reader.replay(letter, SOON);
      assertEquals(0, queue.deadLetters().stats().depth());
      Batch batch = g.poll(1, SOON);
      assertEquals(again, batch.get(0).sequence());
      assertEquals(42, batch.get(0).key());
      assertEquals("hello", new String(batch.get(0).payloadBytes(), StandardCharsets.UTF_8));
      assertEquals(1, g.acknowledge(batch));
      assertNothingComes(other);
      send(queue, 1, 2);
      assertArrayEquals(payload(1), consume(other, 1).get(0).payload());
      consume(g, 1);
      assertThrows(NotPendingException.class, () -> reader.replay(letter, SOON));
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void aReplayToAllReachesEveryGroup() throws Exception {
    MessageQueue queue = withLetter("other");
    try (Consumer g = queue.consumer("g", "c2");
        Consumer other = queue.consumer("other", "c")) {
      byte[] first = consume(other, 1).get(0).payload();
      ReadLetters.replay(queue, true);
      assertArrayEquals(first, consume(g, 1).get(0).payload());
      assertArrayEquals(first, consume(other, 1).get(0).payload());
    }
  }

  @Test
  void aReplayOfAFailedMessageReachesEveryGroup() throws Exception {
    MessageQueue queue = open(config().handler("fail:every=1").deadLetters("t-failed"));
    byte[] payload = randomBytes(64);
    try (Consumer consumer = queue.consumer("g", "c")) {
      queue.producer().send(payload, SOON);
      Await.until(
          "a letter", () -> consumer.poll(1, BRIEFLY).isEmpty() && ReadLetters.size(queue) == 1);
      ReadLetters.replay(queue, false); // which fails again
      Await.until(
          "another letter",
          () -> consumer.poll(1, BRIEFLY).isEmpty() && queue.stats().failed() == 2);
      Await.until("it is there", () -> ReadLetters.size(queue) == 1);
      assertArrayEquals(payload, ReadLetters.take(queue, 9).get(0).payload());
    }
  }

  @Test
  void aReplayThatCannotBeKeepsTheLetter() throws Exception {
    MessageQueue queue = withLetter();
    MessageQueue letters = queue.deadLetters();
    try (Consumer reader = letters.consumer("r", "c")) {
      Entry letter = reader.poll(1, SOON).get(0);
      assertThrows(ConfigException.class, () -> reader.replay(letter, Duration.ofNanos(-1)));
      queue.removeGroup("g");
      assertThrows(ConfigException.class, () -> reader.replay(letter, SOON));
      queue.createGroup("g");
      fill(queue);
      assertThrows(QueueFullException.class, () -> reader.replay(letter, Duration.ZERO));
      queue.close();
      assertThrows(QueueClosedException.class, () -> reader.replay(letter, SOON));
      assertEquals(1, letters.stats().depth());
      assertEquals(1, letters.groups().get(0).pending());
    }
  }

  /** Sends what there is room for where the letter's message would go. */
  private static void fill(MessageQueue queue) {
    try (Producer producer = queue.producer()) {
      while (producer.trySend(42, ByteBuffer.allocate(1)) != Producer.FULL) {
        // one more
      }
    }
  }

  /** Each is replayed by one of many that try at once, and no other. */
  @Test
  void aLetterIsReplayedOnce() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    int count = 20;
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, count);
      poll(consumer, count);
      for (long sequence : sequences) {
        consumer.refuse(sequence, Duration.ZERO);
      }
      Await.until(
          "all letters",
          () -> consumer.poll(1, BRIEFLY).isEmpty() && ReadLetters.size(queue) == count);
    }
    List<Workers.Worker<Integer>> readers = new ArrayList<>();
    MessageQueue letters = queue.deadLetters();
    letters.createGroup("r");
    for (int i = 0; i < 3; i++) {
      String name = "c" + i;
      readers.add(workers.start(() -> replayAndAbandon(letters, name)));
    }
    int replayed = 0;
    for (Workers.Worker<Integer> reader : readers) {
      replayed += reader.join();
    }
    assertEquals(count, replayed);
    assertEquals(2 * count, queue.stats().sent());
  }

  /** Refuses what it then replays, so that others are handed it meanwhile. */
  private static int replayAndAbandon(MessageQueue letters, String name)
      throws InterruptedException {
    int replayed = 0;
    try (Consumer consumer = letters.consumer("r", name)) {
      while (letters.stats().depth() > 0) {
        Batch batch = consumer.poll(1, BRIEFLY);
        for (int i = 0; i < batch.size(); i++) {
          Entry letter = batch.get(i);
          try {
            consumer.refuse(letter.sequence(), Duration.ZERO);
            consumer.replay(letter, SOON);
            replayed++;
          } catch (NotPendingException e) {
            // another was quicker
          }
        }
      }
    }
    return replayed;
  }
}
