package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Taken;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** A connection breaks, and nobody knows whether Redis did what it was asked. */
@Tag("redis")
@Timeout(60)
class LostAnswerTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONG_LEASE = Duration.ofMinutes(10);

  private FaultyProxy proxy;
  private Track track;

  @BeforeEach
  void open() throws Exception {
    proxy = new FaultyProxy(TestRedis.uri());
    track = Tracks.open("a", TestRedis.options(proxy.uri()));
  }

  @AfterEach
  void close() {
    track.close();
    proxy.close();
  }

  private MessageQueue queue(QueueConfig.Builder config) {
    return track.open(config.lease(LONG_LEASE).build());
  }

  /** Redis reads some part of the pipeline, from nothing to all, cut at any byte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 150, 777, 1500, 2999, -1})
  void sendsEachMessageOfABrokenPipelineOnce(int requestBytes) throws Exception {
    MessageQueue queue = queue(QueueConfig.named("pipeline").capacity(64));
    try (Producer other = queue.producer();
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(numbered(0), SOON);
      other.send(numbered(1000), SOON);
      if (requestBytes < 0) {
        proxy.loseAnswerTo("XADD");
      } else {
        proxy.cutRequest("XADD", requestBytes);
      }
      producer.sendBatch(30, (index, slot) -> slot.put(numbered(1 + index)), SOON);
      other.send(numbered(1001), SOON);
      producer.send(numbered(31), SOON);
      assertEquals(1, proxy.cuts());
      List<Integer> got = new ArrayList<>();
      while (got.size() < 34) {
        Batch batch = consumer.poll(64, SOON);
        for (int i = 0; i < batch.size(); i++) {
          got.add(number(batch.get(i).payload()));
        }
        consumer.acknowledge(batch);
      }
      List<Integer> expected = new ArrayList<>(List.of(0, 1000));
      for (int number = 1; number <= 30; number++) {
        expected.add(number);
      }
      expected.addAll(List.of(1001, 31));
      assertEquals(expected, got);
      assertEquals(34, queue.stats().sent());
      assertEquals(34 * 100, queue.stats().bytes());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void returnsTheSequenceOfASendWhoseAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("sequence").capacity(2));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      proxy.loseAnswerTo("XADD");
      long sequence = producer.send(numbered(1), SOON);
      assertEquals(1, proxy.cuts());
      Batch batch = consumer.poll(8, SOON);
      assertEquals(1, batch.size());
      assertEquals(sequence, batch.get(0).sequence());
      assertNotEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(2))));
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(3))));
    }
  }

  /** The entries are pending in Redis, of a consumer that never saw them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deliversWhatALostPollHadFetchedAtOnceAndForTheFirstTime(boolean strictOrder)
      throws Exception {
    MessageQueue queue = queue(QueueConfig.named("poll").capacity(64).strictOrder(strictOrder));
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 10);
      proxy.loseAnswerTo("XREADGROUP");
      Batch batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(10, batch.size());
      for (int i = 0; i < 10; i++) {
        assertEquals(i, number(batch.get(i).payload()));
        assertEquals(1, batch.get(i).deliveries());
      }
      assertEquals(10, consumer.acknowledge(batch));
      assertEquals(10, queue.stats().handled());
      assertEquals(10, queue.stats().delivered());
      assertEquals(0, queue.stats().redelivered());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redeliversWhatALostClaimHadFetched(boolean strictOrder) throws Exception {
    MessageQueue queue = queue(QueueConfig.named("claim").capacity(64).strictOrder(strictOrder));
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 5);
      Batch batch = consumer.poll(64, SOON);
      for (int i = 0; i < 5; i++) {
        consumer.refuse(batch.get(i).sequence(), Duration.ZERO);
      }
      proxy.loseAnswerTo("XAUTOCLAIM");
      batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(5, batch.size());
      for (int i = 0; i < 5; i++) {
        assertEquals(i, number(batch.get(i).payload()));
        assertEquals(2, batch.get(i).deliveries());
      }
    }
  }

  @Test
  void countsAnAcknowledgementWhoseAnswerWasLostOnce() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("ack").capacity(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 4);
      Batch batch = consumer.poll(64, SOON);
      proxy.loseAnswerTo("XACK");
      consumer.acknowledge(sequences.get(0));
      assertEquals(1, proxy.cuts());
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(0)));
      proxy.cutRequest("XACK", 3);
      assertEquals(3, consumer.acknowledge(batch));
      assertEquals(2, proxy.cuts());
      assertEquals(4, queue.stats().acknowledged());
      assertEquals(0, queue.stats().depth());
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void countsNothingThatWasSettledBeforeALostAnswer() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("late").capacity(64));
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      List<Long> sequences = send(queue, 4);
      Batch batch = consumer.poll(64, SOON);
      for (long sequence : sequences.subList(0, 3)) {
        other.acknowledge(sequence);
      }
      proxy.loseAnswerTo("XACK");
      assertEquals(1, consumer.acknowledge(batch));
      assertEquals(1, proxy.cuts());
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(3)));
      proxy.loseAnswerTo("XACK");
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(12345));
      assertEquals(4, queue.stats().acknowledged());
      assertEquals(0, queue.stats().depth());
      assertTrue(queue.close(SOON).drained());
    }
  }

  /**
   * Redis tells times in milliseconds: what was handed out just before may seem to be lost, too.
   */
  @Test
  void leavesWhatThePollBeforeHasHandedOut() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("before").capacity(1024));
    int rounds = 30;
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 2 * rounds);
      for (int round = 0; round < rounds; round++) {
        Batch before = consumer.poll(1, SOON);
        assertEquals(2 * round, number(before.get(0).payload()));
        proxy.loseAnswerTo("XREADGROUP");
        Batch batch = consumer.poll(1, SOON);
        assertEquals(1, batch.size());
        assertEquals(2 * round + 1, number(batch.get(0).payload()));
        assertEquals(1, batch.get(0).deliveries());
      }
      assertEquals(rounds, proxy.cuts());
      assertEquals(2 * rounds, queue.stats().delivered());
      assertEquals(2 * rounds, queue.stats().handled());
      assertEquals(2 * rounds, queue.groups().get(0).pending());
    }
  }

  @Test
  void givesBackOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("give-back").capacity(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 1).get(0);
      for (int delivery = 1; delivery < 3; delivery++) {
        assertEquals(delivery, consumer.poll(1, SOON).get(0).deliveries());
        consumer.refuse(sequence, Duration.ZERO);
      }
      assertEquals(3, consumer.poll(1, SOON).get(0).deliveries());
      proxy.loseAnswerTo("XCLAIM");
      consumer.giveBack(sequence, Duration.ZERO);
      assertEquals(1, proxy.cuts());
      assertEquals(3, consumer.poll(1, SOON).get(0).deliveries());
    }
  }

  /** It was seen once: it is pending, and its sequence is known. */
  @Test
  void whatWasGivenBackStaysPendingThoughItsNextFetchWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("given-back").capacity(64));
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      long sequence = send(queue, 1).get(0);
      consumer.poll(1, SOON);
      consumer.giveBack(sequence, Duration.ZERO);
      proxy.loseAnswerTo("XAUTOCLAIM");
      proxy.whenCut(other::close); // so that it fetches no more
      assertThrows(QueueClosedException.class, () -> other.poll(1, SOON));
      assertEquals(1, proxy.cuts());
      assertEquals(1, queue.groups().get(0).pending());
      assertEquals(0, queue.groups().get(0).lag());
      consumer.acknowledge(sequence);
      assertEquals(0, queue.stats().depth());
    }
  }

  /** What was acknowledged between two tries is no letter, and settled once. */
  @Test
  void countsNoLetterThatWasNotWritten() throws Exception {
    MessageQueue queue =
        track.open(
            QueueConfig.named("no-letter")
                .capacity(64)
                .maxDeliveries(1)
                .lease(Duration.ofMillis(50))
                .build());
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      List<Long> sequences = send(queue, 3);
      assertEquals(3, consumer.poll(3, SOON).size());
      proxy.cutRequest("EVAL", 0);
      proxy.whenCut(() -> consumer.acknowledge(sequences.get(1)));
      Await.until(
          "two letters",
          () -> other.poll(3, Duration.ZERO).isEmpty() && queue.deadLetters().size() == 2);
      assertEquals(1, proxy.cuts());
      send(queue, 1);
      assertEquals(1, queue.stats().depth());
      assertEquals(1, queue.stats().acknowledged());
      assertEquals(2, queue.stats().deadLettered());
    }
  }

  @Test
  void keepsTheLettersOfACloseWhoseAnswersWereLost() throws Exception {
    for (String lost : List.of("DEL", "XRANGE")) {
      MessageQueue queue =
          queue(QueueConfig.named("letters-" + lost).capacity(64).handler("fail:every=1"));
      try (Consumer consumer = queue.consumer("g", "c")) {
        send(queue, 3);
        Await.until(
            "three letters",
            () -> consumer.poll(3, Duration.ZERO).isEmpty() && queue.deadLetters().size() == 3);
      }
      int before = proxy.cuts();
      proxy.loseAnswerTo("\r\n" + lost);
      queue.close(Duration.ZERO);
      assertEquals(before + 1, proxy.cuts(), lost);
      assertEquals(3, queue.deadLetters().peek(10).size(), lost);
      assertEquals(List.of(), keys(queue.name()), lost);
    }
  }

  @Test
  void aQueueThatCannotBeMadeLeavesNothing() {
    for (String lost : List.of("SET", "MKSTREAM", "DESTROY")) {
      proxy.loseAnswerTo("\r\n" + lost);
      QueueConfig config = QueueConfig.named("none-" + lost).build();
      assertThrows(TrackFailedException.class, () -> track.open(config));
      assertEquals(List.of(), keys(config.name()), lost);
    }
  }

  private static List<String> keys(String queue) {
    try (Jedis jedis = new Jedis(URI.create(TestRedis.uri()))) {
      return List.copyOf(jedis.keys("gpumq:{" + queue + ":*"));
    }
  }

  @Test
  void refusesOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("refuse").capacity(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 1).get(0);
      consumer.poll(64, SOON);
      proxy.loseAnswerTo("XCLAIM");
      consumer.refuse(sequence, Duration.ZERO);
      assertEquals(1, proxy.cuts());
      Batch batch = consumer.poll(64, SOON);
      assertEquals(sequence, batch.get(0).sequence());
      assertEquals(2, batch.get(0).deliveries());
    }
  }

  @Test
  void writesALetterOnceThoughTheAnswerWasLost() throws Exception {
    var config = QueueConfig.named("letter").capacity(64).handler("fail:every=3");
    MessageQueue queue = queue(config);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 9);
      proxy.loseAnswerTo("EVAL");
      Batch batch = consumer.poll(64, SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(6, batch.size());
      List<DeadLetter> letters = queue.deadLetters().peek(10);
      assertEquals(
          List.of(sequences.get(0), sequences.get(3), sequences.get(6)),
          letters.stream().map(DeadLetter::sequence).toList());
      assertEquals(3, queue.deadLetters().size());
      assertEquals(3, queue.stats().failed());
      assertEquals(6, queue.stats().depth());
      assertEquals(6, consumer.acknowledge(batch));
      assertEquals(0, queue.stats().depth());
      proxy.loseAnswerTo("XDEL");
      assertEquals(letters.size(), Taken.from(queue.deadLetters(), 10).size());
      assertEquals(2, proxy.cuts());
      assertEquals(List.of(), Taken.from(queue.deadLetters(), 10));
    }
  }

  /** The count of what a trim let go is lost with its answer, the room must not be. */
  @Test
  void findsItsRoomAgainWhenATrimsAnswerIsLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("trim").capacity(8));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      TreeSet<Integer> got = new TreeSet<>();
      for (int round = 0; round < 6; round++) {
        proxy.loseAnswerTo("XTRIM");
        int base = 8 * round;
        producer.sendBatch(8, (index, slot) -> slot.put(numbered(base + index)), SOON);
        assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(numbered(99))));
        Batch batch = consumer.poll(64, SOON);
        for (int i = 0; i < batch.size(); i++) {
          got.add(number(batch.get(i).payload()));
        }
        assertEquals(8, consumer.acknowledge(batch));
      }
      assertEquals(48, got.size());
      assertTrue(proxy.cuts() >= 5, "cuts: " + proxy.cuts());
    }
  }

  @Test
  void makesAGroupOnceThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("group").capacity(8));
    send(queue, 3);
    proxy.loseAnswerTo("CREATE");
    queue.createGroup("g");
    assertEquals(1, proxy.cuts());
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(3, consumer.poll(8, SOON).size());
    }
  }

  @Test
  void handsBackWhatAClosingConsumerHeldThoughTheAnswerWasLost() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("close").capacity(8));
    send(queue, 3);
    Consumer leaving = queue.consumer("g", "leaving");
    leaving.poll(8, SOON);
    proxy.loseAnswerTo("XCLAIM");
    leaving.close();
    assertEquals(1, proxy.cuts());
    try (Consumer staying = queue.consumer("g", "staying")) {
      Batch batch = staying.poll(8, SOON);
      assertEquals(3, batch.size());
      assertEquals(2, batch.get(0).deliveries());
    }
  }

  private static List<Long> send(MessageQueue queue, int count) throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    try (Producer producer = queue.producer()) {
      for (int number = 0; number < count; number++) {
        sequences.add(producer.send(numbered(number), SOON));
      }
    }
    return sequences;
  }

  private static byte[] numbered(int number) {
    byte[] payload = new byte[100];
    ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putLong(number);
    System.arraycopy("payload".getBytes(UTF_8), 0, payload, 50, 7);
    return payload;
  }

  private static int number(ByteBuffer payload) {
    return (int) payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(payload.position());
  }
}
