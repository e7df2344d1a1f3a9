package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Keys, times, and dead letters as somebody uses them who wants nothing lost. */
abstract class LetterConformance extends QueueTest {
  private static final Duration LONG = Duration.ofDays(1);

  LetterConformance(TrackFixture on) {
    super(on);
  }

  private int number(byte[] payload) {
    for (int number = 0; ; number++) {
      if (Arrays.equals(payload, payload(number))) {
        return number;
      }
    }
  }

  /** A queue whose group {@code g} has made a letter of its one message, of key 42. */
  private MessageQueue withLetter(String... otherGroups) throws InterruptedException {
    MessageQueue queue = open(config().maxDeliveries(1));
    for (String group : otherGroups) {
      queue.createGroup(group);
    }
    try (Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      producer.send(42, "hello".getBytes(StandardCharsets.UTF_8), SOON);
      consumer.refuse(poll(consumer, 1).get(0).sequence(), Duration.ZERO);
      while (queue.deadLetters().size() == 0) {
        assertEquals(0, consumer.poll(1, BRIEFLY).size());
      }
    }
    return queue;
  }

  @Test
  void anEntryTellsItsKeyAndWhenItWasSent() throws Exception {
    MessageQueue queue = open(config());
    long before = System.currentTimeMillis();
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(Long.MIN_VALUE, payload(0), SOON);
      producer.send(payload(1), SOON);
      producer.sendBatch(1, (i, slot) -> slot.put(payload(2)), SOON);
      producer.send(0, payload(3), SOON);
      Long[] keys = {Long.MIN_VALUE, null, null, 0L};
      for (int seen = 0; seen < keys.length; ) {
        Batch batch = consumer.poll(4, SOON);
        for (int i = 0; i < batch.size(); i++, seen++) {
          Long key = keys[number(batch.get(i).payloadBytes())]; // keys may go by other lanes
          assertEquals(key != null, batch.get(i).hasKey());
          assertEquals(key != null ? key : 0, batch.get(i).key());
          long sent = batch.get(i).sentMillis();
          assertTrue(sent >= before - 1 && sent <= System.currentTimeMillis() + 1, "at " + sent);
        }
        consumer.acknowledge(batch);
      }
    }
  }

  @Test
  void aLetterTellsKeyTimeAndText() throws Exception {
    Instant before = Instant.now().minusMillis(2);
    DeadLetter letter = withLetter().deadLetters().peek(1).get(0);
    assertEquals(OptionalLong.of(42), letter.key());
    assertFalse(letter.sent().isBefore(before));
    assertEquals("hello", letter.text().orElseThrow());
    assertTrue(letter.toString().contains("\"hello\""), letter::toString);
    assertTrue(letter.toString().contains("key 42"), letter::toString);
    assertTrue(letter.toString().contains("letter " + letter.id()), letter::toString);
  }

  @Test
  void aLetterThatNobodyAcknowledgesComesAgain() throws Exception {
    DeadLetters letters = withLetter().deadLetters();
    assertEquals(1, letters.take(9, Duration.ofMillis(1)).size());
    Await.until("its lease ends", () -> letters.take(9, LONG).size() == 1);
    assertEquals(List.of(), letters.take(9, LONG), "leased");
    assertEquals(1, letters.size());
    List<DeadLetter> seen = letters.peek(9);
    assertEquals(1, letters.acknowledge(seen));
    assertEquals(0, letters.acknowledge(seen));
    assertEquals(0, letters.size());
  }

  @Test
  void aReplayToOneGroupReachesItAlone() throws Exception {
    MessageQueue queue = withLetter("other");
    DeadLetters letters = queue.deadLetters();
    DeadLetter letter = letters.take(1, LONG).get(0);
    try (Consumer g = queue.consumer("g", "c2");
        Consumer other = queue.consumer("other", "c")) {
      consume(other, 1); // as it was sent first
      long again = letters.replay(letter, letter.group(), SOON);
      assertEquals(0, letters.size());
      Batch batch = g.poll(1, SOON);
      assertEquals(again, batch.get(0).sequence());
      assertEquals(42, batch.get(0).key());
      assertArrayEquals(letter.payload(), batch.get(0).payloadBytes());
      assertEquals(1, g.acknowledge(batch));
      assertNothingComes(other);
      send(queue, 1, 2);
      assertArrayEquals(payload(1), consume(other, 1).get(0).payload());
      consume(g, 1);
      assertThrows(NotPendingException.class, () -> letters.replay(letter, letter.group(), SOON));
      assertTrue(queue.close(SOON).drained());
    }
  }

  @Test
  void aReplayToAllReachesEveryGroup() throws Exception {
    MessageQueue queue = withLetter("other");
    DeadLetters letters = queue.deadLetters();
    try (Consumer g = queue.consumer("g", "c2");
        Consumer other = queue.consumer("other", "c")) {
      consume(other, 1);
      DeadLetter letter = letters.peek(1).get(0);
      letters.replayToAll(letter, SOON);
      assertArrayEquals(letter.payload(), consume(g, 1).get(0).payload());
      assertArrayEquals(letter.payload(), consume(other, 1).get(0).payload());
    }
  }

  @Test
  void aReplayThatCannotBeKeepsTheLetter() throws Exception {
    MessageQueue queue = withLetter();
    DeadLetters letters = queue.deadLetters();
    DeadLetter letter = letters.peek(1).get(0);
    assertThrows(ConfigException.class, () -> letters.replay(letter, "none", SOON));
    assertThrows(ConfigException.class, () -> letters.take(-1, LONG));
    assertThrows(ConfigException.class, () -> letters.take(1, Duration.ZERO));
    assertThrows(ConfigException.class, () -> letters.peek(-1));
    assertEquals(1, letters.take(1, LONG).size());
  }

  /** Delivers the one message of a queue, whose group is the consumer's, until it is a letter. */
  private static void giveUp(MessageQueue queue, Consumer consumer) throws InterruptedException {
    long before = queue.stats().deadLettered();
    consumer.refuse(poll(consumer, 1).get(0).sequence(), Duration.ZERO);
    while (queue.stats().deadLettered() == before) {
      assertEquals(0, consumer.poll(1, BRIEFLY).size());
    }
  }

  /**
   * A queue whose one message has become a letter of group {@code g} twice; the first is leased.
   */
  private MessageQueue withTwoLettersOfOneEntry() throws InterruptedException {
    MessageQueue queue = open(config().maxDeliveries(1));
    queue.createGroup("keeper"); // so that the entry is kept
    long sequence = send(queue, 0, 1).get(0);
    try (Consumer consumer = queue.consumer("g", "c")) {
      giveUp(queue, consumer);
      assertEquals(1, queue.deadLetters().take(9, LONG).size());
      queue.moveGroup("g", sequence);
      giveUp(queue, consumer);
    }
    return queue;
  }

  @Test
  void aLeasedLetterStaysSoWhenItsEntryBecomesAnother() throws Exception {
    MessageQueue queue = withTwoLettersOfOneEntry();
    DeadLetters letters = queue.deadLetters();
    assertEquals(2, letters.size());
    assertEquals(2, queue.stats().deadLettered());
    List<DeadLetter> both = letters.peek(9);
    assertEquals(2, both.size());
    assertEquals(both.get(0).sequence(), both.get(1).sequence());
    assertEquals(both.get(0).group(), both.get(1).group());
    assertNotEquals(both.get(0).id(), both.get(1).id());
    List<DeadLetter> taken = letters.take(9, LONG);
    assertEquals(List.of(both.get(1).id()), taken.stream().map(DeadLetter::id).toList());
    assertEquals(List.of(), letters.take(9, LONG), "both are leased");
  }

  @Test
  void ofTwoLettersOfOneEntryEachIsSettledAlone() throws Exception {
    for (int first = 0; first < 2; first++) {
      DeadLetters letters = withTwoLettersOfOneEntry().deadLetters();
      DeadLetter one = letters.peek(9).get(first);
      DeadLetter other = letters.peek(9).get(1 - first);
      assertEquals(1, letters.acknowledge(List.of(one, one)));
      assertEquals(0, letters.acknowledge(List.of(one)));
      assertEquals(1, letters.size());
      assertEquals(List.of(other.id()), letters.peek(9).stream().map(DeadLetter::id).toList());
      assertEquals(1, letters.acknowledge(List.of(one, other)));
      assertEquals(0, letters.size());
    }
  }

  @Test
  void ofTwoLettersOfOneEntryEachIsReplayedAlone() throws Exception {
    MessageQueue queue = withTwoLettersOfOneEntry();
    DeadLetters letters = queue.deadLetters();
    DeadLetter one = letters.peek(9).get(0);
    DeadLetter other = letters.peek(9).get(1);
    letters.replay(one, "g", SOON);
    assertThrows(NotPendingException.class, () -> letters.replay(one, "g", SOON));
    assertEquals(List.of(other.id()), letters.peek(9).stream().map(DeadLetter::id).toList());
    letters.replay(other, "g", SOON);
    assertEquals(0, letters.size());
    try (Consumer consumer = queue.consumer("g", "c2")) {
      consume(consumer, 2);
      assertNothingComes(consumer);
    }
  }

  @Test
  void aLetterThatIsNotOfTheQueueSettlesNothing() throws Exception {
    DeadLetters letters = withLetter().deadLetters();
    DeadLetter mine = letters.peek(1).get(0);
    List<DeadLetter> others =
        List.of(
            withLetter().deadLetters().peek(1).get(0),
            like(mine, mine.id() + 1, mine.sequence(), mine.group()),
            like(mine, mine.id(), mine.sequence() + 1, mine.group()),
            like(mine, mine.id(), mine.sequence(), "other"));
    for (DeadLetter other : others) {
      assertEquals(0, letters.acknowledge(List.of(other)), other::toString);
      assertThrows(NotPendingException.class, () -> letters.replay(other, "g", SOON));
    }
    assertEquals(1, letters.acknowledge(List.of(mine)));
  }

  private static DeadLetter like(DeadLetter letter, long id, long sequence, String group) {
    return new DeadLetter(
        id,
        sequence,
        letter.cause(),
        letter.reason(),
        letter.count(),
        group,
        letter.key(),
        letter.sent(),
        letter.payload());
  }
}
