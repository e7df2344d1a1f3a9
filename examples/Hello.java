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
    QueueConfig config = QueueConfig.named("greetings").capacity(1024).handler("sha256").build();
    Duration second = Duration.ofSeconds(1);

    try (Track track = Tracks.open("b", TrackOptions.DEFAULT);
        MessageQueue queue = track.open(config);
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("readers", "reader-1")) {
      producer.send("Hello, Ada".getBytes(UTF_8), second);
      producer.send("Hello, Grace".getBytes(UTF_8), second);

      for (int done = 0; done < 2; ) {
        Batch batch = consumer.poll(256, second);
        for (int i = 0; i < batch.size(); i++) {
          Entry entry = batch.get(i);
          String text = new String(entry.payloadBytes(), UTF_8);
          String digest = HexFormat.of().formatHex(entry.resultBytes());
          System.out.println(entry.sequence() + ": " + text + ", sha256 " + digest);
        }
        done += consumer.acknowledge(batch);
      }
    }
  }
}
