package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.api.Trim;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A track knows messages by more than their groups, or says of each call that it does not. */
abstract class PositionConformance extends QueueTest {
  PositionConformance(TrackFixture on) {
    super(on);
  }

  private void assertKnownOrRefused(Executable call) throws Throwable {
    if (fixture().knowsPositions()) {
      call.execute();
    } else {
      ConfigException refusal = assertThrows(ConfigException.class, call);
      assertTrue(refusal.getMessage().contains("track"), refusal::getMessage);
    }
  }

  @Test
  void aTrackDoesItOrSaysThatItDoesNot() throws Throwable {
    MessageQueue queue = open(config());
    long sequence = send(queue, 0, 2).get(0);
    assertKnownOrRefused(() -> assertEquals(1, queue.delete(sequence)));
    assertKnownOrRefused(() -> queue.reader().close());
    assertKnownOrRefused(() -> assertEquals(1, queue.trim(Trim.toMessages(0))));
    QueueConfig.Builder keeping = config().retention(Retention.untilNeeded());
    assertKnownOrRefused(() -> open(keeping));
  }

  @Test
  void whatCannotBeIsRefused() {
    Retention kept = Retention.untilTrimmed();
    assertThrows(ConfigException.class, () -> kept.messages(0));
    assertThrows(ConfigException.class, () -> kept.bytes(0));
    assertThrows(ConfigException.class, () -> kept.age(Duration.ZERO));
    assertThrows(ConfigException.class, () -> Retention.untilNeeded().messages(1));
    assertThrows(ConfigException.class, () -> Retention.whenSettled().age(Duration.ofDays(1)));
    assertThrows(ConfigException.class, () -> Trim.toMessages(-1));
    assertThrows(ConfigException.class, () -> Trim.toBytes(-1));
    assertThrows(ConfigException.class, () -> Trim.olderThan(Duration.ofMillis(-1)));
  }
}
