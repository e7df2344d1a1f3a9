package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.reference.Handler;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches while a persistent kernel of this process runs: no call may wait for its end. */
@Tag("gpu")
@Tag("gpu-beside")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaBatchBesideRingTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private static byte[] payload(int number) {
    return ("message " + number).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(ByteBuffer view) {
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    return copy;
  }

  private static void runEachHandler(BatchDevice device) {
    for (String handler : List.of("echo", "crc32c", "sha256", "fail:every=9")) {
      try (BatchRunner runner = device.runner(handler, 64, 100)) {
        for (int i = 0; i < 100; i++) {
          runner.put(i, payload(i));
        }
        runner.run(100, 1);
        for (int i = 0; i < 100; i++) {
          byte[] expected = Handler.of(handler).handle(payload(i), 1);
          assertEquals(expected == null ? 1 : 0, runner.error(i));
          assertArrayEquals(payload(i), bytes(runner.payload(i)));
          if (expected != null) {
            assertArrayEquals(expected, bytes(runner.result(i)));
          }
        }
      }
    }
  }

  private static void roundTrip(Producer producer, Consumer consumer, int number)
      throws InterruptedException {
    producer.send(payload(number), SOON);
    Batch batch = consumer.poll(1, SOON);
    assertEquals(1, batch.size());
    assertArrayEquals(Handler.sha256(payload(number)), bytes(batch.get(0).result()));
    consumer.acknowledge(batch);
  }

  /** The device is opened, used and closed whole between two messages of the ring. */
  @Test
  void aDeviceComesAndGoesWhileARingRuns() throws Exception {
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
        MessageQueue queue = track.open(QueueConfig.named("beside").handler("sha256").build());
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int number = 0; number < 5; number++) {
        roundTrip(producer, consumer, number);
        try (BatchDevice device = BatchDevices.open("cuda")) {
          runEachHandler(device);
        }
      }
      roundTrip(producer, consumer, 5);
    }
  }

  @Test
  void aRingComesAndGoesWhileADeviceIsOpen() throws Exception {
    try (BatchDevice device = BatchDevices.open("cuda")) {
      for (int number = 0; number < 3; number++) {
        runEachHandler(device);
        try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
            MessageQueue queue = track.open(QueueConfig.named("guest").handler("sha256").build());
            Producer producer = queue.producer();
            Consumer consumer = queue.consumer("g", "c")) {
          roundTrip(producer, consumer, number);
          runEachHandler(device);
        }
      }
      runEachHandler(device);
    }
  }
}
