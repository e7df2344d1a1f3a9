package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What several lanes promise, and what they do not, on any device. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class Lanes {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final int LANES = 4;

  private final Track track = openTrack();
  private final ExecutorService workers = Executors.newCachedThreadPool();

  abstract Track openTrack();

  @AfterEach
  void close() {
    workers.shutdownNow();
    track.close();
  }

  private static QueueConfig.Builder config(String handler) {
    return QueueConfig.named("lanes")
        .maxMessages(1024)
        .maxPayloadBytes(64)
        .handler(handler)
        .lanes(LANES);
  }

  private MessageQueue open(String handler) {
    return track.open(config(handler).build());
  }

  private static ByteBuffer message(long who, long number) {
    return ByteBuffer.allocate(16).putLong(number << 8 | who).putLong(number).flip();
  }

  private static long lane(long sequence) {
    return sequence >>> 56;
  }

  /** Reads so many messages and hands each to {@code check}, acknowledged. */
  private static void read(Consumer consumer, int count, LongConsumer check)
      throws InterruptedException {
    for (int seen = 0; seen < count; ) {
      Batch batch = consumer.poll(100, LONG);
      assertTrue(batch.size() > 0, "nothing came after " + seen);
      for (int i = 0; i < batch.size(); i++) {
        check.accept(batch.get(i).payload().getLong());
      }
      seen += consumer.acknowledge(batch);
    }
  }

  @Test
  void producersSpreadOverTheLanesAndEachKeepsItsOrder() throws Exception {
    int each = 5_000;
    try (MessageQueue queue = open("crc32c");
        Consumer consumer = queue.consumer("g", "c")) {
      Set<Long> lanes = new HashSet<>();
      List<Producer> producers = new ArrayList<>();
      for (int who = 0; who < 2 * LANES; who++) {
        producers.add(queue.producer());
        lanes.add(lane(producers.get(who).send(message(who, 0), LONG)));
      }
      List<Future<?>> sending = new ArrayList<>();
      for (int who = 0; who < 2 * LANES; who++) {
        int self = who;
        Producer producer = producers.get(who);
        sending.add(
            workers.submit(
                () -> {
                  for (int number = 1; number < each; number++) {
                    producer.send(message(self, number), LONG);
                  }
                  return null;
                }));
      }
      assertEquals(LANES, lanes.size());
      long[] next = new long[2 * LANES];
      read(
          consumer,
          2 * LANES * each,
          word -> assertEquals(next[(int) (word & 0xff)]++, word >>> 8, "order of one producer"));
      for (Future<?> sender : sending) {
        sender.get();
      }
      assertEquals(2L * LANES * each, queue.stats().acknowledged());
      assertTrue(queue.close(LONG).drained());
    }
  }

  /** Whichever producers send, and though handlers fail and are run again. */
  /** As a consumer of one lane does: which lane it waits in does not matter. */
  @Test
  void aConsumerLetsOneThreadInAtATime() throws Exception {
    try (MessageQueue queue = open("echo");
        Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      Future<Integer> waits = workers.submit(() -> pollWhenAlone(consumer));
      Await.until("a second to be refused", () -> isRefused(consumer));
      producer.send(message(0, 0), LONG);
      assertEquals(1, waits.get());
    }
  }

  /** The one that looks whether it is refused may be inside when this one comes. */
  private static int pollWhenAlone(Consumer consumer) throws InterruptedException {
    while (true) {
      try {
        return consumer.poll(1, LONG).size();
      } catch (IllegalStateException e) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean isRefused(Consumer consumer) throws InterruptedException {
    try {
      consumer.poll(1, Duration.ZERO);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void aKeyKeepsItsOrderOverProducersAndRetries() throws Exception {
    int keys = 50;
    int rounds = 200;
    try (MessageQueue queue = open("fail:every=3,attempts=2");
        Consumer consumer = queue.consumer("g", "c");
        Producer one = queue.producer();
        Producer other = queue.producer()) {
      Set<Long> lanes = new HashSet<>();
      Future<?> sending =
          workers.submit(
              () -> {
                for (int round = 0; round < rounds; round++) {
                  for (int key = 0; key < keys; key++) {
                    Producer producer = (round + key) % 2 == 0 ? one : other;
                    lanes.add(lane(producer.send(key, message(key, round), LONG)));
                  }
                }
                return null;
              });
      Map<Long, Long> next = new HashMap<>();
      read(
          consumer,
          keys * rounds,
          word -> assertEquals(next.merge(word & 0xff, 1L, Long::sum) - 1, word >>> 8, "order"));
      sending.get();
      assertEquals(LANES, lanes.size(), "keys spread over the lanes");
    }
  }

  @Test
  void aFullLaneHoldsItsOwnProducersBackAlone() throws Exception {
    try (MessageQueue queue = open("echo");
        Consumer consumer = queue.consumer("g", "c");
        Producer full = queue.producer();
        Producer other = queue.producer()) {
      for (int i = 0; i < 1024 / LANES; i++) {
        full.send(message(1, i), LONG);
      }
      assertEquals(Producer.FULL, full.trySend(message(1, 0)));
      assertEquals(1, lane(other.trySend(message(2, 0))));
      long[] next = {0, 0, 0};
      read(consumer, 1024 / LANES + 1, word -> assertEquals(next[(int) (word & 3)]++, word >>> 8));
      assertEquals(0, queue.stats().depth());
    }
  }

  @Test
  void entriesOfAnyLaneAreAcknowledgedAndRefusedByTheirSequence() throws Exception {
    try (MessageQueue queue = open("echo");
        Consumer one = queue.consumer("g", "one");
        Consumer two = queue.consumer("g", "two")) {
      Set<Long> sent = new HashSet<>();
      for (int lane = 0; lane < LANES; lane++) {
        sent.add(queue.producer().send(message(0, lane), LONG));
      }
      Set<Long> seen = new HashSet<>();
      for (int i = 0; i < LANES; i++) {
        seen.add(one.poll(1, LONG).get(0).sequence());
      }
      assertEquals(sent, seen);
      long last = sent.stream().max(Long::compare).orElseThrow();
      one.refuse(last, Duration.ZERO);
      assertEquals(last, two.poll(1, LONG).get(0).sequence());
      for (long sequence : sent) {
        two.acknowledge(sequence);
        assertThrows(NotPendingException.class, () -> one.acknowledge(sequence));
      }
      assertThrows(NotPendingException.class, () -> one.acknowledge(5L << 56));
      assertThrows(NotPendingException.class, () -> one.acknowledge(-1));
    }
  }

  @Test
  void inStrictOrderALaneThatIsOutHoldsNoOtherBack() throws Exception {
    try (MessageQueue queue = track.open(config("echo").strictOrder(true).build());
        Consumer one = queue.consumer("g", "one");
        Consumer two = queue.consumer("g", "two")) {
      for (int message = 0; message < 2 * LANES; message++) {
        queue.producer().send(message(0, message), LONG); // two in each lane
      }
      Set<Long> held = new HashSet<>();
      for (int lane = 0; lane < LANES; lane++) { // each poll by way of those that are out
        Consumer consumer = lane % 3 == 0 ? one : two;
        held.add(consumer.poll(1, LONG).get(0).sequence());
      }
      assertEquals(LANES, held.stream().map(Lanes::lane).distinct().count());
      assertTrue(one.poll(9, SHORT).isEmpty() && two.poll(9, SHORT).isEmpty());
      for (long sequence : held) {
        two.acknowledge(sequence);
        assertEquals(sequence + 1, one.poll(9, LONG).get(0).sequence(), "the lane's next");
      }
    }
  }

  @Test
  void anInterruptOfTheCloserEndsTheDrain() throws Exception {
    MessageQueue queue = open("echo");
    queue.createGroup("g");
    Producer producer = queue.producer();
    producer.send(message(0, 0), LONG);
    Future<Boolean> closing =
        workers.submit(
            () -> {
              Thread.currentThread().interrupt();
              return queue.close(Duration.ofDays(1)).drained();
            });
    assertFalse(closing.get());
    assertEquals(1, queue.stats().depth());
  }
}
