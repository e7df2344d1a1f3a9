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

/** What may be asked of a track that keeps, trims and reads by position, and what is refused. */
abstract class PositionConformance extends QueueTest {
  PositionConformance(TrackFixture on) {
    super(on);
  }

  private void assertKeptOrRefused(Executable call) throws Throwable {
    if (fixture().countsBytes()) {
      call.execute();
    } else {
      ConfigException refusal = assertThrows(ConfigException.class, call);
      assertTrue(
          refusal.getMessage().contains("bytes 7000")
              || refusal.getMessage().contains("7000 bytes"),
          refusal::getMessage);
      assertTrue(refusal.getMessage().contains("number of messages"), refusal::getMessage);
    }
  }

  @Test
  void aTrackKeepsToALimitInBytesOrSaysThatItDoesNot() throws Throwable {
    MessageQueue queue = open(config());
    send(queue, 0, 2);
    assertKeptOrRefused(() -> assertEquals(0, queue.trim(Trim.toBytes(7000))));
    assertEquals(2, queue.trim(Trim.toMessages(0)), "a trim that is refused takes nothing");
    QueueConfig.Builder keeping = config().retention(Retention.untilTrimmed().bytes(7000));
    assertKeptOrRefused(() -> open(keeping));
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
