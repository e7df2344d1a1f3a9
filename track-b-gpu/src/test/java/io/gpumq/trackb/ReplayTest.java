package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters are replayed to one group or to all, on one lane and on several. */
@Timeout(60)
class ReplayTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Track TRACK = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));

  @AfterAll
  static void closeTrack() {
    TRACK.close();
  }

  private static MessageQueue open(int lanes) {
    return TRACK.open(
        QueueConfig.named("replay-" + System.nanoTime())
            .capacity(4 * lanes)
            .lanes(lanes)
            .maxDeliveries(1)
            .lease(Duration.ofMinutes(10))
            .build());
  }

  /** One message that group a has settled and group b has given up. */
  private static DeadLetter giveUp(MessageQueue queue, Consumer a, Consumer b)
      throws InterruptedException {
    byte[] text = "order 5".getBytes(StandardCharsets.UTF_8);
    try (Producer producer = queue.producer()) {
      producer.send(5, text, SOON);
    }
    assertEquals(1, a.acknowledge(a.poll(1, SOON)));
    b.refuse(b.poll(1, SOON).get(0).sequence(), Duration.ZERO);
    assertTrue(b.poll(1, Duration.ofMillis(20)).isEmpty());
    return queue.deadLetters().peek(1).get(0);
  }

  private static void fill(MessageQueue queue) {
    try (Producer producer = queue.producer()) {
      while (producer.trySend(5, ByteBuffer.allocate(1)) != Producer.FULL) {}
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aLetterGoesToOneGroupAlone(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes)) {
      Consumer a = queue.consumer("a", "c");
      Consumer b = queue.consumer("b", "c");
      DeadLetters letters = queue.deadLetters();
      for (int round = 0; round < 6; round++) { // more than the ring has slots
        DeadLetter letter = giveUp(queue, a, b);
        assertEquals(OptionalLong.of(5), letter.key());
        assertEquals(Optional.of("order 5"), letter.text());
        assertTrue(Duration.between(letter.sent(), Instant.now()).toMinutes() < 1);
        long sequence = letters.replay(letter, "b", SOON);
        assertEquals(0, letters.size());
        assertThrows(NotPendingException.class, () -> letters.replay(letter, "b", SOON));
        Batch batch = b.poll(4, SOON);
        assertEquals(1, batch.size());
        assertEquals(sequence, batch.get(0).sequence());
        assertEquals(5, batch.get(0).key());
        assertEquals(1, queue.stats().depth());
        assertTrue(a.poll(4, Duration.ZERO).isEmpty());
        assertEquals(List.of(0L, 0L), queue.groups().stream().map(GroupStats::lag).toList());
        assertEquals(1, b.acknowledge(batch));
        assertEquals(0, queue.stats().depth());
      }
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aLetterGoesToAll(int lanes) throws InterruptedException {
    try (MessageQueue queue = open(lanes)) {
      Consumer a = queue.consumer("a", "c");
      Consumer b = queue.consumer("b", "c");
      DeadLetter letter = giveUp(queue, a, b);
      queue.deadLetters().replayToAll(letter, SOON);
      assertEquals(1, a.acknowledge(a.poll(4, SOON)));
      assertEquals(1, b.acknowledge(b.poll(4, SOON)));
    }
  }

  @ParameterizedTest(name = "{0} lanes")
  @ValueSource(ints = {1, 4})
  void aLetterThatCannotBeSentStays(int lanes) throws InterruptedException {
    MessageQueue queue = open(lanes);
    DeadLetters letters = queue.deadLetters();
    try (queue) {
      Consumer a = queue.consumer("a", "c");
      Consumer b = queue.consumer("b", "c");
      DeadLetter letter = giveUp(queue, a, b);
      fill(queue);
      assertThrows(
          QueueFullException.class, () -> letters.replay(letter, "b", Duration.ofMillis(1)));
      assertThrows(ConfigException.class, () -> letters.replay(letter, "none", SOON));
      assertThrows(ConfigException.class, () -> letters.replay(letter, "b", Duration.ofMillis(-1)));
      assertEquals(List.of(letter), letters.take(1, SOON));
      assertEquals(List.of(), letters.take(1, SOON));
      assertEquals(1, letters.size());
    }
    DeadLetter letter = letters.peek(1).get(0);
    assertThrows(QueueClosedException.class, () -> letters.replayToAll(letter, SOON));
    assertEquals(1, letters.acknowledge(List.of(letter)));
    assertEquals(0, letters.acknowledge(List.of(letter)));
    assertFalse(letters.peek(1).contains(letter));
  }
}
