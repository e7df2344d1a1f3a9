package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Refusals, leases that run out, consumers that close: what is delivered again, and how. */
abstract class RedeliveryConformance extends QueueTest {
  private static final Duration SHORT_LEASE = Duration.ofMillis(250);

  RedeliveryConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void redeliversARefusedEntryBeforeNewOnes() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 10);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 5);
      consumer.refuse(sequences.get(3), Duration.ZERO);
      assertMessages(poll(consumer, 1), sequences.subList(3, 4), 3, 2);
      assertMessages(poll(consumer, 5), sequences.subList(5, 10), 5, 1);
      assertNothingComes(consumer);
      assertEquals(1, queue.stats().redelivered());
      assertEquals(11, queue.stats().delivered());
    }
  }

  @Test
  void redeliversToAnotherConsumerOfTheGroupAlone() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 3);
    try (Consumer first = queue.consumer("g", "first");
        Consumer second = queue.consumer("g", "second");
        Consumer elsewhere = queue.consumer("other", "c")) {
      poll(first, 3);
      poll(elsewhere, 3);
      first.refuse(sequences.get(1), Duration.ZERO);
      assertMessages(poll(second, 1), sequences.subList(1, 2), 1, 2);
      second.refuse(sequences.get(1), Duration.ZERO);
      assertMessages(consume(first, 1), sequences.subList(1, 2), 1, 3);
      assertNothingComes(first);
      assertNothingComes(elsewhere);
      assertThrows(NotPendingException.class, () -> second.acknowledge(sequences.get(1)));
    }
  }

  @Test
  void holdsARefusedEntryBackForItsDelay() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 1);
    Duration delay = Duration.ofMillis(120);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      long start = System.nanoTime();
      consumer.refuse(sequences.get(0), delay);
      assertMessages(consume(consumer, 1), sequences, 0, 2);
      assertTrue(System.nanoTime() - start >= delay.toNanos(), "redelivered before its delay");
    }
  }

  @Test
  void keepsARefusedEntryPending() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 2);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 2);
      consumer.refuse(sequences.get(0), LONG_LEASE);
      consumer.acknowledge(sequences.get(0));
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(0)));
      consumer.refuse(sequences.get(1), LONG_LEASE);
      consumer.refuse(sequences.get(1), Duration.ZERO); // sooner after all
      assertMessages(consume(consumer, 1), sequences.subList(1, 2), 1, 2);
    }
  }

  @Test
  void leavesRefusedEntriesOutOfABatchAcknowledgement() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Batch batch = consumer.poll(4, SOON);
      consumer.refuse(sequences.get(0), Duration.ofMillis(50));
      assertEquals(0, consumer.acknowledge(batch));
      assertMessages(consume(consumer, 1), sequences, 0, 2);
    }
  }

  @Test
  void refusesANegativeDelay() throws Exception {
    MessageQueue queue = open(config().lease(Duration.ofHours(1)));
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      Duration delay = Duration.ofMillis(-1);
      ConfigException refusal =
          assertThrows(ConfigException.class, () -> consumer.refuse(sequences.get(0), delay));
      assertTrue(refusal.getMessage().contains("delay"), refusal::getMessage);
      assertNothingComes(consumer);
      consumer.acknowledge(sequences.get(0));
    }
  }

  @Test
  void redeliversToAnotherConsumerWhenTheLeaseRunsOut() throws Exception {
    MessageQueue queue = open(config().lease(SHORT_LEASE).maxDeliveries(1000));
    List<Long> sequences = send(queue, 0, 5);
    try (Consumer dead = queue.consumer("g", "dead");
        Consumer alive = queue.consumer("g", "alive")) {
      long start = System.nanoTime();
      poll(dead, 5);
      for (int number = 0; number < 5; number++) {
        Received entry = poll(alive, 1).get(0);
        assertTrue(System.nanoTime() - start >= SHORT_LEASE.toNanos(), "before the lease ended");
        int sent = sequences.indexOf(entry.sequence());
        assertArrayEquals(payload(sent), entry.payload());
        assertTrue(entry.deliveries() >= 2, "deliveries " + entry.deliveries());
        alive.acknowledge(entry.sequence());
      }
      assertNothingComes(dead);
      assertEquals(5, queue.stats().acknowledged());
    }
  }

  @Test
  void wakesAWaitingConsumerWhenALeaseRunsOut() throws Exception {
    MessageQueue queue = open(config().lease(SHORT_LEASE).maxDeliveries(1000));
    List<Long> sequences = send(queue, 0, 1);
    Consumer alive = queue.consumer("g", "alive");
    try (Consumer dead = queue.consumer("g", "dead")) {
      poll(dead, 1);
      var waiting = workers.start(() -> consume(alive, 1));
      assertMessages(waiting.join(), sequences, 0, 2);
    }
  }

  @Test
  void wakesAWaitingConsumerWhenAnEntryIsRefused() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 1);
    Consumer other = queue.consumer("g", "other");
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      var waiting = workers.start(() -> consume(other, 1));
      waiting.awaitWaiting();
      consumer.refuse(sequences.get(0), Duration.ZERO);
      assertMessages(waiting.join(), sequences, 0, 2);
    }
  }

  @Test
  void takesALateAcknowledgement() throws Exception {
    MessageQueue queue = open(config().lease(SHORT_LEASE).maxDeliveries(1000));
    List<Long> sequences = send(queue, 0, 2);
    try (Consumer late = queue.consumer("g", "late");
        Consumer other = queue.consumer("g", "other")) {
      poll(late, 2);
      Await.passed(SHORT_LEASE);
      late.acknowledge(sequences.get(0)); // nobody was redelivered it yet
      Received again = poll(other, 1).get(0);
      assertEquals(sequences.get(1), again.sequence());
      late.acknowledge(again.sequence()); // still pending, though with another
      assertThrows(NotPendingException.class, () -> other.acknowledge(again.sequence()));
      Await.passed(SHORT_LEASE);
      assertNothingComes(other);
      assertEquals(2, queue.stats().acknowledged());
    }
  }

  @Test
  void neverRedeliversWhatIsAcknowledged() throws Exception {
    MessageQueue queue = open(config().lease(Duration.ofMillis(20)).maxDeliveries(1000));
    send(queue, 0, 40);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Set<Long> acknowledged = new HashSet<>();
      while (acknowledged.size() < 40) {
        for (Received entry : copy(consumer.poll(8, SOON))) {
          assertFalse(acknowledged.contains(entry.sequence()), "redelivered " + entry.sequence());
          if (random.nextInt(3) == 0) {
            consumer.acknowledge(entry.sequence());
            acknowledged.add(entry.sequence());
          }
        }
      }
      Await.passed(Duration.ofMillis(20));
      assertNothingComes(consumer);
      assertEquals(40, queue.stats().acknowledged());
    }
  }

  @Test
  void returnsAClosedConsumersEntriesAtOnce() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 6);
    try (Consumer other = queue.consumer("g", "other")) {
      Consumer closing = queue.consumer("g", "closing");
      poll(closing, 4);
      closing.acknowledge(sequences.get(0));
      closeTwice(closing);
      assertMessages(consume(other, 3), sequences.subList(1, 4), 1, 2);
      assertMessages(consume(other, 2), sequences.subList(4, 6), 4, 1);
      assertNothingComes(other);
    }
  }

  @Test
  void returnsNothingElseWhenAConsumerCloses() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 3);
    try (Consumer other = queue.consumer("g", "other")) {
      Consumer closing = queue.consumer("g", "closing");
      assertMessages(poll(other, 1), sequences.subList(0, 1), 0, 1);
      poll(closing, 2);
      closing.refuse(sequences.get(1), LONG_LEASE); // handed back: its delay goes on
      closing.close();
      assertMessages(consume(other, 1), sequences.subList(2, 3), 2, 2);
      assertNothingComes(other);
      other.acknowledge(sequences.get(0));
    }
  }

  @Test
  void wakesAWaitingConsumerWhenAnotherCloses() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 1);
    Consumer other = queue.consumer("g", "other");
    Consumer closing = queue.consumer("g", "closing");
    poll(closing, 1);
    var waiting = workers.start(() -> consume(other, 1));
    waiting.awaitWaiting();
    closing.close();
    assertMessages(waiting.join(), sequences, 0, 2);
  }

  @Test
  void redeliversResultsToo() throws Exception {
    MessageQueue queue = open(config().handler("sha256"));
    List<Long> sequences = send(queue, 0, 20);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Received> first = poll(consumer, 20);
      for (long sequence : sequences) {
        consumer.refuse(sequence, Duration.ZERO);
      }
      List<Received> second = consume(consumer, 20);
      assertMessages(second, sequences, 0, 2);
      for (int i = 0; i < 20; i++) {
        assertEquals(32, second.get(i).result().length);
        assertArrayEquals(first.get(i).result(), second.get(i).result());
      }
    }
  }
}
