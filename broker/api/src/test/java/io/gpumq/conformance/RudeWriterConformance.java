package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What writers and readers do to the buffers that they are lent harms nobody else. */
abstract class RudeWriterConformance extends QueueTest {
  private static final int CAPACITY = 64;
  private static final int LAPS = 3;

  RudeWriterConformance(TrackFixture on) {
    super(on);
  }

  /** Sends what fills the ring several times over, a message at a time, and checks every one. */
  private void assertCarriesOn(MessageQueue queue, Producer producer, Consumer consumer)
      throws Exception {
    for (int number = 0; number < LAPS * CAPACITY; number++) {
      producer.send(payload(number), SOON);
      Received entry = consume(consumer, 1).get(0);
      assertArrayEquals(payload(number), entry.payload(), "message " + number);
    }
  }

  @Test
  void aLimitThatAWriterLeavesIsForgotten() throws Exception {
    MessageQueue queue = open(config().maxMessages(CAPACITY));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int lap = 0; lap < CAPACITY; lap++) {
        producer.sendBatch(1, (index, slot) -> slot.put((byte) 7).limit(10), SOON);
        consume(consumer, 1);
      }
      assertCarriesOn(queue, producer, consumer);
    }
  }

  /** Those before it are sent, as where a writer throws. */
  @Test
  void moreThanTheLimitIsRefused() throws Exception {
    MessageQueue queue = open(config().maxMessages(CAPACITY));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      byte[] tooMuch = new byte[queue.config().maxPayloadBytes() + 1];
      for (int length = 0; length < LAPS; length++) { // payloads of one size, then of several
        byte[] before = new byte[length];
        assertThrows(
            RuntimeException.class,
            () ->
                producer.sendBatch(
                    2, (index, slot) -> slot.clear().put(index == 0 ? before : tooMuch), SOON));
        assertArrayEquals(before, consume(consumer, 1).get(0).payload());
      }
      assertCarriesOn(queue, producer, consumer);
    }
  }

  @Test
  void anOrderThatAWriterLeavesIsForgotten() throws Exception {
    MessageQueue queue = open(config().maxMessages(CAPACITY));
    try (Producer rude = queue.producer();
        Producer polite = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int lap = 0; lap < CAPACITY; lap++) {
        rude.sendBatch(1, (index, slot) -> slot.order(ByteOrder.LITTLE_ENDIAN).putLong(7), SOON);
        consume(consumer, 1);
      }
      for (int lap = 0; lap < CAPACITY; lap++) {
        polite.sendBatch(1, (index, slot) -> slot.putLong(7), SOON);
        assertEquals(7, ByteBuffer.wrap(consume(consumer, 1).get(0).payload()).getLong());
      }
    }
  }

  @Test
  void whatAReaderDoesToAnEntrysViewIsForgotten() throws Exception {
    MessageQueue queue = open(config().handler("sha256"));
    List<Long> sequences = send(queue, 0, 4);
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int seen = 0; seen < sequences.size(); ) {
        Batch batch = consumer.poll(4, SOON);
        for (int i = 0; i < batch.size(); i++) {
          for (ByteBuffer view : List.of(batch.get(i).payload(), batch.get(i).result())) {
            view.order(ByteOrder.LITTLE_ENDIAN).position(view.limit());
          }
          batch.get(i).payload().limit(batch.get(i).payload().position());
          assertEquals(ByteOrder.BIG_ENDIAN, batch.get(i).payload().order());
          assertEquals(ByteOrder.BIG_ENDIAN, batch.get(i).result().order());
          assertArrayEquals(payload(seen + i), batch.get(i).payloadBytes());
          assertEquals(32, batch.get(i).resultBytes().length);
        }
        seen += consumer.acknowledge(batch);
      }
    }
  }

  @Test
  void aPayloadThatShrinksOrIsRefusedHoldsNothingUp() throws Exception {
    MessageQueue queue = open(config().maxMessages(CAPACITY));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int i = 0; i < CAPACITY; i++) {
        assertThrows(
            IllegalStateException.class,
            () ->
                producer.sendBatch(
                    3,
                    (index, slot) -> {
                      slot.put((byte) index);
                      if (index == 1) {
                        throw new IllegalStateException("rude");
                      }
                    },
                    SOON));
        assertArrayEquals(new byte[] {0}, consume(consumer, 1).get(0).payload());
      }
      assertCarriesOn(queue, producer, consumer);
    }
  }

  @Test
  void aWriterThatSendsByItsOwnProducerIsRefused() throws Exception {
    MessageQueue queue = open(config().maxMessages(CAPACITY));
    try (Producer producer = queue.producer();
        Producer other = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<Producer.PayloadWriter> rude =
          List.of(
              (index, slot) -> producer.trySend(ByteBuffer.allocate(1)),
              (index, slot) -> producer.trySend(3, ByteBuffer.allocate(1)),
              (index, slot) -> producer.trySendBatch(1, (i, s) -> s.put((byte) 1)));
      for (Producer.PayloadWriter writer : rude) {
        assertThrows(IllegalStateException.class, () -> producer.sendBatch(100, writer, SOON));
      }
      assertFalse(queue.stats().sent() > 0, "sent nothing of those");
      producer.sendBatch(
          1,
          (index, slot) -> {
            other.trySend(ByteBuffer.wrap(new byte[] {2}));
            slot.put((byte) 1);
          },
          SOON);
      assertEquals(2, consume(consumer, 2).size(), "another producer may send meanwhile");
      assertCarriesOn(queue, producer, consumer);
    }
  }
}
