package io.gpumq.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueConfigTest {
  private static QueueConfig.Builder config() {
    return QueueConfig.named("ticks");
  }

  private static void assertRefused(QueueConfig.Builder config, String message) {
    ConfigException refusal = assertThrows(ConfigException.class, config::build);
    assertEquals(message, refusal.getMessage());
  }

  @Test
  void hasTheDefaultsThatItNames() {
    assertEquals(
        new QueueConfig(
            "ticks",
            QueueConfig.NO_LIMIT,
            512,
            QueueConfig.NO_LIMIT,
            0,
            "echo",
            Duration.ofSeconds(30),
            5,
            3,
            "ticks.dead",
            10_000,
            Duration.ofSeconds(10),
            1,
            false,
            Retention.whenSettled()),
        config().build());
  }

  @Test
  void takesEachSetting() {
    QueueConfig config =
        config()
            .maxMessages(8)
            .maxPayloadBytes(65)
            .maxBytes(1 << 20)
            .minBytes(1 << 10)
            .handler("sha256")
            .lease(Duration.ofMillis(5))
            .maxDeliveries(7)
            .handlerAttempts(2)
            .deadLetters("given-up")
            .maxDeadLetters(9)
            .handlerTimeout(Duration.ofMillis(70))
            .lanes(4)
            .strictOrder(true)
            .retention(Retention.untilTrimmed().messages(3))
            .build();
    assertEquals(
        new QueueConfig(
            "ticks",
            8,
            65,
            1 << 20,
            1 << 10,
            "sha256",
            Duration.ofMillis(5),
            7,
            2,
            "given-up",
            9,
            Duration.ofMillis(70),
            4,
            true,
            Retention.untilTrimmed().messages(3)),
        config);
  }

  @Test
  void namesItsLettersAfterItself() {
    String name = "q".repeat(64);
    assertEquals("q".repeat(59) + ".dead", QueueConfig.named(name).build().deadLetters());
    QueueConfig letters = config().maxDeadLetters(1).maxPayloadBytes(512).build().ofDeadLetters();
    assertEquals("ticks.dead", letters.name());
    assertEquals(1, letters.maxMessages());
    assertEquals(512, letters.maxPayloadBytes());
    assertTrue(letters.keepsLetters());
    assertFalse(config().build().keepsLetters());
  }

  @Test
  void handlesNoLetters() {
    assertRefused(
        config().deadLetters("ticks").handler("sha256"),
        "handler 'sha256': must be echo in a queue that keeps dead letters");
    assertRefused(
        config().deadLetters("no/name"),
        "dead-letters 'no/name': must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 3, 8, 32})
  void refusesLanesThatAreNoPowerOfTwoOrTooMany(int lanes) {
    assertRefused(
        config().maxMessages(6).lanes(lanes),
        "lanes "
            + lanes
            + ": must be a power of two between 1 and 6, and not more than max-messages");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 1000, 1L << 40, QueueConfig.NO_LIMIT})
  void takesAnyLimitOfMessages(long messages) {
    assertEquals(messages, config().maxMessages(messages).build().maxMessages());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -2, 0})
  void refusesLimitBelowOneMessage(long messages) {
    assertRefused(
        config().maxMessages(messages), "max-messages " + messages + ": must be 1 or more");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65, 300, 65_537, 1 << 24})
  void takesAnySizeOfPayloads(int bytes) {
    assertEquals(bytes, config().maxPayloadBytes(bytes).build().maxPayloadBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, (1 << 24) + 1, Integer.MAX_VALUE})
  void refusesPayloadsBeyondTheLargest(int bytes) {
    assertRefused(
        config().maxPayloadBytes(bytes),
        "max-payload-bytes " + bytes + ": must be between 0 and 16777216");
  }

  @Test
  void boundsBytes() {
    config().maxBytes(1).minBytes(1).build();
    assertRefused(config().maxBytes(0), "max-bytes 0: must be 1 or more");
    assertRefused(
        config().minBytes(-1),
        "min-bytes -1: must be between 0 and max-bytes, " + QueueConfig.NO_LIMIT);
    assertRefused(
        config().maxBytes(10).minBytes(11), "min-bytes 11: must be between 0 and max-bytes, 10");
  }

  @Test
  void boundsTheLease() {
    config().lease(Duration.ofMillis(1)).build();
    config().lease(Duration.ofDays(1)).build();
    for (Duration lease :
        new Duration[] {
          Duration.ZERO, Duration.ofMillis(-1), Duration.ofNanos(999_999), Duration.ofHours(25)
        }) {
      assertRefused(config().lease(lease), "lease " + lease + ": must be between 1 ms and 1 day");
    }
  }

  @Test
  void boundsTheHandlersTimeout() {
    config().handlerTimeout(Duration.ofMillis(10)).build();
    config().handlerTimeout(Duration.ofDays(1)).build();
    for (Duration timeout :
        new Duration[] {
          Duration.ZERO, Duration.ofMillis(-1), Duration.ofNanos(9_999_999), Duration.ofHours(25)
        }) {
      assertRefused(
          config().handlerTimeout(timeout),
          "handler-timeout " + timeout + ": must be between 10 ms and 1 day");
    }
  }

  @Test
  void boundsTheCounts() {
    config().maxDeliveries(1).handlerAttempts(1).maxDeadLetters(1).build();
    config().maxDeliveries(1000).handlerAttempts(15).maxDeadLetters(1_000_000).build();
    assertRefused(config().maxDeliveries(0), "max-deliveries 0: must be between 1 and 1000");
    assertRefused(config().maxDeliveries(1001), "max-deliveries 1001: must be between 1 and 1000");
    assertRefused(config().handlerAttempts(0), "handler-attempts 0: must be between 1 and 15");
    assertRefused(config().handlerAttempts(16), "handler-attempts 16: must be between 1 and 15");
    assertRefused(config().maxDeadLetters(0), "max-dead-letters 0: must be between 1 and 1000000");
    assertRefused(
        config().maxDeadLetters(1_000_001),
        "max-dead-letters 1000001: must be between 1 and 1000000");
  }

  @Test
  void refusesWhatIsMissing() {
    assertThrows(NullPointerException.class, () -> QueueConfig.named(null).build());
    assertThrows(NullPointerException.class, () -> config().handler(null).build());
    assertThrows(NullPointerException.class, () -> config().lease(null).build());
    assertThrows(NullPointerException.class, () -> config().handlerTimeout(null).build());
    assertRefused(
        QueueConfig.named("no spaces"),
        "queue name 'no spaces': must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
  }
}
