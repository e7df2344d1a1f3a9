package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeadLetterStoreTest {
  private final DeadLetterStore store = new DeadLetterStore(2);

  private static DeadLetter letter(long sequence) {
    return new DeadLetter(
        sequence,
        DeadLetter.Cause.DELIVERY_LIMIT,
        "not acknowledged",
        3,
        "audit",
        OptionalLong.empty(),
        Instant.EPOCH,
        new byte[0]);
  }

  private static List<Long> sequences(List<DeadLetter> letters) {
    return letters.stream().map(DeadLetter::sequence).toList();
  }

  private static final Duration LONG = Duration.ofDays(1);

  private List<Long> take(int max) {
    return sequences(store.take(max, LONG));
  }

  @Test
  void leasesLettersInOrderAndKeepsThemUntilTheyAreAcknowledged() {
    assertTrue(store.offer(letter(7)));
    assertTrue(store.offer(letter(3)));
    assertEquals(List.of(7L), sequences(store.peek(1)));
    assertEquals(List.of(7L, 3L), sequences(store.peek(10)));
    assertEquals(List.of(7L), take(1));
    assertEquals(List.of(3L), take(10));
    assertEquals(List.of(), take(10), "leased already");
    assertEquals(2, store.size());
    assertEquals(1, store.acknowledge(List.of(letter(7), letter(99))));
    assertEquals(List.of(3L), sequences(store.peek(10)));
  }

  @Test
  void aLetterComesAgainWhenItsLeaseIsOver() {
    store.offer(letter(7));
    assertEquals(List.of(7L), sequences(store.take(1, Duration.ofNanos(1))));
    assertEquals(List.of(7L), take(1), "of a lease that is over by now");
  }

  @Test
  void refusesWhenFullAndCountsAllThatJoined() {
    store.offer(letter(1));
    assertFalse(store.isFull());
    store.offer(letter(2));
    assertTrue(store.isFull());
    assertFalse(store.offer(letter(3)));
    assertEquals(2, store.joined());
    assertEquals(List.of(), take(0));
    take(1);
    assertTrue(store.isFull(), "a leased letter takes up room");
    store.acknowledge(List.of(letter(1)));
    assertTrue(store.offer(letter(3)));
    assertEquals(List.of(2L, 3L), sequences(store.peek(2)));
    assertEquals(3, store.joined());
  }

  @Test
  void oneReplayOfALetterAtATime() {
    store.offer(letter(7));
    assertTrue(store.beginReplay(letter(7)));
    assertFalse(store.beginReplay(letter(7)));
    assertEquals(List.of(), take(1), "being replayed");
    store.endReplay(letter(7), false);
    assertEquals(List.of(7L), take(1), "not sent, so it is free again");
    assertTrue(store.beginReplay(letter(7)), "whoever has it may replay it");
    store.endReplay(letter(7), true);
    assertEquals(0, store.size());
    assertFalse(store.beginReplay(letter(7)));
  }

  @Test
  void saysWhatIsAllowed() {
    assertEquals(
        "max -1: must be 0 or more",
        assertThrows(ConfigException.class, () -> store.take(-1, LONG)).getMessage());
    assertThrows(ConfigException.class, () -> store.peek(-1));
    assertThrows(ConfigException.class, () -> store.take(1, Duration.ZERO));
    assertThrows(ConfigException.class, () -> store.take(1, Duration.ofNanos(-1)));
    assertEquals(
        "capacity 0: must be 1 or more",
        assertThrows(IllegalArgumentException.class, () -> new DeadLetterStore(0)).getMessage());
  }
}
