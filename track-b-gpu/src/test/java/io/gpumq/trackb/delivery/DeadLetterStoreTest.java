package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLetterStoreTest {
  private final DeadLetterStore store = new DeadLetterStore(2);

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
        assertThrows(IllegalArgumentException.class, () -> store.take(-1)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> store.peek(-1));
    assertEquals(
        "capacity 0: must be 1 or more",
        assertThrows(IllegalArgumentException.class, () -> new DeadLetterStore(0)).getMessage());
  }
}
