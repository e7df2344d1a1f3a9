package io.gpumq.soak.suite;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import io.gpumq.soak.workload.Verifier;
import io.gpumq.soak.workload.Workload;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The main class of the processes that {@link FreshStart} starts: opens a track, carries one
 * message, says what became of it, and ends.
 */
public final class FirstMessage {
  /** Begins the line that says what became of the message. */
  static final String MARK = "first message: ";

  private static final int PAYLOAD_BYTES = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private FirstMessage() {}

  /**
   * Carries the message, and prints what was lost, duplicated, reordered and corrupted.
   *
   * @param args the track's name, its device, a seed, and settings as {@code key=value}
   */
  public static void main(String[] args) throws InterruptedException {
    int seed = Integer.parseInt(args[2]);
    QueueConfig config =
        QueueConfig.named("first").maxMessages(1024).maxPayloadBytes(PAYLOAD_BYTES).build();
    Map<String, String> settings = new HashMap<>();
    for (int i = 3; i < args.length; i++) {
      String[] pair = args[i].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    var bodies = Verification.FULL.bodies(seed, PAYLOAD_BYTES);
    var workload = new Workload(bodies, seed, 1, config.handler(), config.handlerAttempts());
    try (Track track = Tracks.open(args[0], new TrackOptions(args[1], settings));
        MessageQueue queue = track.open(config);
        Consumer consumer = queue.consumer("first", "first");
        Producer producer = queue.producer()) {
      producer.sendBatch(1, workload.generator(0), PATIENCE);
      workload.generator(0).advance(1);
      receive(consumer, workload.verifier("first"));
      Tally tally = workload.settle();
      System.out.println(
          MARK
              + String.join(
                  " ",
                  Long.toString(tally.lost()),
                  Long.toString(tally.duplicated()),
                  Long.toString(tally.reordered()),
                  Long.toString(tally.corrupted())));
    }
  }

  private static void receive(Consumer consumer, Verifier verifier) throws InterruptedException {
    Batch batch = consumer.poll(1, PATIENCE);
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      verifier.check(entry.payload(), entry.result());
    }
    consumer.acknowledge(batch);
  }
}
