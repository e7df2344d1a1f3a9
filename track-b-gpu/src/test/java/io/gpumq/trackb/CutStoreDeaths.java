package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Device processes die while what is free in a store comes together: a program on it drains, and
 * each letter is there as it was sent. {@code -Dgpumq.chaos.rounds=100} makes more of them.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class CutStoreDeaths {
  private static final int MESSAGES = 300;

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Workers workers = new Workers();
  private final AtomicBoolean isOver = new AtomicBoolean();

  abstract Backend backend();

  @AfterEach
  void endWorkers() {
    isOver.set(true);
    workers.close();
  }

  @Test
  void aProgramDrains() throws Exception {
    for (int round = 0; round < IsolationScenarios.ROUNDS; round++) {
      Backend backend = backend(); // which the track closes
      ProcessPlan plan = ProcessPlan.of(backend.name(), Map.of(), true);
      try (TestTracks.Isolated opened =
          TestTracks.isolated(backend, plan, Map.of("store.bytes", "16M"))) {
        isOver.set(false);
        var killer = workers.start(() -> kill(opened));
        new CutStorePrograms(opened.track(), seed + round, workers, MESSAGES).run();
        isOver.set(true);
        killer.join();
      }
    }
  }

  private Void kill(TestTracks.Isolated opened) {
    while (!isOver.get()) {
      long before = settled(opened.track());
      Await.passed(Duration.ofMillis(random.nextInt(400)));
      // Or they would give up.
      Await.until("one more", () -> isOver.get() || settled(opened.track()) > before);
      long pid = Await.until("a process at work", opened.device()::pid, at -> at != 0);
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    return null;
  }

  private static long settled(Track track) {
    return track.queues().stream()
        .mapToLong(queue -> queue.stats().acknowledged() + queue.stats().deadLettered())
        .sum();
  }
}
