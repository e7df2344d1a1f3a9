package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One message at a time: send and try-send. */
abstract class SendingConformance extends QueueTest {
  SendingConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void deliversWhatWasSentInOrder() throws Exception {
    MessageQueue queue = open(config().maxMessages(256));
    List<Long> sequences = send(queue, 0, 200);
    for (int i = 1; i < sequences.size(); i++) {
      assertTrue(sequences.get(i) > sequences.get(i - 1), "sequences rise");
    }
    if (fixture().contiguousSequences()) {
      assertEquals(0, sequences.get(0));
      assertEquals(199, sequences.get(199));
    }
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertMessages(consume(consumer, 200), sequences, 0, 1);
      assertNothingComes(consumer);
    }
  }

  @Test
  void carriesEveryLengthUpToTheSlot() throws Exception {
    MessageQueue queue = open(config().maxMessages(256).maxPayloadBytes(128));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<byte[]> sent = new ArrayList<>();
      for (int length = 0; length <= 128; length++) {
        sent.add(randomBytes(length));
        producer.send(sent.get(length), SOON);
      }
      List<Received> received = consume(consumer, sent.size());
      for (int length = 0; length <= 128; length++) {
        assertArrayEquals(sent.get(length), received.get(length).payload(), "length " + length);
      }
    }
  }

  @Test
  void carriesTheLargestSlots() throws Exception {
    MessageQueue queue = open(config().maxMessages(16).maxPayloadBytes(65_536));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int length : new int[] {65_536, 0, 65_535, 65_521, 1, 4_097, 65_536}) {
        byte[] sent = randomBytes(length);
        producer.send(sent, SOON);
        assertArrayEquals(sent, consume(consumer, 1).get(0).payload(), "length " + length);
      }
    }
  }

  @Test
  void readsBetweenPositionAndLimitAndLeavesTheBufferAlone() throws Exception {
    MessageQueue queue = open(config());
    byte[] bytes = randomBytes(200);
    byte[] part = Arrays.copyOfRange(bytes, 13, 113);
    ByteBuffer heap = ByteBuffer.wrap(bytes.clone());
    ByteBuffer slice = ByteBuffer.allocate(300).position(60).slice().put(0, bytes);
    ByteBuffer direct = ByteBuffer.allocateDirect(200).put(0, bytes);
    ByteBuffer readOnly = ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer();
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (ByteBuffer buffer : List.of(heap, slice, direct, readOnly)) {
        buffer.position(13).limit(113);
        producer.send(buffer, SOON);
        assertNotEquals(Producer.FULL, producer.trySend(buffer));
        assertEquals(13, buffer.position());
        assertEquals(113, buffer.limit());
        if (!buffer.isReadOnly()) {
          buffer.put(13, new byte[100]); // free again: what was sent must not see this
        }
        for (Received entry : consume(consumer, 2)) {
          assertArrayEquals(part, entry.payload());
        }
      }
    }
  }

  @Test
  void refusesNull() throws Exception {
    MessageQueue queue = open(config());
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      assertThrows(NullPointerException.class, () -> producer.send((ByteBuffer) null, SOON));
      assertThrows(NullPointerException.class, () -> producer.send((byte[]) null, SOON));
      assertThrows(NullPointerException.class, () -> producer.trySend(null));
      List<Long> sequences = send(queue, 0, 1);
      assertMessages(consume(consumer, 1), sequences, 0, 1);
      assertNothingComes(consumer);
      assertEquals(1, queue.stats().sent());
    }
  }

  @Test
  void refusesAPayloadOverTheSlot() throws Exception {
    MessageQueue queue = open(config().maxPayloadBytes(128));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      PayloadTooLargeException refusal =
          assertThrows(PayloadTooLargeException.class, () -> producer.send(randomBytes(129), SOON));
      assertTrue(refusal.getMessage().contains("129"), refusal::getMessage);
      assertTrue(refusal.getMessage().contains("128"), refusal::getMessage);
      assertThrows(
          PayloadTooLargeException.class,
          () -> producer.trySend(ByteBuffer.allocateDirect(100_000)));
      assertNothingComes(consumer);
      byte[] fits = randomBytes(128);
      producer.send(fits, SOON);
      assertArrayEquals(fits, consume(consumer, 1).get(0).payload());
      assertEquals(1, queue.stats().sent());
      assertEquals(128, queue.stats().bytes());
    }
  }

  @Test
  void saysFullAtOnceAndHasRoomAfterAcknowledgement() throws Exception {
    MessageQueue queue = open(config().maxMessages(8));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = new ArrayList<>();
      for (int number = 0; number < 8; number++) {
        sequences.add(producer.trySend(ByteBuffer.wrap(payload(number))));
      }
      assertFalse(sequences.contains(Producer.FULL), sequences::toString);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(8))));
      assertMessages(poll(consumer, 8), sequences, 0, 1);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(8))));
      consumer.acknowledge(sequences.get(0));
      long next =
          Await.until(
              "room after an acknowledgement",
              () -> producer.trySend(ByteBuffer.wrap(payload(8))),
              sequence -> sequence != Producer.FULL);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(payload(9))));
      assertMessages(consume(consumer, 1), List.of(next), 8, 1);
    }
  }

  @Test
  void tellsWhenThereWasNoRoomInTime() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    List<Long> sequences = send(queue, 0, 4);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(30))) {
        QueueFullException full =
            assertThrows(QueueFullException.class, () -> producer.send(payload(9), timeout));
        assertEquals(0, full.accepted());
      }
      assertMessages(consume(consumer, 4), sequences, 0, 1);
      assertNothingComes(consumer);
      assertEquals(4, queue.stats().sent());
    }
  }

  @Test
  void waitsForRoom() throws Exception {
    MessageQueue queue = open(config().maxMessages(2));
    List<Long> sequences = send(queue, 0, 2);
    var waiting = workers.start(() -> send(queue, 2, 4));
    waiting.awaitWaiting();
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertMessages(consume(consumer, 2), sequences, 0, 1);
      assertMessages(consume(consumer, 2), waiting.join(), 2, 1);
    }
  }

  @Test
  void stopsWaitingForRoomWhenInterrupted() throws Exception {
    MessageQueue queue = open(config().maxMessages(2));
    List<Long> sequences = send(queue, 0, 2);
    var waiting = workers.start(() -> send(queue, 2, 3));
    waiting.awaitWaiting();
    waiting.interrupt();
    assertThrows(InterruptedException.class, waiting::join);
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertMessages(consume(consumer, 2), sequences, 0, 1);
      assertNothingComes(consumer);
    }
  }

  @Test
  void closesOneProducerAlone() throws Exception {
    MessageQueue queue = open(config());
    try (Producer closed = queue.producer();
        Producer other = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      long first = closed.send(payload(0), SOON);
      closeTwice(closed);
      assertThrows(QueueClosedException.class, () -> closed.send(payload(9), SOON));
      assertThrows(QueueClosedException.class, () -> closed.trySend(ByteBuffer.wrap(payload(9))));
      assertThrows(
          QueueClosedException.class, () -> closed.sendBatch(1, (index, slot) -> {}, SOON));
      assertThrows(QueueClosedException.class, () -> closed.trySendBatch(1, (index, slot) -> {}));
      long second = other.send(payload(1), SOON);
      assertMessages(consume(consumer, 2), List.of(first, second), 0, 1);
      assertNothingComes(consumer);
    }
  }

  @Test
  void refusesAnUnknownHandler() {
    ConfigException refusal =
        assertThrows(ConfigException.class, () -> open(config().handler("md17")));
    assertTrue(refusal.getMessage().contains("md17"), refusal::getMessage);
  }
}
