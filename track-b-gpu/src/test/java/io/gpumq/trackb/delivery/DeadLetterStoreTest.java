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

  private boolean offer(long sequence) {
    return store.offer(id -> letter(id, sequence));
  }

  /** The letter of that sequence that joined last. */
  private DeadLetter kept(long sequence) {
    return store.peek(9).stream()
        .filter(letter -> letter.sequence() == sequence)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  private static DeadLetter letter(long id, long sequence) {
    return new DeadLetter(
        id,
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
    assertTrue(offer(7));
    assertTrue(offer(3));
    assertEquals(List.of(7L), sequences(store.peek(1)));
    assertEquals(List.of(7L, 3L), sequences(store.peek(10)));
    assertEquals(List.of(7L), take(1));
    assertEquals(List.of(3L), take(10));
    assertEquals(List.of(), take(10), "leased already");
    assertEquals(2, store.size());
    assertEquals(1, store.acknowledge(List.of(kept(7), letter(-1, 99))));
    assertEquals(List.of(3L), sequences(store.peek(10)));
  }

  @Test
  void aLetterComesAgainWhenItsLeaseIsOver() {
    offer(7);
    assertEquals(List.of(7L), sequences(store.take(1, Duration.ofNanos(1))));
    assertEquals(List.of(7L), take(1), "of a lease that is over by now");
  }

  @Test
  void refusesWhenFullAndCountsAllThatJoined() {
    offer(1);
    assertFalse(store.isFull());
    offer(2);
    assertTrue(store.isFull());
    assertFalse(offer(3));
    assertEquals(2, store.joined());
    assertEquals(List.of(), take(0));
    take(1);
    assertTrue(store.isFull(), "a leased letter takes up room");
    store.acknowledge(List.of(kept(1)));
    assertTrue(offer(3));
    assertEquals(List.of(2L, 3L), sequences(store.peek(2)));
    assertEquals(3, store.joined());
  }

  @Test
  void oneReplayOfALetterAtATime() {
    offer(7);
    DeadLetter letter = kept(7);
    assertTrue(store.beginReplay(letter));
    assertFalse(store.beginReplay(letter));
    assertEquals(List.of(), take(1), "being replayed");
    store.endReplay(letter, false);
    assertEquals(List.of(7L), take(1), "not sent, so it is free again");
    assertTrue(store.beginReplay(letter), "whoever has it may replay it");
    store.endReplay(letter, true);
    assertEquals(0, store.size());
    assertFalse(store.beginReplay(letter));
  }

  @Test
  void twoLettersOfOneEntryAreKeptApart() {
    offer(7);
    List<DeadLetter> first = store.take(1, LONG);
    offer(7);
    assertEquals(2, store.size());
    assertEquals(2, store.joined());
    List<DeadLetter> second = store.take(9, LONG);
    assertEquals(List.of(kept(7)), second, "the first is leased still");
    assertTrue(store.beginReplay(second.get(0)));
    assertTrue(store.beginReplay(first.get(0)), "the other is replayed alone");
    store.endReplay(second.get(0), true);
    assertEquals(first, store.peek(9));
    assertEquals(1, store.acknowledge(first));
  }

  @Test
  void aLetterOfAnotherStoreIsNoneOfThis() {
    DeadLetterStore other = new DeadLetterStore(2);
    offer(7);
    other.offer(id -> letter(id, 7));
    DeadLetter mine = kept(7);
    List<DeadLetter> strange = List.of(other.peek(1).get(0), letter(mine.id(), 8));
    assertEquals(0, store.acknowledge(strange));
    for (DeadLetter letter : strange) {
      assertFalse(store.beginReplay(letter));
      store.endReplay(letter, true);
    }
    assertEquals(List.of(mine), store.peek(2));
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
