package io.gpumq.soak.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BacklogSizeTest {
  @ParameterizedTest
  @ValueSource(
      longs = {
        BacklogSize.LEAST,
        1_048_576,
        1_048_577,
        256_000_000,
        8_000_000_000L,
        60_000_000_000L,
        BacklogSize.MOST
      })
  void aQueueOfThatSizeIsLegalAndJustBelow(long bytes) {
    BacklogSize size = BacklogSize.within(bytes);
    QueueConfig.named("q").capacity(size.capacity()).slotBytes(size.slotBytes()).build();
    assertTrue(size.bytes() <= bytes, size.toString());
    assertTrue(bytes - size.bytes() < 16L * size.capacity(), size.toString());
  }

  @Test
  void sixtyGigabytesTakeAMillionSlots() {
    assertEquals(new BacklogSize(1 << 20, 57_216), BacklogSize.within(60_000_000_000L));
  }
}
