package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.device.HostBackendBut;
import io.gpumq.trackb.isolation.DeviceProcesses;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.memory.Leftovers;
import io.gpumq.trackb.spi.Vram;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ends for good: and that nothing of it is left, neither a file nor a process. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IsolationEndsTest {
  private static final int ROUNDS = Integer.getInteger("gpumq.chaos.rounds", 3);
  private static final long SELF = ProcessHandle.current().pid();

  private static TestTracks.Isolated open(Duration startTime, String... machine) {
    var plan = ProcessPlan.of("host", Map.of(), true).with(startTime, List.of(machine));
    return TestTracks.isolated(new HostBackend(), plan);
  }

  private static QueueConfig.Builder config(String name) {
    return QueueConfig.named(name)
        .maxMessages(1024)
        .maxPayloadBytes(256)
        .handler("fail:every=2,how=trap");
  }

  private static void assertNothingLeft(long owner) {
    Await.until("no device process of " + owner, () -> processes(owner).isEmpty());
    Await.until("no file of " + owner, () -> files(owner).isEmpty());
  }

  private static List<DeviceProcesses.Found> processes(long owner) {
    return DeviceProcesses.all().stream().filter(process -> process.owner() == owner).toList();
  }

  private static List<Leftovers.Found> files(long owner) {
    return Leftovers.find().stream().filter(file -> file.name().owner().pid() == owner).toList();
  }

  @Test
  void whatIsClosedLeavesNothing() throws Exception {
    try (var opened = open(Duration.ofSeconds(30))) {
      MessageQueue queue = opened.track().open(config("closed").lanes(2).build());
      queue.createGroup("g");
      queue.producer().send(ByteBuffer.allocate(1), Await.DEADLINE);
      assertEquals(4, files(SELF).stream().mapToInt(file -> file.files().size()).sum());
      Await.until("one stands by", () -> processes(SELF).size() == 2);
    }
    assertNothingLeft(SELF);
  }

  @Test
  void aStoreThatThereIsNoRoomForIsRefused() {
    var vast = new TrackOptions("host", Map.of("isolation", "process", "store.bytes", "8191G"));
    var refusal = assertThrows(ConfigException.class, () -> Tracks.open("b", vast));
    assertTrue(refusal.getMessage().contains("cannot be made (only "), refusal::getMessage);
    assertNothingLeft(SELF);
  }

  /** A virtual machine that does not start, and one that takes longer than it may. */
  @ParameterizedTest
  @CsvSource({"30000, -XX:+NoSuchOption, NoSuchOption", "1, -Dx=y, was not ready within PT0.001S"})
  void deviceProcessesThatNeverStartAreGivenUp(long millis, String option, String said) {
    try (var opened = open(Duration.ofMillis(millis), option)) {
      var failure =
          assertThrows(
              TrackFailedException.class, () -> opened.track().open(config("never").build()));
      String why = failure.getMessage();
      assertTrue(why.startsWith("5 device processes in a row ended without completing"), why);
      assertTrue(why.contains(said), why);
    }
    assertNothingLeft(SELF);
  }

  @Test
  void aDeviceThatTheProcessCannotOpenIsNamed() {
    var plan = ProcessPlan.of("abacus", Map.of(), true);
    try (var opened = TestTracks.isolated(new HostBackend(), plan)) {
      var failure =
          assertThrows(
              TrackFailedException.class, () -> opened.track().open(config("never").build()));
      String why = failure.getMessage();
      assertTrue(why.contains("it refused: device 'abacus': must be auto, cuda or host"), why);
    }
    assertNothingLeft(SELF);
  }

  /** As a GPU does that has no room for one more kernel: this queue is refused, others go on. */
  @Test
  void aRingThatTheProcessCannotOpenIsRefusedAlone() throws Exception {
    var backend = new Misleading();
    var plan = ProcessPlan.of("host", Map.of(), true);
    try (var opened = TestTracks.isolated(backend, plan)) {
      for (int i = 0; i < 3; i++) {
        backend.misleads = true;
        var other = config("refused").handlerTimeout(Duration.ofSeconds(20 + i)).build();
        var refusal = assertThrows(GpuMqException.class, () -> opened.track().open(other));
        assertTrue(refusal.getMessage().contains("/no/such/memory"), refusal::getMessage);
        backend.misleads = false;
        try (var run =
            new IsolatedRun(opened.track().open(config("fine").build()), Cause.HANDLER_FAULT)) {
          run.receives();
          run.send(0, 100, 0, new Random());
          run.settle();
          run.queue.close();
        }
      }
    }
    assertNothingLeft(SELF);
  }

  /** The device host, whose memory cannot be found at times. */
  private static final class Misleading extends HostBackendBut {
    private boolean misleads;

    @Override
    public Vram allocate(long bytes, boolean shared) {
      Vram vram = super.allocate(bytes, shared);
      return (Vram)
          Proxy.newProxyInstance(
              Vram.class.getClassLoader(),
              new Class<?>[] {Vram.class},
              (proxy, method, args) ->
                  misleads && method.getName().equals("handle")
                      ? "/no/such/memory"
                      : method.invoke(vram, args));
    }
  }

  /** Each is killed before it can do anything. */
  @Test
  void aQueueWhoseDeviceNeverComesBackFails() throws Exception {
    var plan = ProcessPlan.of("host", Map.of(), false);
    try (var opened = TestTracks.isolated(new HostBackend(), plan)) {
      MessageQueue queue = opened.track().open(config("killed").build());
      Consumer consumer = queue.consumer("g", "c");
      Producer producer = queue.producer();
      Await.until(
          "the end",
          () -> {
            long pid = opened.device().pid();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            try {
              producer.trySend(ByteBuffer.allocate(1));
              return false;
            } catch (TrackFailedException e) {
              assertTrue(e.getMessage().contains("killed by signal 9"), e::getMessage);
              return true;
            }
          });
      assertThrows(TrackFailedException.class, () -> consumer.poll(1, Await.DEADLINE));
      queue.close();
      try (IsolatedRun run =
          new IsolatedRun(opened.track().open(config("next").build()), Cause.HANDLER_FAULT)) {
        run.receives();
        run.send(0, 100, 0, new Random());
        run.settle();
      }
    }
    assertNothingLeft(SELF);
  }

  /** One handler hangs when its queue closes; the queue beside it goes on. */
  @Test
  void aHandlerThatHangsDoesNotKeepItsQueueFromClosing() throws Exception {
    try (var opened = open(Duration.ofSeconds(30));
        IsolatedRun other =
            new IsolatedRun(opened.track().open(config("beside").build()), Cause.HANDLER_FAULT)) {
      MessageQueue hung =
          opened.track().open(config("hung").handler("fail:every=2,how=loop").build());
      hung.createGroup("g");
      hung.producer().send(ByteBuffer.allocate(8), Await.DEADLINE);
      other.receives();
      other.send(0, 100, 0, new Random());
      assertFalse(hung.close(Duration.ZERO).drained());
      other.send(0, 100, 0, new Random());
      other.settle();
    }
    assertNothingLeft(SELF);
  }

  /** An owner in a process of its own, which is killed: while it starts, and while it works. */
  @Test
  void anOwnerThatIsKilledLeavesNothing() throws Exception {
    long seed = Long.getLong("gpumq.seed", System.nanoTime());
    System.out.println("anOwnerThatIsKilledLeavesNothing: -Dgpumq.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Process owner =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Owner.class.getName())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said =
          new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8));
      boolean working = random.nextBoolean();
      if (working) {
        assertEquals("working", said.readLine());
      }
      Await.passed(Duration.ofMillis(random.nextInt(500)));
      owner.destroyForcibly().waitFor();
      Await.until("no device process", () -> processes(owner.pid()).isEmpty());
      if (!working) { // it may have died before it told anybody, while it made a file
        Await.until(
            "what the next owners remove",
            () -> {
              Leftovers.sweep();
              return files(owner.pid()).isEmpty();
            });
      }
      assertNothingLeft(owner.pid());
    }
  }

  /** Sends and receives until it is killed. */
  static final class Owner {
    public static void main(String[] args) throws Exception {
      var track = Tracks.open("b", new TrackOptions("host", Map.of("isolation", "process")));
      MessageQueue queue = track.open(config("orphan").lanes(2).build());
      Consumer consumer = queue.consumer("g", "c");
      Producer producer = queue.producer();
      System.out.println("working");
      while (true) {
        producer.send(ByteBuffer.allocate(7), Duration.ofMinutes(1));
        consumer.acknowledge(consumer.poll(10, Duration.ZERO));
      }
    }
  }
}
