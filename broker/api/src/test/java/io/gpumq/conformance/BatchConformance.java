package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.api.QueueFullException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many messages in one call, written in place; many producers at once. */
abstract class BatchConformance extends QueueTest {
  BatchConformance(TrackFixture on) {
    super(on);
  }

  private PayloadWriter from(int first) {
    return (index, slot) -> slot.put(payload(first + index));
  }

  private void assertPayloads(List<Received> entries, int from) {
    for (int i = 0; i < entries.size(); i++) {
      assertArrayEquals(payload(from + i), entries.get(i).payload(), "message " + (from + i));
    }
  }

  @Test
  void handsTheWriterEachSlotInOrder() throws Exception {
    MessageQueue queue = open(config());
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<Integer> indexes = new ArrayList<>();
      PayloadWriter writer =
          (index, slot) -> {
            assertEquals(0, slot.position());
            assertEquals(256, slot.limit());
            assertEquals(ByteOrder.BIG_ENDIAN, slot.order());
            assertFalse(slot.isReadOnly());
            indexes.add(index);
            slot.put(payload(index));
          };
      producer.sendBatch(40, writer, SOON);
      assertPayloads(consume(consumer, 40), 0);
      assertEquals(List.copyOf(indexes), IntStream.range(0, 40).boxed().toList());
      indexes.clear();
      assertEquals(40, producer.trySendBatch(40, writer));
      assertPayloads(consume(consumer, 40), 0);
      assertEquals(40, indexes.size());
      producer.sendBatch(0, writer, SOON);
      assertEquals(0, producer.trySendBatch(0, writer));
      assertNothingComes(consumer);
    }
  }

  @Test
  void takesTheMessageFromTheStartToThePositionLeft() throws Exception {
    MessageQueue queue = open(config());
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      byte[] full = randomBytes(256);
      producer.sendBatch(
          3,
          (index, slot) -> {
            switch (index) {
              case 0 -> slot.put(full);
              case 1 -> slot.put(0, full); // absolute: the position stays, the message is empty
              default -> slot.put(full).position(7);
            }
          },
          SOON);
      List<Received> entries = consume(consumer, 3);
      assertArrayEquals(full, entries.get(0).payload());
      assertEquals(0, entries.get(1).payload().length);
      assertArrayEquals(Arrays.copyOf(full, 7), entries.get(2).payload());
    }
  }

  @Test
  void takesWhatThereIsRoomForNow() throws Exception {
    MessageQueue queue = open(config().maxMessages(16));
    send(queue, 0, 5);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(11, producer.trySendBatch(16, from(5)));
      assertEquals(0, producer.trySendBatch(16, from(16)));
      assertPayloads(consume(consumer, 16), 0);
      assertNothingComes(consumer);
    }
  }

  @Test
  void saysHowMuchOfABatchWasAccepted() throws Exception {
    MessageQueue queue = open(config().maxMessages(16));
    send(queue, 0, 5);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      QueueFullException full =
          assertThrows(
              QueueFullException.class,
              () -> producer.sendBatch(30, from(5), Duration.ofMillis(30)));
      assertEquals(queue.stats().sent(), 5 + full.accepted());
      assertTrue(full.accepted() <= 11, "accepted " + full.accepted());
      assertPayloads(consume(consumer, 5 + full.accepted()), 0);
      assertNothingComes(consumer);
    }
  }

  @Test
  void sendsABatchLargerThanTheQueueWhileItIsRead() throws Exception {
    MessageQueue queue = open(config().maxMessages(16));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      var sending =
          workers.start(
              () -> {
                producer.sendBatch(500, from(0), SOON);
                return null;
              });
      assertPayloads(consume(consumer, 500), 0);
      sending.join();
      assertNothingComes(consumer);
    }
  }

  @Test
  void passesTheWritersExceptionOnAndStaysWhole() throws Exception {
    MessageQueue queue = open(config());
    RuntimeException thrown = new IllegalStateException("from the writer");
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      PayloadWriter failing =
          (index, slot) -> {
            slot.put(payload(index));
            if (index == 6) {
              throw thrown;
            }
          };
      assertSame(
          thrown,
          assertThrows(RuntimeException.class, () -> producer.sendBatch(20, failing, SOON)));
      int first = (int) queue.stats().sent();
      assertTrue(first <= 6, "sent " + first + " of 6");
      assertSame(
          thrown, assertThrows(RuntimeException.class, () -> producer.trySendBatch(20, failing)));
      int second = (int) queue.stats().sent() - first;
      assertTrue(second <= 6, "sent " + second + " of 6");
      producer.sendBatch(10, from(100), SOON);
      List<Received> entries = consume(consumer, first + second + 10);
      assertPayloads(entries.subList(0, first), 0);
      assertPayloads(entries.subList(first, first + second), 0);
      assertPayloads(entries.subList(first + second, entries.size()), 100);
      assertNothingComes(consumer);
    }
  }

  @Test
  void losesNoRoomToWritersThatThrow() throws Exception {
    MessageQueue queue = open(config().maxMessages(8).maxPayloadBytes(64));
    PayloadWriter tooLong = (index, slot) -> slot.put(new byte[65]);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int number = 0; number < 40; number++) {
        assertThrows(BufferOverflowException.class, () -> producer.sendBatch(1, tooLong, SOON));
        byte[] good = payload(0, number, 64);
        producer.send(good, SOON);
        assertArrayEquals(good, consume(consumer, 1).get(0).payload());
      }
      assertNothingComes(consumer);
      assertEquals(40, queue.stats().sent());
    }
  }

  @Test
  void keepsEachProducersOrderWithManyAtOnce() throws Exception {
    int producers = 4;
    int each = 2_000;
    MessageQueue queue = open(config().maxMessages(256));
    for (int p = 0; p < producers; p++) {
      int id = p;
      workers.start(() -> sendNumbered(queue, id, each));
    }
    int[] next = new int[producers];
    long last = -1;
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int got = 0; got < producers * each; ) {
        List<Received> entries = copy(consumer.poll(64, SOON));
        assertFalse(entries.isEmpty(), "lost after " + got);
        for (Received entry : entries) {
          assertTrue(entry.sequence() > last, "sequences rise");
          last = entry.sequence();
          consumer.acknowledge(last);
          int id = ByteBuffer.wrap(entry.payload()).getInt();
          assertArrayEquals(numbered(id, next[id]), entry.payload(), "producer " + id);
          next[id]++;
        }
        got += entries.size();
      }
      workers.joinAll();
      assertNothingComes(consumer);
      assertEquals((long) producers * each, queue.stats().sent());
    }
  }

  /** Sends by each of the four ways in turn. */
  private Void sendNumbered(MessageQueue queue, int id, int count) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (int i = 0; i < count; ) {
        int first = i;
        int chunk = Math.min(1 + (i % 7), count - i);
        PayloadWriter writer = (index, slot) -> slot.put(numbered(id, first + index));
        switch (i % 4) {
          case 0 -> producer.send(numbered(id, i++), SOON);
          case 1 -> i += producer.trySend(ByteBuffer.wrap(numbered(id, i))) >= 0 ? 1 : 0;
          case 2 -> {
            producer.sendBatch(chunk, writer, SOON);
            i += chunk;
          }
          default -> i += producer.trySendBatch(chunk, writer);
        }
        if (i == first) {
          Thread.onSpinWait();
        }
      }
    }
    return null;
  }

  private byte[] numbered(int id, int number) {
    byte[] tail = payload(id + 1, number, 200);
    return ByteBuffer.allocate(8 + tail.length).putInt(id).putInt(number).put(tail).array();
  }
}
