package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that end without a close, and the files that they must not leave. */
class EndWithoutCloseTest {
  private static final int ROUNDS = Integer.getInteger("gpumq.chaos.rounds", 3);
  private static final int MOST_MILLIS = 200;

  /** Where files lie that do not fit into shared memory. */
  @TempDir private Path temp;

  private Process start(String isolation, String end) throws IOException {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                System.getProperty("java.class.path"),
                Rude.class.getName(),
                isolation,
                end)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertEquals("open", said.readLine());
    return process;
  }

  /** Returns every file of a process, whole or half made. */
  private static List<Path> files(long pid) {
    List<Path> files = new ArrayList<>();
    try (var paths = Files.newDirectoryStream(Path.of("/dev/shm"), "gpumq-" + pid + ".*")) {
      paths.forEach(files::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }

  @ParameterizedTest
  @CsvSource({"none,exit", "none,term", "process,exit", "process,term"})
  void anEndThatRunsHooksLeavesNoFile(String isolation, String end) throws Exception {
    Process process = start(isolation, end);
    if (end.equals("term")) {
      process.destroy();
    }
    process.waitFor();
    assertEquals(List.of(), files(process.pid()));
  }

  /** The signal comes while files are made and removed. */
  @Test
  void aSignalWhileQueuesOpenLeavesNoFile() throws Exception {
    long seed = Long.getLong("gpumq.seed", System.nanoTime());
    System.out.println("aSignalWhileQueuesOpenLeavesNoFile: -Dgpumq.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Process process = start("none", "loop");
      Await.passed(Duration.ofMillis(random.nextInt(MOST_MILLIS)));
      process.destroy();
      process.waitFor();
      assertEquals(List.of(), files(process.pid()), "round " + round);
    }
  }

  @Test
  void theNextOpenRemovesWhatAKilledProcessLeft() throws Exception {
    Process process = kill();
    Tracks.open("b", new TrackOptions("host", Map.of())).close();
    assertEquals(List.of(), files(process.pid()));
  }

  @Test
  void theDoctorRemovesWhatAKilledProcessLeft() throws Exception {
    Process process = kill();
    Diagnosis.clean();
    assertEquals(List.of(), files(process.pid()));
  }

  private Process kill() throws Exception {
    Process process = start("none", "term");
    assertEquals(3, files(process.pid()).size(), "two lanes' rings, and that for reads");
    process.destroyForcibly().waitFor();
    return process;
  }

  /** Opens queues, and ends without a close. */
  static final class Rude {
    public static void main(String[] args) throws Exception {
      Track track = Tracks.open("b", new TrackOptions("host", Map.of("isolation", args[0])));
      QueueConfig config =
          QueueConfig.named("orphan").maxMessages(1024).maxPayloadBytes(256).lanes(2).build();
      track.open(config);
      System.out.println("open");
      if (args[1].equals("exit")) {
        System.exit(0);
      }
      while (args[1].equals("loop")) {
        track.close();
        track = Tracks.open("b", new TrackOptions("host", Map.of("isolation", args[0])));
        track.open(config);
      }
      Thread.currentThread().join(); // until it is killed
    }
  }
}
