package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that ends without closing its Redis leaves none, and no folder. */
@Tag("redis")
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OwnRedisLeftTest {
  @TempDir private Path temp;
  private Process owner;
  private List<ProcessHandle> below = List.of();

  /** A process that has started a Redis, and waits. */
  private void startOwner() throws Exception {
    awaitLine("redis://");
    below = owner.descendants().toList();
    assertTrue(below.size() >= 2, "a shell and a server: " + below);
    assertFalse(folders().isEmpty());
  }

  /** Starts the process and waits until it says a line that begins so. */
  private void awaitLine(String beginning) throws Exception {
    owner =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                System.getProperty("java.class.path"),
                Owns.class.getName())
            .redirectErrorStream(true)
            .start();
    var said = new BufferedReader(new InputStreamReader(owner.getInputStream()));
    String line;
    while ((line = said.readLine()) != null && !line.startsWith(beginning)) {}
    assertTrue(line != null, "it said " + beginning);
  }

  @AfterEach
  void end() {
    Stream.concat(Stream.of(owner.toHandle()), below.stream())
        .forEach(ProcessHandle::destroyForcibly);
  }

  private List<Path> folders() throws Exception {
    try (var paths = Files.list(temp)) {
      return paths.filter(path -> path.getFileName().toString().startsWith("gpumq-")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingOutlivesItsOwner(boolean forcibly) throws Exception {
    startOwner();
    if (forcibly) {
      owner.destroyForcibly();
    } else {
      owner.destroy();
    }
    Await.until("all processes to end", () -> below.stream().noneMatch(ProcessHandle::isAlive));
    Await.until("the folder to go", () -> folders().isEmpty());
  }

  /** At any moment of the start: what is left then is found, and swept. */
  @ParameterizedTest
  @ValueSource(ints = {0, 10, 30, 60, 100, 150, 250, 400})
  void killedWhileItStartsARedis(int afterMillis) throws Exception {
    awaitLine("starts");
    Await.passed(Duration.ofMillis(afterMillis));
    below = owner.descendants().toList();
    owner.destroyForcibly();
    owner.waitFor();
    Await.until("all processes to end", () -> serversIn(temp).isEmpty());
    String before = System.setProperty("java.io.tmpdir", temp.toString());
    try {
      Await.until("what is left to be found", () -> RedisHome.left().equals(folders()));
      RedisHome.sweep();
      assertEquals(List.of(), folders());
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  /** Processes that work somewhere below a folder. */
  private static List<ProcessHandle> serversIn(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              try {
                Path at = Path.of("/proc", Long.toString(process.pid()), "cwd");
                return Files.readSymbolicLink(at).startsWith(folder.toRealPath());
              } catch (IOException e) {
                return false; // it has ended
              }
            })
        .toList();
  }

  @Test
  void sweepingEndsAServerWhoseOwnerAndShellWereKilled() throws Exception {
    startOwner();
    String before = System.setProperty("java.io.tmpdir", temp.toString());
    try {
      assertEquals(List.of(), RedisHome.left(), "its owner lives");
      ProcessHandle shell = owner.children().findFirst().orElseThrow();
      List<ProcessHandle> servers = shell.children().toList();
      shell.destroyForcibly();
      owner.destroyForcibly();
      owner.waitFor();
      Await.until("the folder to be left", () -> !RedisHome.left().isEmpty());
      assertEquals(folders(), RedisHome.sweep());
      Await.until("the server to end", () -> servers.stream().noneMatch(ProcessHandle::isAlive));
      assertEquals(List.of(), folders());
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  /** The owner. */
  static final class Owns {
    public static void main(String[] args) throws Exception {
      System.out.println("starts");
      System.out.println(OwnRedis.start().uri());
      Thread.currentThread().join(); // until it is killed
    }
  }
}
