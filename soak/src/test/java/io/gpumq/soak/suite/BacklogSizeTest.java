package io.gpumq.soak.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.reference.ReferenceTrack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BacklogSizeTest {
  @ParameterizedTest
  @ValueSource(
      longs = {BacklogSize.LEAST, 1_048_577, 256_000_000, 60_000_000_000L, BacklogSize.MOST})
  void aQueueOfThatSizeIsLegalAndJustBelow(long bytes) {
    BacklogSize size = BacklogSize.within(bytes, BacklogSize.LARGE);
    QueueConfig.named("q").maxMessages(size.messages()).maxPayloadBytes(BacklogSize.LARGE).build();
    assertTrue(size.bytes() <= bytes, size.toString());
    assertTrue(bytes - size.bytes() < BacklogSize.LARGE, size.toString());
  }

  @Test
  void fitsIntoStore() {
    try (var track = new Small(new ReferenceTrack(), 10_000_000)) {
      assertEquals(
          8_500_000 / 57_216, BacklogSize.within(track, 60_000_000_000L, 57_216).messages());
      assertEquals(2_000_000 / 57_216, BacklogSize.within(track, 2_000_000, 57_216).messages());
    }
  }
}
