package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Waiting;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Waits that take no thread: who is told, in which order, and what ends them. */
abstract class WhenReadyConformance extends QueueTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  WhenReadyConformance(TrackFixture on) {
    super(on);
  }

  private MessageQueue openWithGroup(QueueConfig.Builder config) {
    MessageQueue queue = open(config);
    queue.createGroup("g", GroupStart.OLDEST);
    return queue;
  }

  private Waiting wait(MessageQueue queue, String name, Duration limit) {
    return queue.whenReady("g", 1, limit, (waiting, outcome) -> told.add(name + " " + outcome));
  }

  private void awaitTold(String... what) {
    Await.until("told", () -> List.copyOf(told), List.of(what)::equals);
  }

  @Test
  void isToldOfWhatIsThereAndOfWhatComes() throws Exception {
    MessageQueue queue = openWithGroup(config());
    send(queue, 0, 1);
    wait(queue, "early", FOREVER);
    awaitTold("early READY");
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(1, consume(consumer, 1).size());
      wait(queue, "late", FOREVER);
      Await.passed(BRIEFLY);
      assertEquals(1, told.size(), "told without cause");
      send(queue, 1, 2);
      awaitTold("early READY", "late READY");
      assertEquals(1, consume(consumer, 1).size());
    }
  }

  /** Each takes one entry in its turn, and the next is told then. */
  @Test
  void thoseWhoWaitAreToldInTheOrderInWhichTheyCame() throws Exception {
    int all = 40;
    MessageQueue queue = openWithGroup(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Integer> served = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < all; i++) {
        int number = i;
        queue.whenReady(
            "g",
            1,
            FOREVER,
            (waiting, outcome) -> {
              if (takeOne(consumer)) {
                served.add(number);
                waiting.pass();
              } else {
                waiting.waitAgain();
              }
            });
      }
      send(queue, 0, all / 2);
      Await.until("half are served", () -> served.size() == all / 2);
      send(queue, all / 2, all);
      Await.until("all are served", () -> served.size() == all);
      assertEquals(IntStream.range(0, all).boxed().toList(), served);
    }
  }

  private static boolean takeOne(Consumer consumer) {
    try {
      return consumer.acknowledge(consumer.poll(1, Duration.ZERO)) == 1;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneEntryIsOneTurn() throws Exception {
    MessageQueue queue = openWithGroup(config());
    List<Waiting> turns = Collections.synchronizedList(new ArrayList<>());
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int i = 0; i < 3; i++) {
        queue.whenReady("g", 1, FOREVER, (waiting, outcome) -> turns.add(waiting));
      }
      send(queue, 0, 1);
      Await.until("one is told", () -> turns.size() == 1);
      assertEquals(1, consume(consumer, 1).size());
      turns.get(0).pass();
      Await.passed(BRIEFLY);
      assertEquals(1, turns.size(), "told without cause");
    }
  }

  @Test
  void aTurnThatNobodyUsesGoesOn() throws Exception {
    MessageQueue queue = openWithGroup(config());
    wait(queue, "first", FOREVER); // neither polls nor passes
    wait(queue, "second", FOREVER);
    send(queue, 0, 1);
    awaitTold("first READY", "second READY");
  }

  @Test
  void isToldOfARedelivery() throws Exception {
    MessageQueue queue = openWithGroup(config().maxDeliveries(100));
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      wait(queue, "refused", FOREVER);
      consumer.refuse(sequences.get(0), Duration.ofMillis(20));
      awaitTold("refused READY");
      poll(consumer, 1);
      wait(queue, "abandoned", FOREVER);
    }
    awaitTold("refused READY", "abandoned READY");
  }

  @Test
  void isToldWhenALeaseEnds() throws Exception {
    MessageQueue queue = openWithGroup(config().lease(Duration.ofMillis(60)).maxDeliveries(100));
    send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 1);
      wait(queue, "leased", FOREVER);
      awaitTold("leased READY");
    }
  }

  @Test
  void isToldWhenTheGroupIsMoved() throws Exception {
    MessageQueue queue = openWithGroup(config());
    queue.createGroup("keeper", GroupStart.OLDEST);
    send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      consume(consumer, 1);
      wait(queue, "moved", FOREVER);
      queue.moveGroup("g", GroupStart.OLDEST);
      awaitTold("moved READY");
    }
  }

  @Test
  void aTimeLimitAndACancelEndAWait() throws Exception {
    MessageQueue queue = openWithGroup(config());
    Waiting cancelled = wait(queue, "cancelled", FOREVER);
    wait(queue, "brief", Duration.ofMillis(5));
    wait(queue, "none", Duration.ZERO);
    assertTrue(cancelled.cancel());
    assertFalse(cancelled.cancel());
    Await.until("two are told", () -> told.size() == 2);
    assertTrue(told.contains("brief TIME_OVER"), told::toString);
    assertTrue(told.contains("none TIME_OVER"), told::toString);
    send(queue, 0, 1);
    wait(queue, "next", FOREVER);
    Await.until("the next is told", () -> told.contains("next READY"));
    assertEquals(3, told.size(), told::toString);
  }

  @Test
  void theEndOfItsGroupEndsAWait() {
    MessageQueue queue = openWithGroup(config());
    wait(queue, "waiting", FOREVER);
    queue.removeGroup("g");
    awaitTold("waiting ENDED");
    assertThrows(ConfigException.class, () -> wait(queue, "late", FOREVER));
    queue.createGroup("g", GroupStart.OLDEST);
    assertTrue(wait(queue, "again", FOREVER).cancel());
  }

  @Test
  void theCloseOfItsQueueEndsAWait() {
    MessageQueue queue = openWithGroup(config());
    wait(queue, "waiting", FOREVER);
    queue.close();
    awaitTold("waiting ENDED");
    assertThrows(QueueClosedException.class, () -> wait(queue, "late", FOREVER));
  }

  @Test
  void badOrdersAreRefused() {
    MessageQueue queue = openWithGroup(config());
    assertThrows(ConfigException.class, () -> wait(queue, "negative", Duration.ofNanos(-1)));
    assertThrows(
        ConfigException.class, () -> queue.whenReady("none", 1, FOREVER, (waiting, outcome) -> {}));
    assertThrows(
        ConfigException.class, () -> queue.whenReady("g", 0, FOREVER, (waiting, outcome) -> {}));
    assertThrows(NullPointerException.class, () -> queue.whenReady("g", 1, FOREVER, null));
  }
}
