package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Keys, times, and dead letters as somebody uses them who wants nothing lost. */
abstract class LetterConformance extends LetterTest {
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
  void aLetterTellsAllOfItsMessage() throws Exception {
    long before = System.currentTimeMillis() - 1;
    MessageQueue queue = withLetter();
    Letter letter = ReadLetters.peek(queue, 1).get(0);
    assertEquals(queue.name(), letter.told().queue());
    assertEquals(Cause.DELIVERY_LIMIT, letter.told().cause());
    assertEquals(1, letter.told().count());
    assertEquals("g", letter.group());
    assertEquals(OptionalLong.of(42), letter.key());
    assertTrue(letter.sentMillis() >= before && letter.sentMillis() <= System.currentTimeMillis());
    assertEquals("hello", new String(letter.payload(), StandardCharsets.UTF_8));
    String all = letter.told().toString();
    assertTrue(all.contains(queue.name()) && all.contains("" + letter.sequence()), all);
  }

  @Test
  void whatIsNoLetterTellsOfNone() throws Exception {
    MessageQueue queue = open(config());
    send(queue, 0, 1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Entry entry = consumer.poll(1, SOON).get(0);
      assertTrue(entry.letter().isEmpty());
      assertThrows(ConfigException.class, () -> consumer.replay(entry, SOON));
      assertEquals(1, queue.groups().get(0).pending(), "it stays as it is");
    }
  }

  @Test
  void theQueueOfLettersIsOneOfTheTrack() throws Exception {
    MessageQueue queue = withLetter();
    MessageQueue letters = queue.deadLetters();
    assertEquals(queue.name() + ".dead", letters.name());
    assertEquals(letters.name(), queue.config().deadLetters());
    assertTrue(letters.config().keepsLetters());
    assertSame(letters, fixture().track().queue(letters.name()).orElseThrow());
    assertSame(letters, letters.deadLetters());
    assertThrows(ConfigException.class, letters::producer);
  }

  @Test
  void severalQueuesMayNameOne() throws Exception {
    String name = config().build().name() + "-letters";
    for (String payload : List.of("one", "two")) {
      MessageQueue queue = open(config().deadLetters(name).maxDeliveries(1));
      giveUpOne(queue, payload.getBytes(StandardCharsets.UTF_8));
      assertEquals(name, queue.deadLetters().name());
      Letter last = ReadLetters.take(queue, 1).get(0);
      assertEquals(queue.name(), last.told().queue());
      assertArrayEquals(payload.getBytes(StandardCharsets.UTF_8), last.payload());
    }
  }

  @Test
  void aQueueOfMessagesKeepsNoLetters() throws Exception {
    MessageQueue messages = open(config());
    QueueConfig.Builder naming = config().deadLetters(messages.name());
    var refusal = assertThrows(ConfigException.class, () -> open(naming));
    assertTrue(refusal.getMessage().contains(messages.name()), refusal::getMessage);
  }

  @Test
  void lettersOfAnySizeKeepTheirPayloads() throws Exception {
    for (int bytes : new int[] {0, 1, 15, 16, 17, 4_000, 65_536}) {
      MessageQueue queue = open(config().maxPayloadBytes(65_536).maxDeliveries(1));
      byte[] payload = randomBytes(bytes);
      giveUpOne(queue, payload);
      assertArrayEquals(payload, ReadLetters.peek(queue, 1).get(0).payload(), bytes + " bytes");
      ReadLetters.replay(queue, false);
      try (Consumer consumer = queue.consumer("g", "c")) {
        assertArrayEquals(payload, consume(consumer, 1).get(0).payload(), bytes + " bytes");
      }
    }
  }

  @Test
  void aLetterThatNobodyAcknowledgesComesAgainHoweverOften() throws Exception {
    MessageQueue queue = withLetter();
    try (Consumer consumer = queue.deadLetters().consumer("h", "c")) {
      for (int nth = 1; nth <= 20; nth++) {
        Batch batch = consumer.poll(9, SOON);
        assertEquals(1, batch.size());
        assertEquals(nth, batch.get(0).deliveries());
        consumer.refuse(batch.get(0).sequence(), Duration.ZERO);
      }
      assertEquals(1, consumer.acknowledge(consumer.poll(9, SOON)));
      assertNothingComes(consumer);
    }
    assertEquals(0, queue.deadLetters().stats().deadLettered());
  }

  @Test
  void groupsReadTheLettersEachForItself() throws Exception {
    MessageQueue letters = withLetter().deadLetters();
    try (Consumer one = letters.consumer("one", "c");
        Consumer two = letters.consumer("two", "c")) {
      assertEquals(1, consume(one, 1).size());
      assertEquals(1, consume(two, 1).size());
    }
    assertEquals(0, letters.stats().depth());
  }

  @Test
  void anEntryThatIsGivenUpTwiceIsTwoLetters() throws Exception {
    MessageQueue queue = open(config().maxDeliveries(1));
    queue.createGroup("keeper"); // so that the entry is kept
    long sequence = send(queue, 0, 1).get(0);
    try (Consumer consumer = queue.consumer("g", "c")) {
      giveUp(queue, consumer);
      queue.moveGroup("g", sequence);
      giveUp(queue, consumer);
    }
    assertEquals(2, queue.stats().deadLettered());
    List<Letter> both = ReadLetters.take(queue, 9);
    assertEquals(List.of(sequence, sequence), both.stream().map(Letter::sequence).toList());
    assertEquals(List.of("g", "g"), both.stream().map(Letter::group).toList());
    assertNotEquals(both.get(0).at(), both.get(1).at());
  }

  /** Queues of one handler share what carries them. */
  @Test
  void fullLettersHoldBackTheirQueueAlone() throws Exception {
    MessageQueue full = open(config().handler("fail:every=2").maxDeadLetters(1));
    MessageQueue other = open(config().handler("fail:every=2"));
    try (Consumer held = full.consumer("g", "c");
        Consumer free = other.consumer("g", "c")) {
      Numbered.send(full, random, 0, 8);
      List<Received> came = new ArrayList<>();
      Await.until("the letters are full", () -> readSome(held, came) && isFull(full));
      Numbered.send(other, random, 0, 40);
      assertEquals(20, consume(free, 20).size());
      Await.until(
          "the other's letters",
          () -> free.poll(1, Duration.ZERO).isEmpty() && ReadLetters.size(other) == 20);
      assertTrue(isFull(full));
      for (int letters = 0; letters < 4; letters++) {
        Await.until("a letter", () -> readSome(held, came) && isFull(full));
        assertEquals(1, ReadLetters.take(full, 1).size());
      }
      Await.until("the rest", () -> readSome(held, came) && came.size() == 4);
      assertEquals(0, full.stats().depth());
    }
  }

  private static boolean isFull(MessageQueue queue) {
    return ReadLetters.size(queue) == queue.config().maxDeadLetters();
  }

  private static boolean readSome(Consumer consumer, List<Received> into) throws Exception {
    Batch batch = consumer.poll(64, Duration.ofMillis(1));
    into.addAll(copy(batch));
    consumer.acknowledge(batch);
    return true;
  }

  @Test
  void lettersOutliveTheirQueueAndGoWithTheirOwn() throws Exception {
    MessageQueue queue = withLetter();
    MessageQueue letters = queue.deadLetters();
    letters.close();
    giveUpOne(queue, new byte[] {7});
    assertNotSame(letters, queue.deadLetters(), "the next letter opens it anew");
    queue.close();
    assertArrayEquals(new byte[] {7}, ReadLetters.take(queue, 9).get(0).payload());
  }
}
