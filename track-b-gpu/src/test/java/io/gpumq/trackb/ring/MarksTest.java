package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MarksTest {
  /** A page and a half, so that ranges go over the edges of pages and of the ring. */
  private final Marks marks = marks(8192);

  private static Marks marks(int capacity) {
    return new Marks(
        RingGeometry.of(
            QueueConfig.named("m").capacity(capacity).slotBytes(64).build(),
            HandlerSpec.parse("echo"),
            0));
  }

  private void assertMark(long sequence, long millis) {
    assertEquals(millis, marks.sentMillis(sequence), "sequence " + sequence);
    assertFalse(marks.hasKey(sequence));
  }

  @Test
  void keepsTimeAndKeyOfEachSlotUntilALaterLap() {
    marks.setAll(5, 1, 1_800_000_000_123L);
    marks.set(6, 1_800_000_000_124L, -9);
    marks.set(7, 1_800_000_000_125L, Long.MIN_VALUE);
    assertMark(5, 1_800_000_000_123L);
    assertTrue(marks.hasKey(6));
    assertEquals(-9, marks.key(6));
    assertEquals(1_800_000_000_124L, marks.sentMillis(6));
    assertEquals(Long.MIN_VALUE, marks.key(7));
    marks.setAll(6 + 8192, 1, 3);
    assertMark(6 + 8192, 3);
  }

  @Test
  void aRangeGoesOverEveryEdge() {
    long base = 3L << 56;
    marks.setAll(base + 4095, 4108, 77);
    for (long sequence = base + 4095; sequence <= base + 8202; sequence++) {
      assertMark(sequence, 77);
    }
    long[] copies = new long[4108];
    marks.copyTimes(base + 4095, 4108, copies, 0);
    assertTrue(Arrays.stream(copies).allMatch(word -> Marks.millisIn(word) == 77));
    assertMark(base + 4094, 0);
    assertMark(base + 8203, 0);
  }

  @Test
  void aRangeGoesOverTheEdgeOfASmallRing() {
    Marks small = marks(16);
    small.setAll(14, 4, 77);
    long[] copies = new long[5];
    small.copyTimes(14, 4, copies, 1);
    assertEquals(0, copies[0]);
    for (int i = 0; i < 4; i++) {
      assertEquals(77, small.sentMillis(14 + i));
      assertEquals(77, Marks.millisIn(copies[1 + i]));
    }
  }

  @Test
  void twoProducersMayMakeTheSamePage() throws Exception {
    for (int round = 0; round < 500; round++) {
      Marks fresh = marks(16);
      var other = CompletableFuture.runAsync(() -> fresh.set(1, 11, 12));
      fresh.set(0, 21, 22);
      other.get(30, TimeUnit.SECONDS);
      assertEquals(12, fresh.key(1));
      assertEquals(22, fresh.key(0));
      assertEquals(11, fresh.sentMillis(1));
      assertEquals(21, fresh.sentMillis(0));
    }
  }
}
