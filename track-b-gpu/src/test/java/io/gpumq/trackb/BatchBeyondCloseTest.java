package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a consumer has out it can look at, whatever is closed meanwhile. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchBeyondCloseTest {
  private static final int BYTES = 200;

  private static byte[] message(int number) {
    byte[] bytes = new byte[BYTES];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  /**
   * @param isNear whether it is in the window, else what was sent before anybody read
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itsBytesStay(boolean isNear) throws Exception {
    Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
    MessageQueue queue =
        track.open(QueueConfig.named("out").maxMessages(1 << 15).maxPayloadBytes(256).build());
    queue.createGroup("g");
    Consumer consumer = isNear ? queue.consumer("g", "c") : null;
    try (Producer producer = queue.producer()) {
      for (int number = 0; number < (isNear ? 10 : 20_000); number++) {
        producer.send(message(number), Await.DEADLINE);
      }
    }
    consumer = isNear ? consumer : queue.consumer("g", "c");
    Batch batch = consumer.poll(10, Await.DEADLINE);
    assertTrue(batch.size() > 0);
    track.close();
    for (int i = 0; i < batch.size(); i++) {
      assertEquals(i, batch.get(i).sequence());
      assertArrayEquals(message(i), batch.get(i).payloadBytes());
    }
    consumer.close();
  }
}
