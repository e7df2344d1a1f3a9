package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strict order: one batch of a lane is out at a time, and what comes again comes first. */
abstract class StrictOrderConformance extends QueueTest {
  private static final Duration SHORT_LEASE = Duration.ofMillis(250);

  StrictOrderConformance(TrackFixture on) {
    super(on);
  }

  private static QueueConfig.Builder strict() {
    return config().strictOrder(true);
  }

  /** Sends, and sees to it that all is handled: a poll of the group g then finds all at once. */
  private List<Long> sendHandled(MessageQueue queue, int count) throws InterruptedException {
    queue.createGroup("g");
    queue.createGroup("other");
    List<Long> sequences = send(queue, 0, count);
    try (Consumer all = queue.consumer("all", "c")) {
      consume(all, count);
    }
    return sequences;
  }

  private static List<Long> sequences(Batch batch) {
    return copy(batch).stream().map(Received::sequence).toList();
  }

  /** Takes so many at once. */
  private static Batch hold(Consumer consumer, List<Long> expected) throws InterruptedException {
    Batch batch = consumer.poll(expected.size(), SOON);
    assertEquals(expected, sequences(batch));
    return batch;
  }

  private static void assertConsumes(Consumer consumer, List<Long> expected) throws Exception {
    List<Received> entries = consume(consumer, expected.size());
    assertEquals(expected, entries.stream().map(Received::sequence).toList());
    assertNothingComes(consumer);
  }

  @Test
  void holdsTheRestBackUntilAllOfABatchIsSettled() throws Exception {
    MessageQueue queue = open(strict());
    List<Long> sent = sendHandled(queue, 10);
    try (Consumer first = queue.consumer("g", "first");
        Consumer second = queue.consumer("g", "second");
        Consumer elsewhere = queue.consumer("other", "c")) {
      hold(first, sent.subList(0, 4));
      assertNothingComes(second);
      assertConsumes(elsewhere, sent); // another group is not held back
      first.acknowledge(sent.get(3));
      first.acknowledge(sent.get(0));
      second.acknowledge(sent.get(1)); // whoever acknowledges
      assertNothingComes(second);
      assertNothingComes(first);
      first.acknowledge(sent.get(2));
      assertConsumes(second, sent.subList(4, 10));
      assertEquals(0, queue.stats().redelivered());
    }
  }

  @Test
  void holdsTheRestBackUntilARefusedEntryIsSettled() throws Exception {
    MessageQueue queue = open(strict());
    List<Long> sent = sendHandled(queue, 10);
    try (Consumer first = queue.consumer("g", "first");
        Consumer second = queue.consumer("g", "second")) {
      Batch batch = hold(first, sent.subList(0, 4));
      first.refuse(sent.get(1), Duration.ZERO);
      assertNothingComes(second); // what lay behind it is with the first one still
      assertEquals(3, first.acknowledge(batch));
      hold(second, sent.subList(1, 2));
      assertNothingComes(first);
      second.acknowledge(sent.get(1));
      assertConsumes(first, sent.subList(4, 10));
    }
  }

  @Test
  void holdsTheRestBackForADelay() throws Exception {
    MessageQueue queue = open(strict());
    List<Long> sent = sendHandled(queue, 6);
    Duration delay = Duration.ofMillis(200);
    try (Consumer first = queue.consumer("g", "first");
        Consumer second = queue.consumer("g", "second")) {
      Batch batch = hold(first, sent.subList(0, 4));
      first.refuse(sent.get(3), Duration.ZERO);
      long start = System.nanoTime();
      first.refuse(sent.get(1), delay);
      assertEquals(2, first.acknowledge(batch));
      Batch again = second.poll(1, SOON);
      assertTrue(System.nanoTime() - start >= delay.toNanos(), "came before the delay was over");
      assertEquals(sent.subList(1, 2), sequences(again), "due later, but sent earlier");
      assertNothingComes(first);
      second.acknowledge(again);
      assertConsumes(first, sent.subList(3, 6));
    }
  }

  @Test
  void startsAgainWhereALeaseEnds() throws Exception {
    MessageQueue queue = open(strict().lease(SHORT_LEASE).maxDeliveries(1000));
    List<Long> sent = sendHandled(queue, 6);
    try (Consumer dead = queue.consumer("g", "dead");
        Consumer alive = queue.consumer("g", "alive")) {
      long start = System.nanoTime();
      hold(dead, sent.subList(0, 4));
      dead.acknowledge(sent.get(1));
      List<Received> entries = consume(alive, 5);
      assertTrue(System.nanoTime() - start >= SHORT_LEASE.toNanos(), "before the lease ended");
      assertEquals(
          List.of(sent.get(0), sent.get(2), sent.get(3), sent.get(4), sent.get(5)),
          entries.stream().map(Received::sequence).toList());
    }
  }

  @Test
  void startsAgainWhereAConsumerCloses() throws Exception {
    MessageQueue queue = open(strict());
    List<Long> sent = sendHandled(queue, 6);
    try (Consumer other = queue.consumer("g", "other")) {
      Consumer closing = queue.consumer("g", "closing");
      hold(closing, sent.subList(0, 4));
      closing.acknowledge(sent.get(2));
      closing.refuse(sent.get(3), Duration.ZERO);
      assertNothingComes(other);
      closing.close();
      hold(other, sent.subList(0, 1));
      assertNothingComes(other); // the others are due, but behind
      other.acknowledge(sent.get(0));
      assertConsumes(other, List.of(sent.get(1), sent.get(3), sent.get(4), sent.get(5)));
    }
  }

  @Test
  void wakesAWaitingConsumerWhenTheLastOfABatchIsSettled() throws Exception {
    MessageQueue queue = open(strict());
    List<Long> sent = sendHandled(queue, 4);
    Consumer other = queue.consumer("g", "other");
    try (Consumer consumer = queue.consumer("g", "c")) {
      Batch batch = hold(consumer, sent.subList(0, 2));
      var waiting = workers.start(() -> consume(other, 3));
      waiting.awaitWaiting();
      consumer.refuse(sent.get(1), Duration.ZERO);
      consumer.acknowledge(batch);
      assertEquals(sent.subList(1, 4), waiting.join().stream().map(Received::sequence).toList());
    }
  }

  @Test
  void goesOnWithoutADeadLetter() throws Exception {
    MessageQueue queue = open(strict().maxDeliveries(2).maxDeadLetters(1));
    List<Long> sent = sendHandled(queue, 4);
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int delivery = 1; delivery <= 2; delivery++) {
        hold(consumer, sent.subList(0, 3));
        for (long sequence : sent.subList(0, 3)) {
          if (delivery == 1 || sequence != sent.get(2)) {
            consumer.refuse(sequence, Duration.ZERO);
          }
        }
      }
      consumer.acknowledge(sent.get(2));
      assertNothingComes(consumer); // two letters, and room for one
      assertEquals(sent.subList(0, 1), takeLetters(queue));
      assertConsumes(consumer, sent.subList(3, 4));
      assertEquals(sent.subList(1, 2), takeLetters(queue));
    }
  }

  private static List<Long> takeLetters(MessageQueue queue) {
    Await.until("a dead letter", () -> ReadLetters.size(queue) == 1);
    return ReadLetters.take(queue, 2).stream().map(Letter::sequence).toList();
  }

  /** As it comes from an exchange: many keys, many consumers, and nobody who never fails. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void neverViolatesTheOrderOfAKey(int lanes) throws Exception {
    System.out.println("ticks over " + lanes + " lanes, seed " + seed);
    MessageQueue queue =
        open(
            strict()
                .maxMessages(1024)
                .lanes(lanes)
                .handler("fail:every=3,attempts=2")
                .maxDeliveries(1000));
    Ticks ticks = new Ticks(queue, seed);
    for (int i = 0; i < 4; i++) {
      workers.start(ticks.consumer(i)); // and joined first: they tell what went wrong
    }
    for (int i = 0; i < 3; i++) {
      workers.start(ticks.producer(i));
    }
    workers.joinAll();
    ticks.check();
  }

  /** A bad order makes letters of no neighbours, however often they are given back with it. */
  @Test
  void onlyTheBadOrdersBecomeLetters() throws Exception {
    MessageQueue queue = open(strict().maxMessages(2048).maxDeliveries(3).maxDeadLetters(100));
    BadOrders orders = new BadOrders(queue, 2_000, 6, random);
    orders.send();
    workers.start(() -> orders.consume("c1"));
    workers.start(() -> orders.consume("c2"));
    workers.joinAll();
    orders.check();
  }
}
