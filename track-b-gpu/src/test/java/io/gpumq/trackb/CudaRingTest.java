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
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.HostHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every way through a track in few messages: by express and in bulk, read near and late, each
 * handler against its twin on the processor.
 */
@Tag("gpu")
@Tag("gpu-beside")
class CudaRingTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @ParameterizedTest
  @CsvSource({
    "echo, 64",
    "echo, 256",
    "echo, 4096",
    "crc32c, 256",
    "crc32c, 1040",
    "sha256, 64",
    "sha256, 256",
    "'fail:every=3,attempts=2', 256"
  })
  void carriesEveryWay(String handler, int maxPayloadBytes) throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    QueueConfig config =
        QueueConfig.named("ways")
            .maxMessages(512)
            .maxPayloadBytes(maxPayloadBytes)
            .handler(handler)
            .handlerTimeout(LONG)
            .build();
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
        MessageQueue queue = track.open(config);
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int i = 0; i < 8; i++) { // one at a time: by express
        List<byte[]> one = messages(random, 1, maxPayloadBytes);
        producer.send(one.get(0), LONG);
        receive(consumer, one, handler, seed);
      }
      for (int lap = 0; lap < 3; lap++) { // full, then read late
        List<byte[]> many = messages(random, 512, maxPayloadBytes);
        producer.sendBatch(many.size(), (i, slot) -> slot.put(many.get(i)), LONG);
        receive(consumer, many, handler, seed);
      }
      assertEquals(0, queue.stats().depth());
    }
  }

  private static List<byte[]> messages(Random random, int count, int maxPayloadBytes) {
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[i == 0 ? maxPayloadBytes : random.nextInt(maxPayloadBytes + 1)];
      random.nextBytes(message);
      messages.add(message);
    }
    return messages;
  }

  private static void receive(Consumer consumer, List<byte[]> sent, String handler, long seed)
      throws InterruptedException {
    HandlerSpec spec = HandlerSpec.parse(handler);
    HostHandler twin = spec.newHostHandler();
    for (int next = 0; next < sent.size(); ) {
      Batch batch = consumer.poll(64, LONG);
      assertTrue(batch.size() > 0, "nothing came, seed " + seed);
      for (int i = 0; i < batch.size(); i++, next++) {
        byte[] payload = sent.get(next);
        assertArrayEquals(payload, batch.get(i).payloadBytes(), "seed " + seed);
        ByteBuffer result = ByteBuffer.allocate(spec.resultBytes());
        twin.handle(ByteBuffer.wrap(payload), result, 3);
        assertArrayEquals(result.array(), batch.get(i).resultBytes(), "seed " + seed);
      }
      consumer.acknowledge(batch);
    }
  }
}
