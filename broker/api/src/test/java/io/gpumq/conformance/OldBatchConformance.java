package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A batch acknowledges what is still with its consumer, and nothing else. */
abstract class OldBatchConformance extends QueueTest {
  OldBatchConformance(TrackFixture on) {
    super(on);
  }

  /** Polls until all that was sent has come in one batch. */
  private Batch pollAll(Consumer consumer, int count) throws InterruptedException {
    Batch batch = consumer.poll(count, SOON);
    assertEquals(count, batch.size(), "in one batch");
    return batch;
  }

  @Test
  void sparesWhatAnotherConsumerHasRefused() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer c1 = queue.consumer("g", "c1");
        Consumer c2 = queue.consumer("g", "c2")) {
      send(queue, 0, 3);
      Batch batch = c1.poll(3, SOON);
      long one = batch.get(0).sequence();
      int others = batch.size() - 1;
      c2.refuse(one, Duration.ZERO);
      assertEquals(others, c1.acknowledge(batch));
      Received again = poll(c2, 1).get(0);
      assertEquals(one, again.sequence());
      assertEquals(2, again.deliveries());
    }
  }

  @Test
  void sparesWhatAnotherHasBeenHandedSince() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer c1 = queue.consumer("g", "c1");
        Consumer c2 = queue.consumer("g", "c2")) {
      long sequence = send(queue, 0, 1).get(0);
      Batch batch = pollAll(c1, 1);
      c1.refuse(sequence, Duration.ZERO);
      assertEquals(sequence, poll(c2, 1).get(0).sequence());
      assertEquals(0, c1.acknowledge(batch));
      c2.acknowledge(sequence); // still pending
    }
  }

  @Test
  void sparesWhatALeaseHasEndedFor() throws Exception {
    MessageQueue queue = open(config().lease(Duration.ofMillis(30)).maxDeliveries(1000));
    try (Consumer c1 = queue.consumer("g", "c1");
        Consumer c2 = queue.consumer("g", "c2")) {
      long sequence = send(queue, 0, 1).get(0);
      Batch batch = pollAll(c1, 1);
      assertEquals(sequence, poll(c2, 1).get(0).sequence());
      assertEquals(0, c1.acknowledge(batch));
      c2.acknowledge(sequence);
    }
  }

  @Test
  void sparesWhatComesAgainByAMove() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("keeper"); // so that all is kept
    try (Consumer c1 = queue.consumer("g", "c1")) {
      List<Long> sequences = send(queue, 0, 10);
      Batch batch = c1.poll(10, SOON); // those that are ready by then, which may be fewer
      assertNotEquals(0, batch.size());
      queue.moveGroup("g", GroupStart.OLDEST);
      assertEquals(0, c1.acknowledge(batch));
      try (Consumer c2 = queue.consumer("g", "c2")) {
        assertMessages(poll(c2, 10), sequences, 0, 1);
        assertEquals(0, c1.acknowledge(batch));
      }
      assertMessages(consume(c1, 10), sequences, 0, 2);
    }
  }

  @Test
  void anEarlierBatchIsRefused() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 2);
      Batch first = consumer.poll(1, SOON);
      assertEquals(1, first.size());
      Batch second = consumer.poll(1, SOON);
      assertThrows(ConfigException.class, () -> consumer.acknowledge(first));
      assertEquals(1, consumer.acknowledge(second));
      consumer.acknowledge(sequences.get(0));
      Batch none = consumer.poll(1, Duration.ZERO);
      assertEquals(0, consumer.acknowledge(none));
      assertThrows(ConfigException.class, () -> consumer.acknowledge(second));
    }
  }

  @Test
  void anEntryGivenBackWasNotTried() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(2));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 0, 1).get(0);
      for (int round = 0; round < 10; round++) {
        assertEquals(1, poll(consumer, 1).get(0).deliveries(), "round " + round);
        consumer.giveBack(sequence, Duration.ZERO);
      }
      poll(consumer, 1);
      consumer.refuse(sequence, Duration.ZERO);
      assertEquals(2, poll(consumer, 1).get(0).deliveries());
      consumer.acknowledge(sequence);
      assertThrows(NotPendingException.class, () -> consumer.giveBack(sequence, Duration.ZERO));
      assertEquals(0, ReadLetters.size(queue));
    }
  }
}
