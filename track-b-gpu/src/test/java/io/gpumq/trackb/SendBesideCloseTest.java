package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's writer is at work while its track closes: neither waits for the other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SendBesideCloseTest {
  /** What it writes to stays until it has written; then its call hears of the close. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWriterThatOutlivesTheTrackHearsOfTheClose(boolean areMixed) {
    Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
    MessageQueue queue = track.open(QueueConfig.named("out").maxPayloadBytes(512).build());
    byte[] written = new byte[512];
    new Random(1).nextBytes(written);
    byte[] found = new byte[512];
    try (Producer producer = queue.producer()) {
      if (areMixed) { // the next payload is written beside its place then
        assertEquals(3, producer.trySendBatch(3, (index, slot) -> slot.position(20 * index)));
      }
      QueueClosedException closed =
          assertThrows(
              QueueClosedException.class,
              () ->
                  producer.trySendBatch(
                      1,
                      (index, slot) -> {
                        slot.put(written, 0, 256);
                        track.close();
                        slot.put(written, 256, 256);
                        slot.get(0, found);
                      }));
      assertTrue(closed.getMessage().contains("'out'"), closed.getMessage());
    }
    assertArrayEquals(written, found);
  }
}
