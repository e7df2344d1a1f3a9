package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.api.Waiting;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand readers that wait for one queue, each for one entry. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyWaitersTest {
  private static final int READERS = 100_000;
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final List<Long> served = Collections.synchronizedList(new ArrayList<>());

  @Test
  void areServedInTheOrderInWhichTheyCame() throws Exception {
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
        MessageQueue queue =
            track.open(QueueConfig.named("waited-for").maxPayloadBytes(64).build())) {
      queue.createGroup("g", GroupStart.OLDEST);
      Consumer consumer = queue.consumer("g", "c");
      for (long number = 0; number < READERS; number++) {
        long own = number;
        queue.whenReady("g", 1, FOREVER, (waiting, outcome) -> read(consumer, own, waiting));
      }
      try (Producer producer = queue.producer()) {
        producer.sendBatch(READERS, (index, slot) -> slot.putLong(index), Await.DEADLINE);
      }
      Await.until("all are served", () -> served.size() == READERS);
      for (int i = 0; i < READERS; i++) {
        assertEquals(i, served.get(i));
      }
    }
  }

  /** The entry that a reader finds has the reader's own number. */
  private void read(Consumer consumer, long own, Waiting waiting) {
    try {
      Batch batch = consumer.poll(1, Duration.ZERO);
      if (batch.isEmpty()) {
        waiting.waitAgain();
        return;
      }
      assertEquals(own, batch.get(0).payload().getLong());
      consumer.acknowledge(batch);
      served.add(own);
      waiting.pass();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
