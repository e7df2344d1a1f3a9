package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that happen all the time leave nothing to the garbage collector, waits included. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollAllocationTest {
  private static final int ROUNDS = 20_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final byte[] payload = new byte[16];
  private final Producer.PayloadWriter writer = (index, slot) -> slot.put(payload);

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void roundTripsAndEmptyPollsAllocateNothing(int lanes) throws Exception {
    QueueConfig config =
        QueueConfig.named("allocates-" + ProcessHandle.current().pid())
            .maxMessages(256)
            .lanes(lanes)
            .build();
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
        MessageQueue queue = track.open(config);
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      carry(producer, consumer); // the first rounds load and compile,
      carry(producer, consumer); // and the first to come to a place of the chunks makes its view
      long before = threads.getCurrentThreadAllocatedBytes();
      carry(producer, consumer);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 8 * ROUNDS, allocated + " bytes in " + ROUNDS + " rounds");
    }
  }

  private void carry(Producer producer, Consumer consumer) throws InterruptedException {
    Duration moment = Duration.ofNanos(100);
    for (int i = 0; i < ROUNDS; i++) {
      assertTrue(consumer.poll(1, moment).isEmpty());
      assertTrue(producer.trySendBatch(1, writer) == 1);
      Batch batch = consumer.poll(1, Await.DEADLINE);
      if (consumer.acknowledge(batch) != 1) { // assertEquals would box
        assertEquals(1, batch.size());
      }
    }
  }
}
