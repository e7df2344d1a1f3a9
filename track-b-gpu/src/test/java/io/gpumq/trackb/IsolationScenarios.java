package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.isolation.IsolatedDevice;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Device processes that die in every way and at any moment. {@code -Dgpumq.chaos.rounds=100}
 * repeats each so often on one queue; {@code -Dgpumq.seed} repeats the moments of a run.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
abstract class IsolationScenarios {
  static final int ROUNDS = Integer.getInteger("gpumq.chaos.rounds", 3);

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TestTracks.Isolated opened = openTrack();
  private final IsolatedDevice device = opened.device();
  private final Track track = opened.track();

  abstract Backend backend();

  private TestTracks.Isolated openTrack() {
    Backend backend = backend();
    return TestTracks.isolated(backend, ProcessPlan.of(backend.name(), Map.of(), true));
  }

  @BeforeEach
  void printSeed(TestInfo test) {
    System.out.println(test.getDisplayName() + ": -Dgpumq.seed=" + seed);
  }

  @AfterEach
  void close() {
    track.close();
  }

  /** Of any capacity: less than the ingress ring has slots, as many, or more. */
  private QueueConfig.Builder config(String name, String handler) {
    return QueueConfig.named(name)
        .maxMessages(1 << 3 + random.nextInt(9))
        .maxPayloadBytes(random.nextBoolean() ? 256 : 4096)
        .handler(handler)
        .handlerAttempts(1)
        .lease(Duration.ofMinutes(10))
        .maxDeadLetters(1 + random.nextInt(3));
  }

  private IsolatedRun open(QueueConfig.Builder config) {
    return open(track, config);
  }

  private static IsolatedRun open(Track track, QueueConfig.Builder config) {
    return new IsolatedRun(track.open(config.build()), Cause.HANDLER_FAULT);
  }

  /** Kills the process at work, whichever that is, once there is one. */
  private void kill() {
    kill(device);
  }

  private static void kill(IsolatedDevice device) {
    long pid = Await.until("a process at work", device::pid, at -> at != 0);
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private void pause(int mostMillis) {
    Await.passed(Duration.ofNanos(random.nextInt(mostMillis * 1_000_000)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"trap", "address"})
  void aFaultCostsExactlyTheGuilty(String how) {
    try (IsolatedRun run = open(config("fault-" + how, "fail:every=2,how=" + how))) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        run.send(0, 1 + random.nextInt(600), 1, random);
        run.settle();
      }
    }
  }

  /** As a message that the device survives at its second attempt is no dead letter. */
  @Test
  void whatFaultsOnceIsDeliveredAtItsSecondAttempt() {
    var config = config("once", "fail:every=2,attempts=1,how=trap").handlerAttempts(3);
    try (IsolatedRun run = open(config)) {
      run.expectNoLetters();
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        run.send(0, 1 + random.nextInt(600), 1, random);
        run.settle();
      }
    }
  }

  @Test
  void aLoopCostsExactlyTheGuilty() {
    var config = config("loop", "fail:every=2,how=loop").handlerTimeout(Duration.ofMillis(300));
    try (IsolatedRun run = open(config)) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        run.send(0, 1 + random.nextInt(600), 1, random);
        run.settle();
      }
    }
  }

  /** In two queues, and two in one. */
  @Test
  void faultsAtOnceAreToldApart() throws Exception {
    try (IsolatedRun one = open(config("one", "fail:every=2,how=trap").lanes(2));
        IsolatedRun other = open(config("other", "fail:every=2,how=address").handlerAttempts(2))) {
      one.receives();
      other.receives();
      for (int round = 0; round < ROUNDS; round++) {
        Thread sender = one.sends(0, 200, 1 + new Random(seed).nextInt(3), new Random(seed));
        other.send(0, 1 + random.nextInt(200), 1, random);
        sender.join();
        one.settle();
        other.settle();
      }
    }
  }

  @Test
  void aKillOfAnIdleProcessCostsNothing() {
    try (IsolatedRun run = open(config("idle", "fail:every=2,how=trap"))) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        kill();
        pause(20);
        run.send(0, 100, 0, random);
        run.settle();
        pause(20);
      }
    }
  }

  @Test
  void aKillWhileTheQueueIsFullCostsNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      try (IsolatedRun run = open(config("full" + round, "fail:every=2,how=trap"))) {
        run.fill(0);
        kill();
        pause(20);
        run.receives();
        run.settle();
        run.send(0, 100, 0, random);
        run.settle();
        run.queue.close();
      }
    }
  }

  @Test
  void aKillUnderLoadCostsNothing() throws Exception {
    try (IsolatedRun run = open(config("load", "fail:every=2,how=trap"))) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        Thread second = run.sends(1, 20_000, 0, new Random(seed));
        Thread killer =
            new Thread(
                () -> {
                  pause(50);
                  kill();
                });
        killer.start();
        run.send(0, 20_000, 0, new Random(seed));
        second.join();
        killer.join();
        run.settle();
      }
    }
  }

  @Test
  void aKillWhileTheQueueDrainsCostsNothing() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (IsolatedRun run = open(config("drain" + round, "fail:every=2,how=trap"))) {
        Thread sender = run.sends(0, (int) run.queue.config().maxMessages(), 0, new Random(seed));
        pause(3);
        kill();
        sender.join();
        run.receives();
        assertTrue(run.queue.close(Await.DEADLINE).drained());
        assertEquals(run.sent(), run.delivered());
      }
    }
  }

  /** The next process is killed, too, as soon as there is one, at any moment of its work. */
  @Test
  void aDeathDuringRecoveryCostsExactlyTheGuilty() {
    try (IsolatedRun run = open(config("again", "fail:every=2,how=trap"))) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        long before = device.pid();
        run.send(0, 400, 2, random);
        Await.until("the next process", device::pid, pid -> pid != 0 && pid != before);
        pause(30);
        kill();
        run.settle();
      }
    }
  }

  /** As a process that a debugger holds, or a machine that swaps: it is alive and does nothing. */
  @Test
  void aProcessThatStandsStillIsReplaced() throws Exception {
    var config = config("still", "fail:every=2,how=trap").handlerTimeout(Duration.ofMillis(300));
    try (IsolatedRun run = open(config)) {
      run.receives();
      for (int round = 0; round < ROUNDS; round++) {
        long pid = Await.until("a process at work", device::pid, at -> at != 0);
        // The shell has a kill of its own, and a small system no other.
        int status = new ProcessBuilder("sh", "-c", "kill -STOP " + pid).start().waitFor();
        assertEquals(0, status);
        run.send(0, 100, 0, random);
        run.settle();
      }
    }
  }

  /** A process has room for the lanes of the first queue, the next for more. */
  @Test
  void aRingTooManyMovesAllToAnotherProcess() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      var more = config("more", "fail:every=2,how=trap").maxMessages(64 << random.nextInt(5));
      try (var its = openTrack();
          IsolatedRun run = open(its.track(), config("moved", "fail:every=2,how=trap").lanes(2))) {
        run.receives();
        long first = its.device().pid();
        Thread sender = run.sends(0, 20_000, 0, new Random(seed));
        pause(50);
        List<String> deaths;
        IsolatedRun other;
        try (var log = new DeathLog()) {
          other = open(its.track(), more.lanes(8));
          deaths = log.deaths();
        }
        try (other) {
          assertEquals(List.of(), deaths);
          assertNotEquals(first, its.device().pid());
          other.receives();
          if (random.nextBoolean()) {
            kill(its.device());
          }
          other.send(0, 100, random.nextInt(2), random);
          other.settle();
        }
        sender.join();
        run.settle();
      }
    }
  }

  /** So that there is room again, or a death, while a process with more room comes up. */
  @Test
  void aQueueClosesOrADeathComesWhileAnotherWaitsForRoom() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (var its = openTrack();
          IsolatedRun run = open(its.track(), config("stays", "fail:every=2,how=trap").lanes(2))) {
        MessageQueue closes = its.track().open(config("closes", "echo").lanes(2).build());
        run.receives();
        Thread sender = run.sends(0, 20_000, 0, new Random(seed));
        int moment = random.nextInt(400);
        boolean death = random.nextBoolean();
        var disturbed =
            CompletableFuture.runAsync(
                () -> {
                  Await.passed(Duration.ofMillis(moment));
                  if (death) {
                    kill(its.device());
                  }
                  closes.close();
                });
        try (IsolatedRun fifth = open(its.track(), config("fifth", "fail:every=2,how=trap"))) {
          fifth.receives();
          fifth.send(0, 100, random.nextInt(2), random);
          fifth.settle();
          disturbed.join(); // or throws what went wrong there
          fifth.send(0, 100, 0, random);
          fifth.settle();
        }
        sender.join();
        run.settle();
      }
    }
  }
}
