package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.conformance.Workers.Worker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Waits of every length, and what ends them early. */
abstract class WaitConformance extends QueueTest {
  WaitConformance(TrackFixture on) {
    super(on);
  }

  static Stream<Duration> forEver() {
    return Stream.of(
        Duration.ofNanos(Long.MAX_VALUE),
        Duration.ofMillis(Long.MAX_VALUE),
        Duration.ofSeconds(Long.MAX_VALUE),
        ChronoUnit.FOREVER.getDuration());
  }

  @ParameterizedTest
  @MethodSource("forEver")
  void aWaitForEverIsAWait(Duration forEver) throws Exception {
    MessageQueue queue = open(config().maxMessages(2));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      Worker<List<Received>> reader = workers.start(() -> copy(consumer.poll(1, forEver)));
      reader.awaitWaiting();
      assertFalse(reader.isDone(), "returned at once");
      producer.send(payload(0), forEver);
      assertEquals(1, reader.join().size());
      producer.send(payload(1), forEver);
      Worker<Long> sender = workers.start(() -> producer.send(payload(2), forEver));
      sender.awaitWaiting();
      assertFalse(sender.isDone(), "found room at once");
      consumer.acknowledge(reader.join().get(0).sequence());
      sender.join();
      Worker<CloseReport> closer = workers.start(() -> queue.close(forEver));
      closer.awaitWaiting();
      assertFalse(closer.isDone(), "closed at once");
      assertEquals(2, consume(consumer, 2).size());
      assertTrue(closer.join().drained());
    }
  }

  @Test
  void aNegativeWaitIsRefusedAndHarmsNobody() throws Exception {
    MessageQueue queue = open(config());
    Duration negative = Duration.ofNanos(-1);
    List<Long> sequences = send(queue, 0, 2);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 2);
      assertThrows(ConfigException.class, () -> consumer.poll(1, negative));
      assertThrows(
          ConfigException.class, () -> producer.send(ByteBuffer.wrap(payload(2)), negative));
      assertThrows(ConfigException.class, () -> producer.sendBatch(1, (i, slot) -> {}, negative));
      assertThrows(ConfigException.class, () -> consumer.refuse(sequences.get(0), negative));
      assertThrows(ConfigException.class, () -> consumer.giveBack(sequences.get(0), negative));
      assertThrows(ConfigException.class, () -> queue.close(negative));
      consumer.acknowledge(sequences.get(0));
      consumer.acknowledge(sequences.get(1));
      producer.send(payload(2), SOON);
      consume(consumer, 1);
      assertTrue(queue.close(SOON).drained());
    }
  }

  @ParameterizedTest
  @MethodSource("forEver")
  void anEntryRefusedForEverDoesNotComeAgain(Duration forEver) throws Exception {
    Duration lease = Duration.ofMillis(20);
    MessageQueue queue = open(config().lease(lease).maxDeliveries(1000));
    long sequence = send(queue, 0, 1).get(0);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      consumer.refuse(sequence, forEver);
      Duration leases = lease.multipliedBy(8);
      long start = System.nanoTime();
      while (System.nanoTime() - start < leases.toNanos()) {
        assertNothingComes(consumer); // the lease does not end a longer delay
      }
      consumer.acknowledge(sequence);
    }
  }

  @Test
  void anInterruptedBatchSaysHowManyWereSent() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      AtomicReference<Thread> thread = new AtomicReference<>();
      Worker<Integer> sender =
          workers.start(
              () -> {
                thread.set(Thread.currentThread());
                return assertThrows(
                        SendInterruptedException.class,
                        () -> producer.sendBatch(9, (i, slot) -> slot.put((byte) i), SOON))
                    .accepted();
              });
      Await.until("the queue is full", () -> queue.stats().sent() == 4);
      sender.awaitWaiting();
      thread.get().interrupt();
      assertEquals(4, sender.join());
      assertEquals(4, consume(consumer, 4).size());
    }
  }

  @Test
  void aSecondCloseCutsADrainShort() throws Exception {
    MessageQueue queue = open(config());
    send(queue, 0, 3);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Worker<CloseReport> patient = workers.start(() -> queue.close(Duration.ofDays(1)));
      patient.awaitWaiting();
      CloseReport report = queue.close(Duration.ZERO);
      assertFalse(report.drained());
      assertEquals(3, report.left());
      assertEquals(report, patient.join());
    }
  }

  /** Producers wait on a full ring while it is closed: what they were told was sent is counted. */
  @Test
  void whatIsAcceptedBesideACloseIsNotLost() throws Exception {
    for (int round = 0; round < 20; round++) {
      MessageQueue queue = open(config().maxMessages(4));
      List<Worker<Integer>> senders = new ArrayList<>();
      try (Consumer consumer = queue.consumer("g", "c")) {
        for (int i = 0; i < 3; i++) {
          senders.add(workers.start(() -> sendUntilClosed(queue)));
        }
        Worker<Integer> reader = workers.start(() -> consumeUntilClosed(consumer));
        Await.until("some are sent", () -> queue.stats().sent() > 10);
        CloseReport report = queue.close(SOON);
        int accepted = 0;
        for (Worker<Integer> sender : senders) {
          accepted += sender.join();
        }
        assertTrue(report.drained());
        assertEquals(0, report.left());
        assertEquals(accepted, report.stats().acknowledged(), "accepted and lost");
        assertEquals(accepted, reader.join());
      }
    }
  }

  private int sendUntilClosed(MessageQueue queue) throws InterruptedException {
    int sent = 0;
    try (Producer producer = queue.producer()) {
      for (; ; sent++) {
        producer.send(payload(sent), SOON);
      }
    } catch (QueueClosedException e) {
      return sent;
    }
  }

  private static int consumeUntilClosed(Consumer consumer) throws InterruptedException {
    int consumed = 0;
    try {
      while (true) {
        consumed += consumer.acknowledge(consumer.poll(8, SOON));
      }
    } catch (QueueClosedException e) {
      return consumed;
    }
  }

  @Test
  void whatIsSaidAfterACloseIsWhatWasTrueThen() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    send(queue, 0, 3);
    try (Consumer consumer = queue.consumer("g", "c")) {
      long first = poll(consumer, 1).get(0).sequence();
      consumer.refuse(first, Duration.ZERO); // at its limit
      consumer.acknowledge(poll(consumer, 1).get(0).sequence());
      Await.until("it is a letter", () -> ReadLetters.size(queue) == 1);
      CloseReport report = queue.close(Duration.ZERO);
      assertEquals(1, report.left());
      assertEquals(report.stats(), queue.stats());
      assertEquals(1, queue.groups().size());
      assertEquals(1, queue.groups().get(0).acknowledged());
      assertEquals(first, ReadLetters.peek(queue, 9).get(0).sequence());
      assertThrows(QueueClosedException.class, () -> ReadLetters.replay(queue, true));
      assertEquals(1, ReadLetters.take(queue, 9).size());
    }
  }

  @Test
  void aConsumerThatWaitsMayBeClosedByAnotherThread() throws Exception {
    MessageQueue queue = open(config());
    Consumer consumer = queue.consumer("g", "c");
    Worker<Object> reader =
        workers.start(
            () ->
                assertThrows(
                    QueueClosedException.class, () -> consumer.poll(1, Duration.ofDays(1))));
    reader.awaitWaiting();
    consumer.close();
    reader.join();
    try (Consumer next = queue.consumer("g", "c")) {
      send(queue, 0, 1);
      assertEquals(1, consume(next, 1).size());
    }
  }
}
