package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is full: who sends is told so, or waits, and nothing that is written is stuck. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullStoreTest {
  private static final int BYTES = 300;

  private final Track track =
      Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "8M")));
  private final Workers workers = new Workers();

  @AfterEach
  void close() throws Exception {
    workers.close();
    track.close();
  }

  private MessageQueue open(String name) {
    return open(config(name));
  }

  private MessageQueue open(QueueConfig.Builder config) {
    return track.open(config.build());
  }

  private static QueueConfig.Builder config(String name) {
    return QueueConfig.named(name);
  }

  private static void write(int index, ByteBuffer slot) {
    while (slot.position() < BYTES) {
      slot.putInt(index);
    }
  }

  private static byte[] message(int index) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    write(index, bytes);
    return bytes.array();
  }

  /** Sends until there is no room; returns how many went in. */
  private static int fill(Producer producer) throws InterruptedException {
    AtomicInteger written = new AtomicInteger();
    int sent = 0;
    try {
      while (true) {
        producer.sendBatch(1000, counting(written), Duration.ofMillis(300));
        sent += 1000;
      }
    } catch (QueueFullException full) {
      sent += full.accepted();
    }
    assertEquals(sent, written.get(), "what is written is sent, and nothing else is written");
    return sent;
  }

  private static Producer.PayloadWriter counting(AtomicInteger written) {
    return (index, slot) -> write(written.getAndIncrement(), slot);
  }

  private static void assertMessages(Consumer consumer, int from, int to) throws Exception {
    for (int next = from; next < to; ) {
      Batch batch = consumer.poll(1000, Await.DEADLINE);
      assertTrue(batch.size() > 0, "message " + next + " is missing");
      for (int i = 0; i < batch.size(); i++) {
        assertArrayEquals(message(next++), batch.get(i).payloadBytes());
      }
      consumer.acknowledge(batch);
    }
  }

  @Test
  void tellsHowManyItTook() throws Exception {
    MessageQueue queue = open("q");
    try (Producer producer = queue.producer()) {
      int sent = fill(producer);
      assertTrue(sent > 10_000, sent + " messages in 8 MB");
      assertEquals(0, producer.trySendBatch(10, (index, slot) -> write(index, slot)));
      Consumer consumer = queue.consumer("g", "c");
      assertMessages(consumer, 0, sent);
      assertTrue(fill(producer) > 10_000, "the memory is there again");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void waitsForNoLongerThanItShould(boolean isBatch) throws Exception {
    MessageQueue queue = open("q");
    try (Producer producer = queue.producer()) {
      int sent = fill(producer);
      Duration soon = Duration.ofMillis(50);
      while (producer.trySend(ByteBuffer.allocate(0)) != Producer.FULL) {
        sent++; // smaller ones may still have room
      }
      QueueFullException full =
          assertThrows(
              QueueFullException.class,
              () -> {
                if (isBatch) {
                  producer.sendBatch(10, (index, slot) -> write(index, slot), soon);
                } else {
                  producer.send(message(0), soon);
                }
              });
      assertEquals(0, full.accepted());
      assertEquals(sent, queue.stats().sent());
    }
  }

  /** Room of one queue is another's memory: its producer hears when that comes back. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wakesProducersOfOtherQueues(boolean isBatch) throws Exception {
    MessageQueue full = open("full");
    MessageQueue waiting = open("waiting");
    try (Producer filler = full.producer();
        Producer producer = waiting.producer()) {
      int sent = fill(filler);
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.wrap(message(0))));
      var sending =
          workers.start(
              () -> {
                if (isBatch) {
                  producer.sendBatch(10, (index, slot) -> write(index, slot), Await.DEADLINE);
                } else {
                  producer.send(message(0), Await.DEADLINE);
                }
                return null;
              });
      assertMessages(full.consumer("g", "c"), 0, sent);
      sending.join();
      assertMessages(waiting.consumer("g", "c"), 0, isBatch ? 10 : 1);
    }
  }

  /** What is written while the store fills up is sent, whoever took the rest. */
  @Test
  void keepsWhatSlowWritersWrite() throws Exception {
    MessageQueue slow = open("slow");
    MessageQueue other = open("other");
    int writers = 4;
    CountDownLatch writing = new CountDownLatch(writers);
    AtomicBoolean isFull = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    List<Workers.Worker<Integer>> sending = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      Producer producer = slow.producer();
      sending.add(
          workers.start(
              () ->
                  producer.trySendBatch(
                      50,
                      (index, slot) -> {
                        if (index == 1) {
                          writing.countDown();
                          Await.until("full", isFull::get);
                        }
                        write(written.getAndIncrement(), slot);
                      })));
    }
    writing.await();
    try (Producer producer = other.producer()) {
      fill(producer);
    }
    isFull.set(true);
    int sent = 0;
    for (var worker : sending) {
      sent += worker.join();
    }
    assertTrue(sent >= 100, sent + " messages: most writers had refuges");
    assertEquals(sent, written.get(), "all that is written has a place");
    assertEquals(sent, slow.stats().sent());
    Consumer consumer = slow.consumer("g", "c");
    for (int seen = 0; seen < sent; ) {
      Batch batch = consumer.poll(100, Await.DEADLINE);
      for (int i = 0; i < batch.size(); i++, seen++) {
        assertEquals(BYTES, batch.get(i).payloadBytes().length);
      }
      consumer.acknowledge(batch);
    }
  }

  /** A queue at rest holds nothing of the store. */
  @Test
  void holdsNothingWhenItRests() throws Exception {
    MessageQueue queue = open("q");
    Consumer consumer = queue.consumer("g", "c");
    try (Producer producer = queue.producer()) {
      producer.send(message(0), Await.DEADLINE);
      assertTrue(queue.stats().storeBytes() >= 1 << 10, queue.stats().toString());
      assertMessages(consumer, 0, 1);
      Await.until("nothing held", () -> queue.stats().storeBytes() == 0);
      producer.send(message(1), Await.DEADLINE);
      assertMessages(consumer, 1, 2);
    }
  }

  /** Nor does one whose only writer has thrown before it wrote anything. */
  @Test
  void holdsNothingOfWhatNobodyWrote() {
    MessageQueue queue = open(config("q").maxBytes(1 << 20)); // so that room is promised
    IllegalStateException thrown = new IllegalStateException("by the writer");
    PayloadWriter throwing =
        (index, slot) -> {
          assertTrue(queue.stats().storeBytes() > 0, "nothing is promised");
          throw thrown;
        };
    try (Producer producer = queue.producer()) {
      var seen =
          assertThrows(IllegalStateException.class, () -> producer.trySendBatch(1, throwing));
      assertEquals(thrown, seen);
      Await.until("nothing held", () -> queue.stats().storeBytes() == 0);
    }
  }

  @Test
  void keepsToItsLimitInBytes() throws Exception {
    long most = 1 << 20;
    MessageQueue queue = open(config("small").maxBytes(most));
    try (Producer producer = queue.producer()) {
      int sent = fill(producer);
      long held = queue.stats().storeBytes();
      assertTrue(held <= most && held > most / 2, held + " bytes");
      assertTrue(sent * (BYTES + 20L) > most / 2, sent + " messages");
      String why = whyFull(producer);
      assertTrue(why.contains("it holds " + held + " of its 1048576 max-bytes"), why);
      assertMessages(queue.consumer("g", "c"), 0, sent);
      assertTrue(fill(producer) > sent / 2, "there is room again");
    }
  }

  /** Whatever others do, a queue has what is reserved for it. */
  @Test
  void keepsWhatIsReserved() throws Exception {
    long least = 2 << 20;
    MessageQueue modest = open(config("modest").minBytes(least));
    MessageQueue greedy = open("greedy");
    try (Producer filler = greedy.producer();
        Producer producer = modest.producer()) {
      fill(filler);
      int sent = fill(producer);
      long held = modest.stats().storeBytes();
      assertTrue(held >= least / 8 * 7, held + " bytes of " + least);
      assertMessages(modest.consumer("g", "c"), 0, sent);
      fill(filler);
      assertEquals(sent, producer.trySend(ByteBuffer.allocate(BYTES)), "its next sequence");
    }
    modest.close();
    try (Producer filler = greedy.producer()) {
      assertTrue(fill(filler) > 2_000, "nothing is reserved for a closed queue");
    }
  }

  @Test
  void refusesWhatItCannotKeepTo() {
    open(config("half").minBytes(4 << 20));
    ConfigException promised =
        assertThrows(ConfigException.class, () -> open(config("other").minBytes(4 << 20)));
    assertTrue(
        promised.getMessage().startsWith("min-bytes 4194304 of queue 'other': must be at most "),
        promised.getMessage());
    ConfigException tiny =
        assertThrows(ConfigException.class, () -> open(config("tiny").lanes(2).maxBytes(1 << 10)));
    assertEquals(
        "max-bytes 1024 of queue 'tiny': must be 2048 or more, for a message of 512 bytes in each"
            + " of its lanes",
        tiny.getMessage());
    open("other").close(); // a name that was refused is free
    track.queue("half").orElseThrow().close();
    open(config("other").minBytes(4 << 20)).close();
  }

  @Test
  void saysWhichQueuesFillTheStore() throws Exception {
    MessageQueue full = open("full");
    MessageQueue waiting = open("waiting");
    try (Producer filler = full.producer();
        Producer producer = waiting.producer()) {
      fill(filler);
      String why = whyFull(producer);
      String held = "most of it is held by queue 'full' (" + full.stats().storeBytes() + " bytes)";
      assertTrue(why.startsWith("queue 'waiting' is full: the store of 8388608 bytes has no"), why);
      assertTrue(why.contains(held), why);
    }
  }

  private static String whyFull(Producer producer) {
    QueueFullException full =
        assertThrows(
            QueueFullException.class,
            () -> producer.send(ByteBuffer.allocate(512), Duration.ofMillis(100)));
    return full.getMessage();
  }
}
