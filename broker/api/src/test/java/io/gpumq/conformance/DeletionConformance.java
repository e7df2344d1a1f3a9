package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that are taken out of the middle of a queue. */
abstract class DeletionConformance extends QueueTest {
  DeletionConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void whatIsDeletedIsNotDelivered() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("g");
    List<Long> sequences = send(queue, 0, 5);
    assertEquals(2, queue.delete(sequences.get(0), sequences.get(3)));
    assertEquals(2, queue.stats().deleted());
    assertEquals(3, queue.stats().depth());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> left = List.of(sequences.get(1), sequences.get(2), sequences.get(4));
      assertEquals(left, consume(consumer, 3).stream().map(Received::sequence).toList());
      assertNothingComes(consumer);
    }
    assertTrue(queue.close(SOON).drained());
  }

  @Test
  void onlyWhatIsThereCounts() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("g");
    long sequence = send(queue, 0, 1).get(0);
    assertEquals(1, queue.delete(sequence, sequence));
    assertEquals(0, queue.delete(sequence));
    assertEquals(0, queue.delete(sequence + 1, -1, Long.MAX_VALUE, Long.MIN_VALUE));
    assertEquals(0, queue.delete());
    assertEquals(1, queue.stats().deleted());
    queue.close();
    assertThrows(QueueClosedException.class, () -> queue.delete(sequence));
  }

  @Test
  void whatIsDeletedIsNotPendingAnyMore() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 3);
      Batch batch = consumer.poll(3, SOON);
      List<Received> seen = copy(batch);
      while (seen.size() < 3) {
        seen.addAll(poll(consumer, 3 - seen.size()));
      }
      long middle = sequences.get(1);
      assertEquals(1, queue.delete(middle));
      assertEquals(2, queue.groups().get(0).pending());
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(middle));
      assertThrows(NotPendingException.class, () -> consumer.refuse(middle, Duration.ZERO));
      consumer.refuse(sequences.get(0), Duration.ZERO);
      consumer.refuse(sequences.get(2), Duration.ZERO);
      List<Long> again = List.of(sequences.get(0), sequences.get(2));
      assertEquals(again, consume(consumer, 2).stream().map(Received::sequence).toList());
    }
    assertTrue(queue.close(SOON).drained());
  }

  @Test
  void aBatchThatIsOutKeepsItsBytesAndAcknowledgesTheRest() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 1);
      Batch batch = consumer.poll(1, SOON);
      queue.delete(sequences.get(0));
      send(queue, 1, 40);
      assertMessages(copy(batch), sequences, 0, 1);
      assertEquals(0, consumer.acknowledge(batch));
    }
  }

  @Test
  void aQueueWithoutAGroupForgetsItForLaterOnes() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 4);
    assertEquals(1, queue.delete(sequences.get(2)));
    assertEquals(3, queue.stats().depth());
    queue.createGroup("g", GroupStart.OLDEST);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> left = new ArrayList<>(sequences);
      left.remove(2);
      assertEquals(left, consume(consumer, 3).stream().map(Received::sequence).toList());
    }
  }

  @Test
  void allThatIsDeletedMakesRoom() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    queue.createGroup("idle");
    for (int round = 0; round < 5; round++) {
      List<Long> sequences = send(queue, 4 * round, 4 * round + 4);
      assertEquals(4, queue.delete(sequences.stream().mapToLong(Long::longValue).toArray()));
    }
    assertEquals(0, queue.stats().depth());
    assertEquals(0, queue.groups().get(0).lag());
  }

  @Test
  void inStrictOrderTheRestGoesOn() throws Exception {
    MessageQueue queue = open(config().strictOrder(true));
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 2);
      assertEquals(sequences.get(0), poll(consumer, 1).get(0).sequence());
      assertNothingComes(consumer);
      queue.delete(sequences.get(0));
      assertEquals(sequences.get(1), consume(consumer, 1).get(0).sequence());
    }
  }

  @Test
  void aWaitHearsOfWhatComesBehindADeletion() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 1);
      queue.delete(sequences.get(0));
      var waiting = workers.start(() -> consume(consumer, 1));
      waiting.awaitWaiting();
      sequences = send(queue, 1, 2);
      assertMessages(waiting.join(), sequences, 1, 1);
    }
  }

  @Test
  void aLetterIsDeletedLikeAnyEntry() throws Exception {
    MessageQueue queue = open(config().handler("fail:every=1").handlerAttempts(1));
    queue.createGroup("g");
    try (var producer = queue.producer()) {
      producer.send(new byte[8], SOON);
    }
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertNothingComes(consumer);
    }
    MessageQueue dead = queue.deadLetters();
    try (Consumer letters = dead.consumer("repair", "c")) {
      long letter = poll(letters, 1).get(0).sequence();
      assertEquals(1, dead.delete(letter));
      assertThrows(NotPendingException.class, () -> letters.acknowledge(letter));
    }
  }
}
