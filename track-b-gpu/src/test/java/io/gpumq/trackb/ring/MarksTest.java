package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MarksTest {
  /** A page and a half, so that ranges go over the edges of pages and of the ring. */
  private final Marks marks = new Marks(8192);

  private void assertMark(long sequence, long millis) {
    assertEquals(millis, Marks.sentMillis(marks.word(sequence)), "sequence " + sequence);
    assertFalse(Marks.hasKey(marks.word(sequence)));
  }

  @Test
  void keepsTimeAndKeyOfEachSlotUntilALaterLap() {
    marks.put(5, 1_800_000_000_123L);
    marks.put(6, 1_800_000_000_124L, -9);
    marks.put(7, 1_800_000_000_125L, Long.MIN_VALUE);
    assertMark(5, 1_800_000_000_123L);
    assertTrue(Marks.hasKey(marks.word(6)));
    assertEquals(-9, marks.key(6));
    assertEquals(1_800_000_000_124L, Marks.sentMillis(marks.word(6)));
    assertEquals(Long.MIN_VALUE, marks.key(7));
    marks.put(6 + 8192, 3);
    assertMark(6 + 8192, 3);
  }

  @Test
  void aRangeGoesOverEveryEdge() {
    long base = 3L << 56;
    marks.putAll(base + 4095, base + 8192 + 10, 77);
    for (long sequence = base + 4095; sequence <= base + 8202; sequence++) {
      assertMark(sequence, 77);
    }
    long[] copies = new long[4108];
    marks.copyRange(base + 4095, base + 8202, copies);
    assertTrue(Arrays.stream(copies).allMatch(word -> Marks.sentMillis(word) == 77));
    assertMark(base + 4094, 0);
    assertMark(base + 8203, 0);
  }

  @Test
  void aRangeGoesOverTheEdgeOfASmallRing() {
    Marks small = new Marks(4);
    small.putAll(2, 5, 77);
    long[] copies = new long[4];
    small.copyRange(2, 5, copies);
    for (int i = 0; i < copies.length; i++) {
      assertEquals(77, Marks.sentMillis(small.word(2 + i)));
      assertEquals(77, Marks.sentMillis(copies[i]));
    }
  }

  @Test
  void twoProducersMayMakeTheSamePage() throws Exception {
    for (int round = 0; round < 500; round++) {
      Marks fresh = new Marks(2);
      var other = CompletableFuture.runAsync(() -> fresh.put(1, 11, 12));
      fresh.put(0, 21, 22);
      other.get(30, TimeUnit.SECONDS);
      assertEquals(12, fresh.key(1));
      assertEquals(22, fresh.key(0));
      assertEquals(11, Marks.sentMillis(fresh.word(1)));
      assertEquals(21, Marks.sentMillis(fresh.word(0)));
    }
  }
}
