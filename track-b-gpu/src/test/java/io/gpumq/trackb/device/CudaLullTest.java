package io.gpumq.trackb.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.reference.Handler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory of closed queues comes back beside a kernel that runs on. */
@Tag("gpu")
@Tag("gpu-beside")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaLullTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int BLOCK_BYTES = 16 << 20;

  private int sent;

  private void roundTrip(Producer producer, Consumer consumer) throws InterruptedException {
    byte[] payload = ("message " + sent++).getBytes(UTF_8);
    producer.send(payload, SOON);
    Batch batch = consumer.poll(1, SOON);
    assertEquals(1, batch.size());
    assertArrayEquals(payload, batch.get(0).payloadBytes());
    assertArrayEquals(Handler.sha256(payload), batch.get(0).resultBytes());
    consumer.acknowledge(batch);
  }

  /** A block that is still pinned cannot be pinned again: an error that a sanitizer would count. */
  @Test
  void pinnedMemoryIsLetGoOfBesideAKernel() throws Exception {
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
        MessageQueue queue = track.open(QueueConfig.named("runs").handler("sha256").build());
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c");
        CudaContext context = CudaContext.open(0)) {
      roundTrip(producer, consumer);
      context.enter();
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      context.pin(block);
      for (int i = 0; i < 10; i++) {
        assertFalse(pins(context, block));
        context.unpin(List.of(block));
        roundTrip(producer, consumer);
        Await.until("the block to be let go of", () -> pins(context, block));
        roundTrip(producer, consumer);
      }
      context.unpin(List.of(block));
    }
  }

  private static boolean pins(CudaContext context, ByteBuffer block) {
    context.enter();
    try {
      context.pin(block);
      return true;
    } catch (TrackFailedException e) {
      return false;
    }
  }

  /** Queues come and go beside one that is always busy, and leave nothing. */
  @Test
  void vramIsLetGoOfBesideAKernel() throws Exception {
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
        MessageQueue queue = track.open(QueueConfig.named("runs").handler("sha256").build());
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c");
        CudaContext context = CudaContext.open(0)) {
      roundTrip(producer, consumer);
      context.enter();
      long before = context.freeBytes();
      QueueConfig large =
          QueueConfig.named("large")
              .maxMessages(1 << 18)
              .maxPayloadBytes(1024)
              .handler("sha256")
              .build();
      for (int i = 0; i < 10; i++) {
        try (MessageQueue more = track.open(large);
            Producer sends = more.producer();
            Consumer takes = more.consumer("g", "c")) {
          roundTrip(sends, takes);
        }
        roundTrip(producer, consumer);
      }
      // One such queue has 256 MiB; what else the driver takes meanwhile is less.
      Await.until("the VRAM to be free", () -> before - context.freeBytes() < (256 << 20));
    }
  }
}
