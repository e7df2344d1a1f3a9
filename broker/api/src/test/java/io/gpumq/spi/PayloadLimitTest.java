package io.gpumq.spi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadLimitTest {
  private static PayloadLimit of(String text) {
    return PayloadLimit.of(Map.of(PayloadLimit.SETTING, text));
  }

  private static QueueConfig queue(int maxPayloadBytes) {
    return QueueConfig.named("q").maxPayloadBytes(maxPayloadBytes).build();
  }

  @Test
  void whereNothingIsSetEveryQueueMayBe() {
    PayloadLimit limit = PayloadLimit.of(Map.of());
    assertDoesNotThrow(() -> limit.require(queue(QueueConfig.MAX_PAYLOAD_BYTES)));
  }

  @Test
  void aQueueOfLargerPayloadsIsRefused() {
    PayloadLimit limit = of("70000");
    assertDoesNotThrow(() -> limit.require(queue(70_000)));
    String why =
        assertThrows(ConfigException.class, () -> limit.require(queue(70_001))).getMessage();
    assertEquals(
        "max-payload-bytes 70001 of queue 'q': must be at most 70000, which this track was opened"
            + " with",
        why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "16777217", "x", ""})
  void whatIsNoSizeIsRefused(String text) {
    String why = assertThrows(ConfigException.class, () -> of(text)).getMessage();
    assertEquals("max-payload-bytes '" + text + "': must be between 0 and 16777216", why);
  }
}
