package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full, empty, and all around them. */
abstract class CapacityConformance extends QueueTest {
  CapacityConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void waitsForTheSlowestGroup() throws Exception {
    MessageQueue queue = open(config().maxMessages(8));
    try (Producer producer = queue.producer();
        Consumer fast = queue.consumer("fast", "c");
        Consumer slow = queue.consumer("slow", "c")) {
      List<Long> sequences = send(queue, 0, 8);
      assertMessages(consume(fast, 8), sequences, 0, 1);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(8))));
      assertEquals(0, producer.trySendBatch(3, (index, slot) -> slot.put(payload(8))));
      assertEquals(8, queue.stats().depth());
      assertMessages(consume(slow, 3), sequences.subList(0, 3), 0, 1);
      List<Long> more = send(queue, 8, 11);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(11))));
      assertMessages(consume(fast, 3), more, 8, 1);
      assertMessages(consume(slow, 5), sequences.subList(3, 8), 3, 1);
      assertMessages(consume(slow, 3), more, 8, 1);
      Await.until("nothing kept", () -> queue.stats().depth() == 0);
    }
  }

  @Test
  void keepsEverythingForAQueueWithoutGroups() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    List<Long> sequences = send(queue, 0, 4);
    try (Producer producer = queue.producer()) {
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(4))));
      try (Consumer consumer = queue.consumer("g", "c")) {
        assertMessages(consume(consumer, 4), sequences, 0, 1);
      }
    }
  }

  @Test
  void neverOverwritesAnEntryThatOneGroupHolds() throws Exception {
    MessageQueue queue = open(config().maxMessages(4).handler("crc32c"));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c");
        Consumer holding = queue.consumer("holding", "c")) {
      List<Long> sequences = send(queue, 0, 4);
      Received held = poll(holding, 1).get(0);
      assertMessages(poll(holding, 3), sequences.subList(1, 4), 1, 1);
      sequences.subList(1, 4).forEach(holding::acknowledge);
      consume(consumer, 4);
      for (int number = 4; number < 30; number++) {
        producer.trySend(ByteBuffer.wrap(payload(number))); // as far as there is room
      }
      assertTrue(queue.stats().depth() <= 4, "more kept than the capacity");
      holding.refuse(held.sequence(), Duration.ZERO);
      Received again = poll(holding, 1).get(0);
      assertEquals(held.sequence(), again.sequence());
      assertArrayEquals(payload(0), again.payload());
      assertArrayEquals(held.result(), again.result());
    }
  }

  /** Every fill level from empty to full, from both sides, at every place in the ring. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 16})
  void worksOnAllSidesOfFullAndEmpty(int capacity) throws Exception {
    MessageQueue queue = open(config().maxMessages(capacity));
    int sent = 0;
    Deque<Long> kept = new ArrayDeque<>();
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int round = 0; round < 40; round++) {
        int upTo = round % 3 == 0 ? capacity : random.nextInt(capacity + 1);
        while (kept.size() < upTo) {
          kept.add(producer.send(payload(sent++), SOON));
        }
        if (kept.size() == capacity) {
          assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(sent))));
        }
        int downTo = round % 2 == 0 ? 0 : random.nextInt(kept.size() + 1);
        int take = kept.size() - downTo;
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < take; i++) {
          expected.add(kept.remove());
        }
        int first = sent - kept.size() - take;
        assertMessages(consume(consumer, take), expected, first, 1);
        if (kept.isEmpty()) {
          assertTrue(consumer.poll(8, Duration.ZERO).isEmpty());
        }
      }
      assertEquals(sent, queue.stats().sent());
    }
  }

  /** A tiny ring, producers that find it full and consumers that find it empty all the time. */
  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64})
  void carriesManyLapsAroundASmallRing(int capacity) throws Exception {
    int messages = 3_000;
    MessageQueue queue = open(config().maxMessages(capacity));
    queue.createGroup("one");
    queue.createGroup("two");
    var sending = workers.start(() -> sendInBatches(queue, messages));
    List<Workers.Worker<List<Received>>> reading = new ArrayList<>();
    for (String group : List.of("one", "two")) {
      Consumer consumer = queue.consumer(group, "c");
      reading.add(workers.start(() -> consume(consumer, messages)));
    }
    sending.join();
    for (var worker : reading) {
      List<Received> entries = worker.join();
      for (int number = 0; number < messages; number++) {
        assertArrayEquals(payload(number), entries.get(number).payload(), "message " + number);
        assertEquals(1, entries.get(number).deliveries());
      }
    }
    Await.until("nothing kept", () -> queue.stats().depth() == 0);
  }

  private Void sendInBatches(MessageQueue queue, int messages) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (int sent = 0; sent < messages; ) {
        int first = sent;
        int count = Math.min(1 + random.nextInt(20), messages - sent);
        producer.sendBatch(count, (index, slot) -> slot.put(payload(first + index)), SOON);
        sent += count;
      }
    }
    return null;
  }
}
