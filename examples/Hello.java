import static java.nio.charset.StandardCharsets.UTF_8;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.time.Duration;
import java.util.HexFormat;

public final class Hello {
  public static void main(String[] args) throws InterruptedException {
    Duration wait = Duration.ofSeconds(10);
    try (Track track = Tracks.open("b", TrackOptions.DEFAULT);
        MessageQueue queue = track.open(QueueConfig.named("hello").handler("sha256").build());
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("readers", "reader-1")) {
      producer.send("Hello, Ada".getBytes(UTF_8), wait);
      Batch batch = consumer.poll(256, wait);
      for (int i = 0; i < batch.size(); i++) {
        Entry entry = batch.get(i);
        String text = new String(entry.payloadBytes(), UTF_8);
        System.out.println(text + ": " + HexFormat.of().formatHex(entry.resultBytes()));
      }
      consumer.acknowledge(batch);
    }
  }
}
