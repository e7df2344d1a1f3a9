package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.device.Elastic;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bursts and pauses, so that a kernel becomes small and large again all the time. */
class ElasticBurstsTest {
  private static final int BURSTS = 30;
  private static final int MOST_IN_A_BURST = 20_000;
  private static final int MOST_PAUSE_NANOS = 20_000_000;

  @Test
  void nothingIsLostOrRepeatedWhileAKernelChangesItsSizeOrPauses() {
    long seed = Long.getLong("gpumq.seed", System.nanoTime());
    System.out.println("bursts: -Dgpumq.seed=" + seed);
    Random random = new Random(seed);
    Elastic elastic = new Elastic();
    int asked = 0;
    try (var track = TestTracks.open(elastic)) {
      for (int capacity = 8; capacity <= 8192; capacity *= 32) {
        var config =
            QueueConfig.named("bursts")
                .maxMessages(capacity)
                .maxPayloadBytes(256)
                .handler("fail:every=2")
                .lease(Duration.ofMinutes(10));
        try (var run = new IsolatedRun(track.open(config.build()), Cause.HANDLER_FAILED)) {
          run.receives();
          for (int burst = 0; burst < BURSTS; burst++) {
            elastic.askForLull();
            asked++;
            run.send(0, 1 + random.nextInt(MOST_IN_A_BURST), random.nextInt(2), random);
            if (random.nextBoolean()) {
              run.settle();
              Await.passed(Duration.ofNanos(random.nextInt(MOST_PAUSE_NANOS)));
            }
          }
          run.settle();
          run.queue.close();
        }
      }
    }
    assertEquals(asked, elastic.lulls());
    assertTrue(elastic.changes() > BURSTS, "changes of size: " + elastic.changes());
  }
}
