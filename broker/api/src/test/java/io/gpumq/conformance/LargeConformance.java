package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.reference.Handler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads of 0 bytes to 16 MiB in one queue. */
abstract class LargeConformance extends QueueTest {
  private static final int MOST = QueueConfig.MAX_PAYLOAD_BYTES;
  private static final int[] SIZES = {
    0, 65_537, 1, 65_536, (1 << 20) - 1, 100, 1 << 20, MOST, 65_535, MOST - 1, 0, 300_000
  };

  LargeConformance(TrackFixture on) {
    super(on);
  }

  /** Few messages: a Redis may have a limit of memory, and all of them must fit. */
  private static QueueConfig.Builder large() {
    return config().maxPayloadBytes(MOST).maxMessages(16).maxDeadLetters(4);
  }

  private MessageQueue openLarge() {
    return open(large());
  }

  private static void assertPayload(byte[] sent, Entry entry) {
    assertEquals(ByteBuffer.wrap(sent), entry.payload());
  }

  /** Takes messages one after the other, and acknowledges each batch. */
  private static void assertComes(Consumer consumer, List<byte[]> sent) throws Exception {
    for (int at = 0; at < sent.size(); ) {
      Batch batch = consumer.poll(64, SOON);
      assertTrue(!batch.isEmpty(), "only " + at + " of " + sent.size() + " entries came");
      for (int i = 0; i < batch.size(); i++) {
        assertPayload(sent.get(at++), batch.get(i));
      }
      consumer.acknowledge(batch);
    }
  }

  @Test
  void carriesEverySizeInOrder() throws Exception {
    MessageQueue queue = openLarge();
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<byte[]> sent = new ArrayList<>();
      for (int size : SIZES) {
        byte[] payload = randomBytes(size);
        sent.add(payload);
        if (sent.size() % 2 == 0) {
          producer.send(payload, SOON);
        } else {
          producer.send(ByteBuffer.allocateDirect(size).put(0, payload), SOON);
        }
      }
      assertComes(consumer, sent);
    }
  }

  @Test
  void carriesWhatLiesBetweenPositionAndLimit() throws Exception {
    MessageQueue queue = openLarge();
    byte[] all = randomBytes(1 << 20);
    ByteBuffer payload = ByteBuffer.wrap(all).position(1_000).limit(900_001).asReadOnlyBuffer();
    try (Consumer consumer = queue.consumer("g", "c")) {
      queue.producer().send(payload, SOON);
      assertEquals(1_000, payload.position());
      assertEquals(900_001, payload.limit());
      assertEquals(payload, consumer.poll(1, SOON).get(0).payload());
    }
  }

  @Test
  void keepsTheOrderOfAKey() throws Exception {
    MessageQueue queue = openLarge();
    try (Producer one = queue.producer();
        Producer other = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<byte[]> sent = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        sent.add(randomBytes(i % 3 == 0 ? 200_000 + i : i));
        (i % 2 == 0 ? one : other).send(7, sent.get(i), SOON);
      }
      for (int at = 0; at < sent.size(); ) {
        Batch batch = consumer.poll(64, SOON);
        for (int i = 0; i < batch.size(); i++) {
          assertPayload(sent.get(at++), batch.get(i));
          assertEquals(7, batch.get(i).key());
        }
        consumer.acknowledge(batch);
      }
    }
  }

  @Test
  void carriesBatchesOfAllSizes() throws Exception {
    MessageQueue queue = openLarge();
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sent.add(randomBytes(i % 40 == 7 ? random.nextInt(MOST / 8) : random.nextInt(2_000)));
    }
    try (Consumer consumer = queue.consumer("g", "c")) {
      workers.start(
          () -> {
            queue.producer().sendBatch(200, (i, slot) -> slot.put(sent.get(i)), SOON);
            return null;
          });
      assertComes(consumer, sent);
    }
  }

  @Test
  void sendsWhatAWriterWroteBeforeItThrew() throws Exception {
    MessageQueue queue = openLarge();
    byte[] first = randomBytes(3);
    byte[] second = randomBytes(100_000);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      Producer.PayloadWriter writer =
          (i, slot) -> {
            assertEquals(MOST, slot.remaining());
            if (i == 2) {
              throw new IllegalStateException("enough");
            }
            slot.put(i == 0 ? first : second);
          };
      assertThrows(IllegalStateException.class, () -> producer.sendBatch(9, writer, SOON));
      assertComes(consumer, List.of(first, second));
      assertNothingComes(consumer);
    }
  }

  @Test
  void refusesWhatIsLargerThanTheQueueTakes() {
    MessageQueue queue = open(config().maxPayloadBytes(100_000));
    try (Producer producer = queue.producer()) {
      byte[] payload = new byte[100_001];
      assertThrows(PayloadTooLargeException.class, () -> producer.send(payload, SOON));
      assertThrows(
          PayloadTooLargeException.class, () -> producer.trySend(ByteBuffer.wrap(payload)));
      assertEquals(0, queue.stats().sent());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crc32c", "sha256"})
  void handlesAllOfALargePayload(String handler) throws Exception {
    MessageQueue queue = open(large().handler(handler));
    Handler oracle = Handler.of(handler);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int size : new int[] {65_537, 10, 1_000_003}) {
        byte[] payload = randomBytes(size);
        producer.send(payload, SOON);
        Batch batch = consumer.poll(1, SOON);
        assertPayload(payload, batch.get(0));
        assertEquals(ByteBuffer.wrap(oracle.handle(payload, 1)), batch.get(0).result());
        consumer.acknowledge(batch);
      }
    }
  }

  @Test
  void deliversALargeOneAgain() throws Exception {
    MessageQueue queue = openLarge();
    byte[] payload = randomBytes(MOST);
    queue.createGroup("g");
    try (Producer producer = queue.producer()) {
      producer.send(payload, SOON);
    }
    for (int time = 1; time <= 3; time++) {
      try (Consumer consumer = queue.consumer("g", "c" + time)) {
        Entry entry = consumer.poll(1, SOON).get(0);
        assertPayload(payload, entry);
        assertEquals(time, entry.deliveries());
      }
    }
  }

  @Test
  void keepsALargeOneAsALetterAndReplaysIt() throws Exception {
    MessageQueue queue = open(large().maxDeliveries(1));
    byte[] payload = randomBytes(MOST - 5);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(9, payload, SOON);
      consumer.refuse(consumer.poll(1, SOON).get(0).sequence(), Duration.ZERO);
      Await.until(
          "a letter", () -> consumer.poll(1, BRIEFLY).isEmpty() && ReadLetters.size(queue) == 1);
      assertArrayEquals(payload, ReadLetters.peek(queue, 1).get(0).payload());
      ReadLetters.replay(queue, false);
      Entry again = consumer.poll(1, SOON).get(0);
      assertPayload(payload, again);
      assertEquals(9, again.key());
    }
  }

  /** Each producer's messages keep their order, and none is another's. */
  @Test
  void keepsProducersApart() throws Exception {
    int producers = 4;
    int each = 12;
    MessageQueue queue = openLarge();
    for (int p = 0; p < producers; p++) {
      int number = p;
      workers.start(
          () -> {
            try (Producer producer = queue.producer()) {
              for (int i = 0; i < each; i++) {
                producer.send(ByteBuffer.wrap(numbered(number, i)), SOON);
              }
            }
            return null;
          });
    }
    int[] next = new int[producers];
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int came = 0; came < producers * each; ) {
        Batch batch = consumer.poll(8, SOON);
        assertTrue(!batch.isEmpty(), "only " + came + " came");
        for (int i = 0; i < batch.size(); i++, came++) {
          int from = batch.get(i).payload().get(); // where it begins
          assertPayload(numbered(from, next[from]++), batch.get(i));
        }
        consumer.acknowledge(batch);
      }
    }
  }

  private byte[] numbered(int producer, int number) {
    byte[] bytes = payload(producer, number, 2 << 20);
    byte[] with = new byte[bytes.length + 1];
    with[0] = (byte) producer;
    System.arraycopy(bytes, 0, with, 1, bytes.length);
    return with;
  }
}
