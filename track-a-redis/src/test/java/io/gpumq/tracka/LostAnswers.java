package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.Tracks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A track whose connections break where a test says. */
@Tag("redis")
@Timeout(60)
abstract class LostAnswers {
  static final Duration SOON = Duration.ofSeconds(20);
  static final Duration LONG_LEASE = Duration.ofMinutes(10);

  FaultyProxy proxy;
  Track track;

  @BeforeEach
  final void openTrack() throws Exception {
    proxy = new FaultyProxy(TestRedis.uri());
    track = Tracks.open("a", TestRedis.options(proxy.uri()));
  }

  @AfterEach
  final void closeTrack() {
    track.close();
    proxy.close();
  }

  final MessageQueue queue(QueueConfig.Builder config) {
    return track.open(config.lease(LONG_LEASE).build());
  }

  static List<Long> send(MessageQueue queue, int count) throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    try (Producer producer = queue.producer()) {
      for (int number = 0; number < count; number++) {
        sequences.add(producer.send(numbered(number), SOON));
      }
    }
    return sequences;
  }

  static byte[] numbered(int number) {
    byte[] payload = new byte[100];
    ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putLong(number);
    System.arraycopy("payload".getBytes(UTF_8), 0, payload, 50, 7);
    return payload;
  }

  static int number(ByteBuffer payload) {
    return (int) payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(payload.position());
  }
}
