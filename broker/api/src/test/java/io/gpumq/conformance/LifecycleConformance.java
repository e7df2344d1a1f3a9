package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Track;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Counters, and the end of queues and tracks. */
abstract class LifecycleConformance extends QueueTest {
  LifecycleConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void describesItself() {
    Track track = fixture().track();
    assertFalse(track.name().isBlank());
    assertFalse(track.describe().isBlank());
    assertTrue(List.of("cuda", "host").contains(track.device()), track::device);
    QueueConfig config = config().handler("crc32c").build();
    try (MessageQueue queue = track.open(config)) {
      assertEquals(config.name(), queue.name());
      assertEquals(config, queue.config());
      assertEquals(new QueueStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), queue.stats());
    }
  }

  @Test
  void countsExactly() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(2).handler("fail:every=100"));
    queue.createGroup("one");
    queue.createGroup("two");
    for (int failing : new int[] {100, 200, 300}) {
      Numbered.send(queue, random, failing, failing + 1);
    }
    List<Long> sequences = Numbered.send(queue, random, 1, 28);
    long bytes = 0;
    try (Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c")) {
      for (Received entry : consume(two, 27)) {
        bytes += entry.payload().length;
      }
      poll(one, 20);
      long twice = sequences.get(3);
      one.refuse(twice, Duration.ZERO);
      assertEquals(twice, poll(one, 1).get(0).sequence());
      one.refuse(twice, Duration.ZERO); // at its limit
      poll(one, 7);
      Await.until("four dead letters", () -> ReadLetters.size(queue) == 4);
      sequences.subList(0, 3).forEach(one::acknowledge);
      for (Letter letter : ReadLetters.peek(queue, 4)) {
        bytes += letter.group().isEmpty() ? letter.payload().length : 0;
      }
    }
    QueueStats expected = new QueueStats(30, 30, 27 + 27 + 1, 27 + 3, 1, 3, 4, 0, 23, bytes, 0);
    Await.until("exact counters", () -> counters(queue), expected::equals);
  }

  @Test
  void drainsBeforeItCloses() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 30);
    Producer producer = queue.producer();
    Consumer one = queue.consumer("one", "c");
    Consumer two = queue.consumer("two", "c");
    poll(one, 10);
    var closing = workers.start(() -> queue.close(SOON));
    Await.until("intake closed", () -> closed(queue::producer));
    assertThrows(QueueClosedException.class, () -> producer.trySend(ByteBuffer.wrap(payload(30))));
    sequences.subList(0, 10).forEach(one::acknowledge);
    assertMessages(consume(one, 20), sequences.subList(10, 30), 10, 1);
    assertMessages(consume(two, 29), sequences.subList(0, 29), 0, 1);
    assertFalse(closing.isDone(), "closed before every group had acknowledged");
    poll(two, 1);
    two.acknowledge(sequences.get(29));
    CloseReport report = closing.join();
    assertTrue(report.drained());
    assertEquals(0, report.left());
    assertEquals(30, report.stats().sent());
    assertEquals(60, report.stats().acknowledged());
    assertThrows(QueueClosedException.class, () -> one.poll(1, SOON));
  }

  private static boolean closed(Callable<Producer> call) throws Exception {
    try {
      call.call().close();
      return false;
    } catch (QueueClosedException e) {
      return true;
    }
  }

  @Test
  void reportsWhatIsLeftAtTheDeadline() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 10);
    Consumer one = queue.consumer("one", "c");
    Consumer two = queue.consumer("two", "c");
    consume(one, 10);
    poll(two, 6);
    sequences.subList(0, 4).forEach(two::acknowledge);
    CloseReport report = queue.close(Duration.ofMillis(50));
    assertFalse(report.drained());
    assertEquals(6, report.left());
    assertEquals(10, report.stats().sent());
    assertEquals(14, report.stats().acknowledged());
    assertEquals(16, report.stats().delivered());
    assertEquals(report, queue.close(SOON), "closing again returns the first report");
    queue.close();
    assertEquals(report.stats().sent(), queue.stats().sent());
  }

  @Test
  void refusesEverythingOnceClosed() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 2);
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    poll(consumer, 2);
    CloseReport report = queue.close(Duration.ZERO);
    assertEquals(2, report.left());
    long sequence = sequences.get(0);
    Class<QueueClosedException> closed = QueueClosedException.class;
    assertThrows(closed, () -> producer.send(payload(0), SOON));
    assertThrows(closed, () -> producer.trySend(ByteBuffer.allocate(8)));
    assertThrows(closed, () -> producer.sendBatch(2, (index, slot) -> {}, SOON));
    assertThrows(closed, () -> producer.trySendBatch(2, (index, slot) -> {}));
    assertThrows(closed, () -> consumer.poll(1, Duration.ZERO));
    assertThrows(closed, () -> consumer.acknowledge(sequence));
    assertThrows(closed, () -> consumer.refuse(sequence, Duration.ZERO));
    assertThrows(closed, queue::producer);
    assertThrows(closed, () -> queue.consumer("g", "other"));
    assertThrows(closed, () -> queue.createGroup("other"));
    closeTwice(consumer);
    closeTwice(producer);
  }

  @Test
  void wakesWaitingProducersAndConsumers() throws Exception {
    MessageQueue full = open(config().maxMessages(2));
    MessageQueue empty = open(config());
    send(full, 0, 2);
    List<Workers.Worker<?>> waiting = new ArrayList<>();
    waiting.add(workers.start(() -> full.producer().send(payload(2), Duration.ofDays(1))));
    waiting.add(
        workers.start(
            () -> {
              full.producer().sendBatch(9, (index, slot) -> {}, Duration.ofDays(1));
              return null;
            }));
    for (String name : List.of("first", "second")) {
      Consumer consumer = empty.consumer("g", name);
      waiting.add(workers.start(() -> consumer.poll(8, Duration.ofDays(1))));
    }
    waiting.forEach(Workers.Worker::awaitWaiting);
    assertEquals(2, full.close(Duration.ZERO).left());
    assertTrue(empty.close(Duration.ofDays(1)).drained(), "nothing to wait for");
    for (var worker : waiting) {
      assertThrows(QueueClosedException.class, worker::join);
    }
  }

  @Test
  void stopsIntakeAndWakesProducersWhileItDrains() throws Exception {
    MessageQueue queue = open(config().maxMessages(2));
    List<Long> sequences = send(queue, 0, 2);
    Consumer consumer = queue.consumer("g", "c");
    var waiting = workers.start(() -> queue.producer().send(payload(2), Duration.ofDays(1)));
    waiting.awaitWaiting();
    var closing = workers.start(() -> queue.close(SOON));
    assertThrows(QueueClosedException.class, waiting::join);
    assertMessages(consume(consumer, 2), sequences, 0, 1);
    assertTrue(closing.join().drained());
  }

  @Test
  void closesFromManyThreadsWithOneReport() throws Exception {
    MessageQueue queue = open(config());
    send(queue, 0, 3);
    queue.createGroup("g");
    List<Workers.Worker<CloseReport>> closing = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      closing.add(workers.start(() -> queue.close(Duration.ofMillis(20))));
    }
    CloseReport report = closing.get(0).join();
    assertEquals(3, report.left());
    for (var worker : closing) {
      assertEquals(report, worker.join());
    }
  }

  @Test
  void keepsDeadLettersReadableAfterItCloses() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      consumer.refuse(sequences.get(0), Duration.ZERO);
      Await.until(
          "a dead letter",
          () -> consumer.poll(1, Duration.ofMillis(1)).isEmpty() && ReadLetters.size(queue) == 1);
    }
    queue.close(Duration.ZERO);
    assertArrayEquals(payload(0), ReadLetters.peek(queue, 1).get(0).payload());
    assertEquals(sequences.get(0), ReadLetters.take(queue, 1).get(0).sequence());
    assertEquals(1, queue.stats().deadLettered());
  }

  @Test
  void opensAnEmptyQueueUnderTheNameOfAClosedOne() throws Exception {
    QueueConfig.Builder config = config();
    MessageQueue first = open(config);
    send(first, 0, 5);
    try (Consumer consumer = first.consumer("g", "c")) {
      poll(consumer, 2);
    }
    first.close();
    MessageQueue second = open(config);
    assertEquals(0, second.stats().sent());
    try (Consumer consumer = second.consumer("g", "c")) {
      assertNothingComes(consumer);
      List<Long> sequences = send(second, 10, 12);
      assertMessages(consume(consumer, 2), sequences, 10, 1);
    }
  }

  /** As an executor's shutdownNow does to the thread that closes. */
  @Test
  void opensOnAThreadThatIsInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    MessageQueue queue = open(config());
    assertTrue(Thread.interrupted(), "the interrupt is kept");
    send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      consume(consumer, 1);
    }
  }

  @Test
  void closesWholeOnAThreadThatIsInterrupted() throws Exception {
    for (int i = 0; i < 20; i++) {
      MessageQueue queue = open(config().maxPayloadBytes(65536).handler("sha256"));
      send(queue, 0, 8);
      Thread.currentThread().interrupt();
      try {
        assertEquals(8, queue.close(Duration.ZERO).left());
      } finally {
        assertTrue(Thread.interrupted(), "the interrupt is kept");
      }
    }
  }

  /** A consumer that is opened just then is refused, or ended. */
  @Test
  void aBatchThatIsOutStaysWholeWhateverIsOpenedBesideAClose() throws Exception {
    byte[] payload = randomBytes(64);
    for (int i = 0; i < 50; i++) {
      MessageQueue queue = open(config());
      Consumer consumer = queue.consumer("g", "c");
      try (Producer producer = queue.producer()) {
        producer.send(payload, SOON);
      }
      Batch batch = consumer.poll(1, SOON);
      var opening = new CountDownLatch(1);
      for (int k = 0; k < 4; k++) {
        String name = "n" + k;
        workers.start(
            () -> {
              try {
                for (int n = 0; ; n++) {
                  queue.consumer("g", name + "-" + n).close();
                  opening.countDown();
                }
              } catch (QueueClosedException e) {
                return null;
              }
            });
      }
      opening.await();
      queue.close();
      workers.joinAll();
      assertArrayEquals(payload, batch.get(0).payloadBytes());
      consumer.close();
    }
  }

  @Test
  void opensAndClosesManyQueues() throws Exception {
    for (int i = 0; i < 20; i++) {
      MessageQueue queue = open(config().maxMessages(16));
      List<Long> sequences = send(queue, 0, 16);
      try (Consumer consumer = queue.consumer("g", "c")) {
        assertMessages(consume(consumer, 16), sequences, 0, 1);
      }
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void closesItsQueuesWithTheTrack() throws Exception {
    Track track = fixture().openTrack();
    MessageQueue queue = track.open(config().build());
    Producer producer = queue.producer();
    Consumer consumer = queue.consumer("g", "c");
    producer.send(payload(0), SOON);
    var waiting =
        workers.start(
            () -> {
              while (true) {
                consumer.poll(8, Duration.ofDays(1));
              }
            });
    closeTwice(track);
    assertThrows(QueueClosedException.class, waiting::join);
    assertThrows(QueueClosedException.class, () -> producer.send(payload(1), SOON));
    assertEquals(1, queue.stats().sent());
    assertEquals(1, queue.close(SOON).left());
  }
}
