package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups are made, removed, moved and counted, on one lane and on several. */
@Timeout(60)
class GroupAdminTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Track TRACK = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));

  @AfterAll
  static void closeTrack() {
    TRACK.close();
  }

  private static MessageQueue open(int lanes) {
    return TRACK.open(
        QueueConfig.named("admin-" + System.nanoTime())
            .capacity(8 * lanes)
            .lanes(lanes)
            .lease(Duration.ofMinutes(10))
            .build());
  }

  private static long send(Producer producer, int number) throws InterruptedException {
    return producer.send(number, new byte[] {(byte) number}, SOON);
  }

  /** Sends numbers with one key, so that they share a lane whoever sends them. */
  private static void send(MessageQueue queue, int from, int to) throws InterruptedException {
    try (Producer producer = queue.producer()) {
      for (int number = from; number < to; number++) {
        producer.send(7, new byte[] {(byte) number}, SOON);
      }
    }
  }

  private static boolean takesMessages(MessageQueue queue) {
    try {
      queue.producer().close();
      return true;
    } catch (QueueClosedException e) {
      return false;
    }
  }

  private static List<Integer> take(Consumer consumer, int count) throws InterruptedException {
    List<Integer> numbers = new ArrayList<>();
    while (numbers.size() < count) {
      Batch batch = consumer.poll(count - numbers.size(), SOON);
      assertFalse(batch.isEmpty(), "only " + numbers + " came");
      for (int i = 0; i < batch.size(); i++) {
        numbers.add((int) batch.get(i).payloadBytes()[0]);
      }
      consumer.acknowledge(batch);
    }
    return numbers;
  }

  private static GroupStats stats(MessageQueue queue, String group) {
    return queue.groups().stream().filter(g -> g.name().equals(group)).findFirst().orElseThrow();
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aLateGroupBeginsWhereItIsTold(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes)) {
      Consumer early = queue.consumer("early", "c");
      send(queue, 0, 5);
      assertEquals(List.of(0, 1), take(early, 2));
      queue.createGroup("now", GroupStart.NOW);
      queue.createGroup("oldest", GroupStart.OLDEST);
      queue.createGroup("now", GroupStart.OLDEST); // exists: nothing changes
      assertEquals(List.of(2, 3, 4), take(queue.consumer("oldest", "c"), 3));
      assertEquals(0, stats(queue, "now").lag());
      send(queue, 5, 6);
      assertEquals(List.of(5), take(queue.consumer("now", "c"), 1));
      assertEquals(List.of(2, 3, 4, 5), take(early, 4));
      // All is settled by all but one: nobody asked for statistics, and still nothing is old.
      assertEquals(List.of(5), take(queue.consumer("oldest", "d"), 1));
      Consumer last = queue.consumer("last", "c");
      assertTrue(last.poll(1, Duration.ZERO).isEmpty());
      assertEquals(0, stats(queue, "last").lag());
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aRemovedGroupHoldsNothingBack(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes)) {
      queue.createGroup("typo");
      Consumer consumer = queue.consumer("work", "c");
      Consumer orphan = queue.consumer("typo", "c");
      try (Producer producer = queue.producer()) {
        for (int number = 0; number < 8; number++) {
          producer.send(7, new byte[] {(byte) number}, SOON);
        }
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), take(consumer, 8));
        assertEquals(Producer.FULL, producer.trySend(7, ByteBuffer.allocate(1)));
        assertTrue(queue.removeGroup("typo"));
        assertFalse(queue.removeGroup("typo"));
        producer.send(7, new byte[] {8}, SOON);
      }
      assertThrows(QueueClosedException.class, () -> orphan.poll(1, Duration.ZERO));
      assertThrows(QueueClosedException.class, () -> orphan.acknowledge(0));
      assertEquals(List.of("work"), queue.groups().stream().map(GroupStats::name).toList());
      assertEquals(1, queue.stats().depth());
      assertEquals(List.of(8), take(consumer, 1));
      assertTrue(queue.removeGroup("work"));
      send(queue, 9, 11);
      assertEquals(2, queue.stats().depth());
      assertEquals(List.of(9, 10), take(queue.consumer("work", "c"), 2));
      assertEquals(11, queue.stats().acknowledged(), "counts of a removed group stay");
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aGroupThatHoldsUpADrainCanBeRemoved(int lanes) throws Exception {
    MessageQueue queue = open(lanes);
    queue.createGroup("typo");
    send(queue, 0, 3);
    var close = CompletableFuture.supplyAsync(() -> queue.close(SOON));
    while (takesMessages(queue)) { // the intake stops, then the drain begins
      Thread.yield();
    }
    assertTrue(queue.removeGroup("typo"));
    assertTrue(close.get(30, TimeUnit.SECONDS).drained());
    assertThrows(QueueClosedException.class, () -> queue.removeGroup("typo"));
    assertThrows(QueueClosedException.class, () -> queue.createGroup("g", GroupStart.NOW));
    assertThrows(QueueClosedException.class, () -> queue.moveGroup("g", GroupStart.NOW));
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aMovedGroupForgetsWhatWasPending(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes)) {
      queue.createGroup("keeper");
      Consumer consumer = queue.consumer("g", "c");
      Consumer other = queue.consumer("g", "d");
      send(queue, 0, 6);
      assertEquals(List.of(0, 1, 2), take(consumer, 3));
      Batch out = consumer.poll(2, SOON);
      final long third = out.get(0).sequence();
      queue.moveGroup("g", GroupStart.OLDEST);
      assertEquals(0, consumer.acknowledge(out));
      assertEquals(new Figures(6, 0), Figures.of(queue, "g"));
      Batch again = other.poll(1, SOON);
      assertEquals(1, again.get(0).deliveries());
      assertEquals(third - 3, again.get(0).sequence());
      queue.moveGroup("g", third);
      assertEquals(List.of(3, 4, 5), take(other, 3));
      queue.moveGroup("g", third + 3);
      assertEquals(new Figures(0, 0), Figures.of(queue, "g"));
      queue.moveGroup("g", third - 3);
      queue.moveGroup("g", GroupStart.NOW);
      assertTrue(other.poll(1, Duration.ZERO).isEmpty());
      String tooHigh =
          assertThrows(ConfigException.class, () -> queue.moveGroup("g", third + 4)).getMessage();
      assertTrue(tooHigh.contains("next to be sent"), tooHigh);
      assertThrows(ConfigException.class, () -> queue.moveGroup("g", -1));
      assertThrows(ConfigException.class, () -> queue.moveGroup("none", GroupStart.NOW));
      take(queue.consumer("keeper", "c"), 2);
      assertThrows(ConfigException.class, () -> queue.moveGroup("g", third - 3));
    }
  }

  private record Figures(long lag, long pending) {
    static Figures of(MessageQueue queue, String group) {
      GroupStats stats = stats(queue, group);
      return new Figures(stats.lag(), stats.pending());
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void depthIsWhatSomeGroupHasNotSettled(int lanes) throws InterruptedException {
    MessageQueue queue = open(lanes);
    try (queue) {
      final Instant before = Instant.now();
      Consumer a = queue.consumer("a", "c");
      Consumer b = queue.consumer("b", "c");
      send(queue, 0, 5);
      assertEquals(5, queue.stats().depth());
      assertEquals(List.of(0, 1, 2, 3), take(a, 4));
      assertEquals(5, queue.stats().depth());
      Batch batch = b.poll(4, SOON);
      b.acknowledge(batch.get(1).sequence());
      b.acknowledge(batch.get(3).sequence());
      assertEquals(3, queue.stats().depth()); // 0 and 2 by b, 4 by both
      b.acknowledge(batch);
      assertEquals(1, queue.stats().depth());
      assertEquals(new Figures(1, 0), Figures.of(queue, "b"));
      assertEquals(List.of("c"), stats(queue, "b").consumers());
      Duration age = stats(queue, "b").oldestAge();
      assertTrue(
          age.compareTo(Duration.between(before, Instant.now()).plusMillis(1)) <= 0,
          age.toString());
      take(a, 1);
      take(b, 1);
      assertEquals(0, queue.stats().depth());
      assertEquals(Duration.ZERO, stats(queue, "b").oldestAge());
      assertTrue(queue.closeConsumer("b", "c"));
      assertFalse(queue.closeConsumer("b", "c"));
      queue.consumer("b", "c");
    }
    assertEquals(List.of("a", "b"), queue.groups().stream().map(GroupStats::name).toList());
    assertEquals(5, stats(queue, "a").acknowledged());
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void entriesTellKeyAndTime(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes);
        Producer producer = queue.producer()) {
      Consumer consumer = queue.consumer("g", "c");
      long before = System.currentTimeMillis();
      for (int lap = 0; lap < 5; lap++) {
        for (int number = -3; number < 3; number++) {
          send(producer, number);
          producer.send(new byte[] {(byte) number}, SOON);
          for (int i = 0; i < 2; i++) {
            Batch batch = consumer.poll(1, SOON);
            var entry = batch.get(0);
            boolean keyed = entry.hasKey();
            assertEquals(keyed ? entry.payloadBytes()[0] : 0, entry.key());
            assertTrue(entry.sentMillis() >= before, "" + entry.sentMillis());
            assertTrue(entry.sentMillis() <= System.currentTimeMillis(), "" + entry.sentMillis());
            consumer.acknowledge(batch);
          }
        }
        producer.sendBatch(3, (index, slot) -> slot.put((byte) index), SOON);
        assertEquals(List.of(0, 1, 2), take(consumer, 3));
      }
    }
  }
}
