package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.NotPendingException;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadLetterStoreTest {
  private static final Deadline NOW = Deadline.after(Duration.ZERO);

  private final ManualClock clock = new ManualClock(-5);
  private final DeadLetterStore store = new DeadLetterStore(2, clock);

  private static DeadLetter letter(long sequence) {
    return new DeadLetter(
        sequence, DeadLetter.Cause.DELIVERY_LIMIT, "not acknowledged", 3, "audit", new byte[0]);
  }

  private static List<Long> sequences(List<DeadLetter> letters) {
    return letters.stream().map(DeadLetter::sequence).toList();
  }

  @Test
  void keepsLettersInOrderUntilTaken() {
    assertTrue(store.offer(letter(7)));
    assertTrue(store.offer(letter(3)));
    assertEquals(List.of(7L), sequences(store.peek(1)));
    assertEquals(List.of(7L, 3L), sequences(store.peek(10)));
    assertEquals(2, store.size());
    assertEquals(List.of(7L), sequences(store.take(1)));
    assertEquals(List.of(3L), sequences(store.take(10)));
    assertEquals(List.of(), store.take(10));
    assertEquals(0, store.size());
  }

  @Test
  void refusesWhenFullAndCountsAllThatJoined() {
    store.offer(letter(1));
    assertFalse(store.isFull());
    store.offer(letter(2));
    assertTrue(store.isFull());
    assertFalse(store.offer(letter(3)));
    assertEquals(2, store.joined());
    assertEquals(List.of(), store.take(0));
    store.take(1);
    assertTrue(store.offer(letter(3)));
    assertEquals(List.of(2L, 3L), sequences(store.peek(2)));
    assertEquals(3, store.joined());
  }

  @Test
  void saysWhatIsAllowed() {
    assertEquals(
        "max -1: must be 0 or more",
        assertThrows(ConfigException.class, () -> store.take(-1)).getMessage());
    assertThrows(ConfigException.class, () -> store.peek(-1));
    assertThrows(ConfigException.class, () -> store.take(-1, Duration.ofSeconds(1)));
    assertEquals(
        "lease PT0S: must be above zero",
        assertThrows(ConfigException.class, () -> store.take(1, Duration.ZERO)).getMessage());
    assertEquals(
        "capacity 0: must be 1 or more",
        assertThrows(IllegalArgumentException.class, () -> new DeadLetterStore(0)).getMessage());
  }

  @Test
  void aLeasedLetterComesAgainUnlessItIsSettled() {
    DeadLetter first = letter(1);
    DeadLetter second = letter(1); // alike, and another
    store.offer(first);
    store.offer(second);
    assertEquals(List.of(first), store.take(1, Duration.ofNanos(10)));
    assertEquals(List.of(second), store.take(2, Duration.ofNanos(20)));
    assertEquals(List.of(), store.take(2, Duration.ofNanos(10)));
    assertEquals(List.of(), store.take(2));
    assertEquals(List.of(first, second), store.peek(2));
    assertTrue(store.isFull(), "leased letters count");
    clock.advance(10);
    assertEquals(List.of(first), store.take(2, ChronoUnit.FOREVER.getDuration()));
    assertEquals(1, store.acknowledge(List.of(second, second)));
    clock.advance(1_000_000);
    assertEquals(List.of(), store.take(2, Duration.ofNanos(10)));
    assertEquals(1, store.acknowledge(List.of(first)));
    assertEquals(0, store.size());
  }

  @Test
  void aReplayedLetterIsNobodyElses() throws InterruptedException {
    DeadLetter letter = letter(1);
    store.offer(letter);
    store.beginReplay(letter, NOW);
    assertThrows(NotPendingException.class, () -> store.beginReplay(letter, NOW));
    assertEquals(List.of(), store.take(1, Duration.ofNanos(10)));
    assertEquals(0, store.acknowledge(List.of(letter)));
    store.endReplay(letter, false);
    assertEquals(List.of(letter), store.take(1, Duration.ofNanos(10)));
    store.beginReplay(letter, NOW); // whoever has the lease may
    clock.advance(10);
    assertEquals(List.of(), store.take(1, Duration.ofNanos(10)));
    store.endReplay(letter, false);
    assertEquals(List.of(letter), store.take(1, Duration.ofNanos(10)));
    store.beginReplay(letter, NOW);
    store.endReplay(letter, true);
    assertEquals(0, store.size());
    assertThrows(NotPendingException.class, () -> store.beginReplay(letter, NOW));
  }

  @Test
  void ofTwoReplaysAtOnceOneSends() throws Exception {
    DeadLetter letter = letter(1);
    store.offer(letter);
    store.beginReplay(letter, NOW);
    var second =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    NotPendingException.class,
                    () -> store.beginReplay(letter, Deadline.after(Duration.ofMinutes(1)))));
    store.endReplay(letter, true);
    assertTrue(second.get(30, TimeUnit.SECONDS).getMessage().contains("not there any more"));
  }
}
