package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that are given up: by a group at its delivery limit, or by the handler. */
abstract class DeadLetterConformance extends QueueTest {
  private static final Duration SHORT_LEASE = Duration.ofMillis(60);

  DeadLetterConformance(TrackFixture on) {
    super(on);
  }

  /** Waits for letters while polling, as a track may look at time only when it is asked. */
  private static void awaitLetters(MessageQueue queue, Consumer consumer, int count) {
    Await.until(
        count + " dead letters",
        () -> {
          assertTrue(consumer.poll(1, Duration.ofMillis(1)).isEmpty(), "delivered past its limit");
          return ReadLetters.size(queue);
        },
        size -> size == count);
  }

  private void assertLetter(Letter letter, long sequence, int number, int count, String group) {
    assertEquals(sequence, letter.sequence());
    assertEquals(Cause.DELIVERY_LIMIT, letter.told().cause());
    assertEquals(count, letter.told().count());
    assertEquals(group, letter.group());
    assertArrayEquals(payload(number), letter.payload());
    assertFalse(letter.told().reason().isBlank());
  }

  @Test
  void givesUpAnEntryRefusedAtItsLimit() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(3));
    List<Long> sequences = send(queue, 0, 3);
    long refused = sequences.get(1);
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer elsewhere = queue.consumer("other", "c")) {
      poll(consumer, 3);
      consumer.refuse(refused, Duration.ZERO);
      for (int nth = 2; nth <= 3; nth++) {
        assertMessages(poll(consumer, 1), List.of(refused), 1, nth);
        assertEquals(0, ReadLetters.size(queue));
        consumer.refuse(refused, Duration.ZERO);
      }
      awaitLetters(queue, consumer, 1);
      assertLetter(ReadLetters.peek(queue, 10).get(0), refused, 1, 3, "g");
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(refused));
      assertThrows(NotPendingException.class, () -> consumer.refuse(refused, Duration.ZERO));
      consumer.acknowledge(sequences.get(0));
      consumer.acknowledge(sequences.get(2));
      assertMessages(consume(elsewhere, 3), sequences, 0, 1);
      Await.until("nothing kept", () -> queue.stats().depth() == 0);
      assertEquals(1, queue.stats().deadLettered());
      assertEquals(0, queue.stats().failed());
    }
  }

  @Test
  void givesUpAnEntryWhoseLastLeaseRunsOut() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(2).lease(SHORT_LEASE));
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertMessages(poll(consumer, 1), sequences, 0, 1);
      assertMessages(poll(consumer, 1), sequences, 0, 2);
      awaitLetters(queue, consumer, 1);
      assertLetter(ReadLetters.take(queue, 1).get(0), sequences.get(0), 0, 2, "g");
      assertEquals(2, queue.stats().delivered());
    }
  }

  @Test
  void givesUpAnEntryWhoseConsumerClosesAtItsLimit() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    List<Long> sequences = send(queue, 0, 2);
    try (Consumer other = queue.consumer("g", "other")) {
      Consumer closing = queue.consumer("g", "closing");
      poll(closing, 2);
      closing.close();
      awaitLetters(queue, other, 2);
      List<Letter> letters = ReadLetters.peek(queue, 2);
      assertLetter(letters.get(0), sequences.get(0), 0, 1, "g");
      assertLetter(letters.get(1), sequences.get(1), 1, 1, "g");
    }
  }

  @Test
  void givesUpForEachGroupAlone() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    List<Long> sequences = send(queue, 0, 1);
    try (Consumer one = queue.consumer("one", "c");
        Consumer two = queue.consumer("two", "c")) {
      poll(one, 1);
      one.refuse(sequences.get(0), Duration.ZERO);
      awaitLetters(queue, one, 1);
      assertMessages(poll(two, 1), sequences, 0, 1);
      two.refuse(sequences.get(0), Duration.ZERO);
      awaitLetters(queue, two, 2);
      List<Letter> letters = ReadLetters.take(queue, 10);
      assertLetter(letters.get(0), sequences.get(0), 0, 1, "one");
      assertLetter(letters.get(1), sequences.get(0), 0, 1, "two");
      assertEquals(2, queue.stats().deadLettered());
    }
  }

  @Test
  void takesOldestFirst() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    List<Long> sequences = send(queue, 0, 5);
    assertEquals(List.of(), ReadLetters.peek(queue, 10));
    assertEquals(List.of(), ReadLetters.take(queue, 10));
    try (Consumer consumer = queue.consumer("g", "c")) {
      poll(consumer, 5);
      for (int number = 0; number < 5; number++) {
        consumer.refuse(sequences.get(number), Duration.ZERO);
        awaitLetters(queue, consumer, number + 1);
      }
    }
    assertEquals(sequences.subList(0, 2), sequencesOf(ReadLetters.take(queue, 2)));
    assertEquals(3, ReadLetters.size(queue));
    assertEquals(sequences.subList(2, 5), sequencesOf(ReadLetters.take(queue, 10)));
    assertEquals(0, ReadLetters.size(queue));
    assertEquals(5, queue.stats().deadLettered());
  }

  private static List<Long> sequencesOf(List<Letter> letters) {
    return letters.stream().map(Letter::sequence).toList();
  }

  @Test
  void holdsTheGroupBackWhenFullOfRefusedEntries() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1).maxDeadLetters(2).maxMessages(8));
    List<Long> sequences = send(queue, 0, 8);
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer elsewhere = queue.consumer("other", "c")) {
      for (Received entry : poll(consumer, 6)) {
        consumer.refuse(entry.sequence(), Duration.ZERO);
      }
      List<Long> given = new ArrayList<>();
      for (int left = 6; left > 2; left--) {
        awaitLetters(queue, consumer, 2);
        assertNothingComes(consumer);
        given.addAll(sequencesOf(ReadLetters.take(queue, 1)));
      }
      assertMessages(consume(elsewhere, 8), sequences, 0, 1);
      assertMessages(consume(consumer, 2), sequences.subList(6, 8), 6, 1);
      Await.until("the last two letters", () -> ReadLetters.size(queue) == 2);
      given.addAll(sequencesOf(ReadLetters.take(queue, 10)));
      assertEquals(sequences.subList(0, 6), given.stream().sorted().toList());
      Await.until("nothing kept", () -> queue.stats().depth() == 0);
    }
  }

  // ---- the handler fails

  private MessageQueue failing(String handler, QueueConfig.Builder config) {
    return open(config.handler(handler).handlerAttempts(3));
  }

  @Test
  void givesUpWhatTheHandlerFailsAt() throws Exception {
    MessageQueue queue = failing("fail:every=5", config());
    queue.createGroup("g");
    queue.createGroup("other");
    List<Long> sequences = Numbered.send(queue, random, 0, 20);
    List<Long> good = new ArrayList<>(sequences);
    List<Long> bad = List.of(0, 5, 10, 15).stream().map(sequences::get).toList();
    good.removeAll(bad);
    for (String group : List.of("g", "other")) {
      try (Consumer consumer = queue.consumer(group, "c")) {
        List<Received> entries = consume(consumer, 16);
        assertEquals(good, entries.stream().map(Received::sequence).toList());
        for (Received entry : entries) {
          assertEquals(sequences.indexOf(entry.sequence()), Numbered.number(entry.payload()));
        }
        assertNothingComes(consumer);
      }
    }
    Await.until("four dead letters", () -> ReadLetters.size(queue) == 4);
    List<Letter> letters = ReadLetters.take(queue, 10);
    assertEquals(bad, sequencesOf(letters));
    for (Letter letter : letters) {
      assertEquals(Cause.HANDLER_FAILED, letter.told().cause());
      assertEquals(3, letter.told().count());
      assertEquals("", letter.group());
      assertFalse(letter.told().reason().isBlank());
      assertEquals(sequences.indexOf(letter.sequence()), Numbered.number(letter.payload()));
    }
    Await.until("nothing kept", () -> queue.stats().depth() == 0);
    assertEquals(4, queue.stats().failed());
    assertEquals(4, queue.stats().deadLettered());
    assertEquals(20, queue.stats().handled());
    assertEquals(32, queue.stats().delivered());
  }

  @Test
  void carriesThePayloadOfAFailedMessageWhole() throws Exception {
    MessageQueue queue = failing("fail:every=1", config());
    byte[] sent = randomBytes(256);
    try (Consumer consumer = queue.consumer("g", "c")) {
      queue.producer().send(sent, SOON);
      awaitLetters(queue, consumer, 1);
      assertArrayEquals(sent, ReadLetters.peek(queue, 1).get(0).payload());
    }
  }

  @Test
  void retriesAHandlerThatFailed() throws Exception {
    MessageQueue queue = failing("fail:every=2,attempts=2", config());
    List<Long> sequences = Numbered.send(queue, random, 0, 20);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Received> entries = consume(consumer, 20);
      assertEquals(sequences, entries.stream().map(Received::sequence).toList());
      for (int number = 0; number < 20; number++) {
        assertEquals(number, Numbered.number(entries.get(number).payload()));
        assertEquals(1, entries.get(number).deliveries());
      }
    }
    assertEquals(0, ReadLetters.size(queue));
    assertEquals(0, queue.stats().failed());
  }

  @Test
  void givesUpWhenTheRetriesAreSpent() throws Exception {
    MessageQueue queue = failing("fail:every=2,attempts=3", config());
    List<Long> sequences = Numbered.send(queue, random, 1, 3);
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(sequences.get(0), consume(consumer, 1).get(0).sequence());
      awaitLetters(queue, consumer, 1);
      assertEquals(3, ReadLetters.take(queue, 1).get(0).told().count());
    }
  }

  @Test
  void holdsTheGroupBackWhenFullOfFailedMessages() throws Exception {
    MessageQueue queue = failing("fail:every=1000", config().maxMessages(8).maxDeadLetters(2));
    queue.createGroup("g");
    List<Long> bad = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      bad.addAll(Numbered.send(queue, random, 1000 * i, 1000 * i + 1));
    }
    List<Long> good = Numbered.send(queue, random, 1, 3);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> given = new ArrayList<>();
      for (int left = 5; left > 2; left--) {
        awaitLetters(queue, consumer, 2);
        assertNothingComes(consumer);
        given.addAll(sequencesOf(ReadLetters.take(queue, 1)));
      }
      List<Received> entries = consume(consumer, 2);
      assertEquals(good, entries.stream().map(Received::sequence).toList());
      Await.until("the last two letters", () -> ReadLetters.size(queue) == 2);
      given.addAll(sequencesOf(ReadLetters.take(queue, 10)));
      assertEquals(bad, given);
      Await.until("nothing kept", () -> queue.stats().depth() == 0);
    }
  }

  @Test
  void goesOnPastFailuresForManyLaps() throws Exception {
    MessageQueue queue = failing("fail:every=3", config().maxMessages(8));
    workers.start(() -> Numbered.send(queue, random, 0, 300));
    try (Consumer consumer = queue.consumer("g", "c")) {
      int expected = 0;
      for (Received entry : consume(consumer, 200)) {
        expected += expected % 3 == 0 ? 1 : 0;
        assertEquals(expected++, Numbered.number(entry.payload()));
      }
      workers.joinAll();
      awaitLetters(queue, consumer, 100);
      int number = 0;
      for (Letter letter : ReadLetters.take(queue, 100)) {
        assertEquals(number, Numbered.number(letter.payload()));
        number += 3;
      }
    }
  }
}
