package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Track;
import io.gpumq.conformance.Workers.Worker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queues and groups as somebody who runs them sees them. */
abstract class GroupAdminConformance extends QueueTest {
  GroupAdminConformance(TrackFixture on) {
    super(on);
  }

  private static GroupStats of(MessageQueue queue, String group) {
    return queue.groups().stream().filter(each -> each.name().equals(group)).findFirst().get();
  }

  @Test
  void aNameIsOpenOnce() {
    QueueConfig config = config().build();
    Track track = fixture().track();
    MessageQueue queue = track.open(config);
    try {
      ConfigException refusal = assertThrows(ConfigException.class, () -> track.open(config));
      assertTrue(refusal.getMessage().contains(config.name()), refusal::getMessage);
      assertTrue(track.queues().stream().anyMatch(each -> each.name().equals(config.name())));
      assertEquals(config.name(), track.queue(config.name()).orElseThrow().name());
      assertTrue(track.queue("none-of-that-name").isEmpty());
    } finally {
      queue.close();
    }
    assertTrue(track.queue(config.name()).isEmpty(), "closed");
    MessageQueue again = track.open(config);
    assertSame(config.name(), again.name());
    again.close();
  }

  @Test
  void aLateGroupBeginsWhereItIsToldTo() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("early");
    List<Long> sequences = send(queue, 0, 10);
    queue.stats(); // asking changes nothing
    queue.createGroup("all", GroupStart.OLDEST);
    queue.createGroup("none", GroupStart.NOW);
    queue.createGroup("none", GroupStart.OLDEST); // is there: changes nothing
    sequences.addAll(send(queue, 10, 12));
    try (Consumer all = queue.consumer("all", "c");
        Consumer none = queue.consumer("none", "c")) {
      assertMessages(consume(all, 12), sequences, 0, 1);
      assertMessages(consume(none, 2), sequences.subList(10, 12), 10, 1);
    }
  }

  @Test
  void whatEveryGroupHasSettledIsNotKeptForALateOne() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 4);
      List<Received> seen = poll(consumer, 4);
      consumer.acknowledge(seen.get(0).sequence());
      consumer.acknowledge(seen.get(1).sequence());
      try (Consumer late = queue.consumer("late", "c")) {
        assertMessages(consume(late, 2), sequences.subList(2, 4), 2, 1);
        assertNothingComes(late);
      }
    }
  }

  @Test
  void aGroupByATypoIsNamedAndCanBeRemoved() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    queue.createGroup("tpyo");
    try (Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      send(queue, 0, 4);
      consume(consumer, 4);
      QueueFullException full =
          assertThrows(QueueFullException.class, () -> producer.send(payload(4), Duration.ZERO));
      assertTrue(full.getMessage().contains("'tpyo'"), full::getMessage);
      assertTrue(queue.removeGroup("tpyo"));
      assertFalse(queue.removeGroup("tpyo"));
      producer.send(payload(4), SOON);
      assertEquals(List.of("g"), queue.groups().stream().map(GroupStats::name).toList());
    }
  }

  @Test
  void consumersOfARemovedGroupHearOfIt() throws Exception {
    MessageQueue queue = open(config());
    send(queue, 0, 1);
    Consumer consumer = queue.consumer("g", "c");
    long sequence = poll(consumer, 1).get(0).sequence();
    Worker<Object> waiting =
        workers.start(
            () ->
                assertThrows(
                    QueueClosedException.class, () -> consumer.poll(1, Duration.ofDays(1))));
    waiting.awaitWaiting();
    assertTrue(queue.removeGroup("g"));
    waiting.join();
    assertThrows(QueueClosedException.class, () -> consumer.acknowledge(sequence));
    consumer.close();
    queue.createGroup("other");
    assertEquals(1, queue.groups().size());
  }

  @Test
  void aGroupIsMovedToAndFro() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("keeper"); // so that all is kept
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 6);
      poll(consumer, 3);
      queue.moveGroup("g", sequences.get(4));
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(sequences.get(0)));
      assertMessages(consume(consumer, 2), sequences.subList(4, 6), 4, 1);
      queue.moveGroup("g", GroupStart.OLDEST);
      assertMessages(consume(consumer, 6), sequences, 0, 1);
      queue.moveGroup("g", sequences.get(1));
      queue.moveGroup("g", GroupStart.NOW);
      assertNothingComes(consumer);
      assertThrows(ConfigException.class, () -> queue.moveGroup("g", Long.MAX_VALUE >> 8));
      assertThrows(ConfigException.class, () -> queue.moveGroup("none", GroupStart.NOW));
    }
  }

  @Test
  void aConsumerThatIsRefusedMakesNoGroup() {
    MessageQueue queue = open(config());
    assertThrows(ConfigException.class, () -> queue.consumer("g", "no name"));
    assertEquals(List.of(), queue.groups());
  }

  @Test
  void aConsumerWhoseThreadIsGoneIsReplaced() throws Exception {
    MessageQueue queue = open(config());
    Consumer gone = queue.consumer("g", "c");
    long sequence = send(queue, 0, 1).get(0);
    poll(gone, 1);
    assertThrows(ConfigException.class, () -> queue.consumer("g", "c"));
    assertTrue(queue.closeConsumer("g", "c"));
    assertFalse(queue.closeConsumer("g", "c"));
    assertFalse(queue.closeConsumer("none", "c"));
    try (Consumer next = queue.consumer("g", "c")) {
      assertEquals(sequence, poll(next, 1).get(0).sequence());
    }
    assertThrows(QueueClosedException.class, () -> gone.poll(1, Duration.ZERO));
  }

  @Test
  void depthIsWhatSomeGroupHasNotSettled() throws Exception {
    MessageQueue queue = open(config().maxMessages(8));
    try (Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c")) {
      List<Long> sequences = send(queue, 0, 4);
      poll(one, 4);
      poll(two, 4);
      for (int i = 1; i < 4; i++) { // out of order: only the first is left in both
        one.acknowledge(sequences.get(i));
        two.acknowledge(sequences.get(i));
      }
      assertEquals(1, queue.stats().depth());
      two.acknowledge(sequences.get(0));
      assertEquals(1, queue.stats().depth());
      send(queue, 4, 6);
      assertEquals(3, queue.stats().depth());
      assertEquals(3, queue.close(Duration.ZERO).left());
    }
  }

  @Test
  void aGroupsFiguresSayWhatItHasAhead() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("idle");
    try (Consumer b = queue.consumer("g", "b");
        Consumer a = queue.consumer("g", "a")) {
      List<Long> sequences = send(queue, 0, 5);
      poll(a, 2);
      a.acknowledge(sequences.get(0));
      a.refuse(sequences.get(1), Duration.ZERO);
      poll(b, 1);
      GroupStats g = of(queue, "g");
      assertEquals(List.of("a", "b"), g.consumers());
      assertEquals(3, g.lag());
      assertEquals(1, g.pending());
      assertEquals(3, g.delivered());
      assertEquals(1, g.redelivered());
      assertEquals(1, g.acknowledged());
      Await.until("time passes", () -> !of(queue, "g").oldestAge().isZero());
      assertEquals(5, of(queue, "idle").lag());
      assertEquals(0, of(queue, "idle").pending());
      queue.moveGroup("idle", GroupStart.NOW);
      assertEquals(0, of(queue, "idle").lag());
      assertEquals(Duration.ZERO, of(queue, "idle").oldestAge());
    }
  }

  @Test
  void theOldestIsOfTheGroupAndNotOneForAnother() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    queue.createGroup("g", GroupStart.OLDEST);
    queue.createGroup("h", GroupStart.OLDEST);
    send(queue, 0, 1);
    try (Consumer g = queue.consumer("g", "c");
        Consumer h = queue.consumer("h", "c")) {
      h.acknowledge(poll(h, 1).get(0).sequence());
      g.refuse(poll(g, 1).get(0).sequence(), Duration.ZERO);
      Await.until(
          "a letter",
          () -> {
            assertEquals(0, g.poll(1, Duration.ZERO).size());
            return ReadLetters.size(queue) == 1;
          });
      ReadLetters.replay(queue, false);
      Await.passed(Duration.ofMillis(100));
      long sentAt = System.currentTimeMillis();
      send(queue, 1, 2);
      Duration age = of(queue, "h").oldestAge();
      long most = System.currentTimeMillis() - sentAt;
      assertTrue(age.toMillis() <= most, age + " is older than " + most + " ms");
      assertEquals(1, of(queue, "h").lag());
      assertEquals(2, of(queue, "g").lag());
    }
  }

  @Test
  void aQueuesFiguresKeepWhatARemovedGroupHasDone() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("g", GroupStart.OLDEST);
    queue.createGroup("h", GroupStart.OLDEST);
    send(queue, 0, 5);
    for (String group : List.of("g", "h")) {
      try (Consumer consumer = queue.consumer(group, "c")) {
        for (Received entry : poll(consumer, 5)) {
          consumer.acknowledge(entry.sequence());
        }
      }
    }
    QueueStats before = queue.stats();
    assertEquals(10, before.delivered());
    assertEquals(10, before.acknowledged());
    assertTrue(queue.removeGroup("g"));
    assertTrue(queue.removeGroup("h"));
    QueueStats after = queue.stats();
    assertEquals(10, after.delivered());
    assertEquals(10, after.acknowledged());
    assertEquals(before.redelivered(), after.redelivered());
    assertEquals(before.handled(), after.handled());
  }
}
