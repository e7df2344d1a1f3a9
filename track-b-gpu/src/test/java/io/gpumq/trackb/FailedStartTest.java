package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.conformance.Await;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.isolation.DeviceProcesses;
import io.gpumq.trackb.isolation.ProcessPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Device processes that cannot be started for a while, and those in rude surroundings. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailedStartTest {
  private static final long SELF = ProcessHandle.current().pid();
  private static final String JAVA = System.getProperty("java.home") + "/bin/java";

  @TempDir private Path folder;
  private Path java;

  /** A virtual machine that can be made to not start. */
  @BeforeEach
  void makeJava() throws IOException {
    java = Files.writeString(folder.resolve("java"), "#!/bin/sh\nexec '" + JAVA + "' \"$@\"\n");
    letStart(true);
  }

  private void letStart(boolean can) {
    assertTrue(java.toFile().setExecutable(can));
  }

  private TestTracks.Isolated open(boolean standby) {
    return TestTracks.isolated(
        new HostBackend(), ProcessPlan.of("host", Map.of(), standby).with(java));
  }

  private static QueueConfig config(String name) {
    return config(name, 1);
  }

  private static QueueConfig config(String name, int lanes) {
    return QueueConfig.named(name)
        .maxMessages(256)
        .maxPayloadBytes(256)
        .handler("fail:every=2,how=trap")
        .lanes(lanes)
        .build();
  }

  private static void exchange(IsolatedRun run) {
    run.send(0, 100, 0, new Random());
    run.settle();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aQueueTooManyIsRefusedAloneWhileNoProcessStarts(boolean standby) {
    try (var opened = open(standby);
        var track = opened.track();
        var run = new IsolatedRun(track.open(config("healthy")), Cause.HANDLER_FAULT)) {
      run.receives();
      exchange(run);
      if (standby) {
        Await.until("one stands by", () -> processes() == 2);
      }
      long pid = opened.device().pid();
      letStart(false);
      for (int i = 0; i < 2; i++) {
        var refusal = assertThrows(TrackFailedException.class, () -> track.open(config("more", 8)));
        String why = refusal.getMessage();
        assertTrue(why.contains("no device process"), why);
        assertTrue(why.contains(java.toString()), why);
        exchange(run);
        assertEquals(pid, opened.device().pid(), "the healthy one goes on");
      }
      letStart(true);
      try (var more = new IsolatedRun(track.open(config("more", 8)), Cause.HANDLER_FAULT)) {
        more.receives();
        exchange(more);
      }
      exchange(run);
    }
    Await.until("no device process is left", () -> processes() == 0);
  }

  private static int processes() {
    return (int) DeviceProcesses.all().stream().filter(one -> one.owner() == SELF).count();
  }

  /** The messages wait where they are, and a track's first queue does not. */
  @Test
  void aDeathWhileNoProcessStartsLosesNothing() {
    letStart(false);
    try (var opened = open(false);
        var track = opened.track()) {
      var refusal = assertThrows(TrackFailedException.class, () -> track.open(config("first")));
      assertTrue(refusal.getMessage().contains(java.toString()), refusal::getMessage);
      letStart(true);
      try (var run = new IsolatedRun(track.open(config("waits")), Cause.HANDLER_FAULT)) {
        run.receives();
        exchange(run);
        letStart(false);
        ProcessHandle.of(opened.device().pid()).orElseThrow().destroyForcibly();
        Await.until("none is at work", () -> opened.device().pid() == 0);
        run.send(0, 100, 0, new Random());
        Await.passed(Duration.ofMillis(900)); // five tries in a row come to nothing meanwhile
        letStart(true);
        run.settle();
      }
    }
  }

  /** A thread dump and whatever else is printed are no answers. */
  @Test
  void aThreadDumpEndsNoDeviceProcess() throws Exception {
    try (var opened = open(false);
        var track = opened.track();
        var run = new IsolatedRun(track.open(config("dumped")), Cause.HANDLER_FAULT)) {
      run.receives();
      exchange(run);
      long pid = opened.device().pid();
      for (int i = 0; i < 3; i++) {
        assertEquals(0, new ProcessBuilder("sh", "-c", "kill -QUIT " + pid).start().waitFor());
        exchange(run);
      }
      assertEquals(pid, opened.device().pid());
    }
  }

  /** Whatever steers the owner's virtual machine is not for that of its device process. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "JAVA_TOOL_OPTIONS=-Xlog:gc",
        "JAVA_TOOL_OPTIONS=-Xmx300m -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=0",
        "JDK_JAVA_OPTIONS=-Xlog:gc*",
        "_JAVA_OPTIONS=-Xlog:class+load",
        "CLASSPATH=/nowhere"
      })
  void theEnvironmentDoesNotReachIt(String variable) throws Exception {
    var builder =
        new ProcessBuilder(
                JAVA,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName())
            .redirectErrorStream(true);
    String[] parts = variable.split("=", 2);
    builder.environment().put(parts[0], parts[1]);
    Process owner = builder.start();
    String said = new String(owner.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, owner.waitFor(), said);
    List<String> lines = said.lines().toList();
    assertTrue(lines.contains("fine"), said);
    assertTrue(lines.stream().noneMatch(line -> line.contains("device process ")), said);
  }

  /** Sends and receives through a queue in a device process. */
  static final class Owner {
    public static void main(String[] args) {
      try (var track = IsolatedRun.open(true)) {
        MessageQueue queue = track.open(config("surrounded"));
        try (var run = new IsolatedRun(queue, Cause.HANDLER_FAULT)) {
          run.receives();
          exchange(run);
        }
      }
      System.out.println("fine");
    }
  }
}
