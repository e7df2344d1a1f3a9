package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers with little shared memory, and others that use the machine's at the same time. */
class SharedMachineTest {
  /** As Docker gives it to a container. */
  private static final String SMALL = "mount -t tmpfs -o size=64m tmpfs /dev/shm && ";

  private static final List<String> OWN_MOUNTS = List.of("unshare", "-m");
  private static final List<String> OWN_PROCESSES =
      List.of("unshare", "--pid", "--fork", "--mount-proc");

  @TempDir private Path temp;

  private record Ended(int status, String said) {}

  private static Ended run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  /** Skips the test where this user may not do as {@code how}: it takes root, or a right to. */
  private static void assumeAllowed(List<String> how, String first) throws Exception {
    Ended tried;
    try {
      tried = run(shell(how, first + "true"));
    } catch (IOException e) {
      tried = new Ended(1, e.getMessage());
    }
    assumeTrue(tried.status == 0, String.join(" ", how) + " is not allowed: " + tried.said.trim());
  }

  private static List<String> shell(List<String> how, String script) {
    List<String> command = new ArrayList<>(how);
    command.addAll(List.of("sh", "-c", script));
    return command;
  }

  /** Runs {@link Opens} in a process of its own. */
  private Ended opens(List<String> how, String first, Object... args) throws Exception {
    List<String> command =
        shell(
            how, first + "exec \"$0\" -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=\"$1\" \"${@:2}\"");
    command.set(how.size(), "bash");
    command.addAll(List.of(System.getProperty("java.home") + "/bin/java", temp.toString()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Opens.class.getName()));
    Arrays.stream(args).map(Object::toString).forEach(command::add);
    return run(command);
  }

  private List<Path> inTemp() throws IOException {
    try (var files = Files.walk(temp)) {
      return files.filter(Files::isRegularFile).filter(SharedMachineTest::isRings).toList();
    }
  }

  private static boolean isRings(Path path) {
    return path.getFileName().toString().startsWith("gpumq-");
  }

  /** The store of the device host, where other processes want it, lies in /dev/shm as well. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "process"})
  void whatFitsInto64MegabytesLiesThere(String isolation) throws Exception {
    assumeAllowed(OWN_MOUNTS, SMALL);
    Ended ended = opens(OWN_MOUNTS, SMALL, isolation, "16M", 8, 1);
    assertEquals(0, ended.status, ended.said);
    assertTrue(ended.said.contains("opened 8"), ended.said);
    assertTrue(!ended.said.contains("as will others"), "each lies in /dev/shm: " + ended.said);
    assertEquals(List.of(), inTemp());
  }

  @ParameterizedTest
  @CsvSource({"none, 16M, 16", "process, 128M, 1"})
  void whatDoesNotFitInto64MegabytesLiesElsewhereAndThatIsSaidOnce(
      String isolation, String store, int lanes) throws Exception {
    assumeAllowed(OWN_MOUNTS, SMALL);
    Ended ended = opens(OWN_MOUNTS, SMALL, isolation, store, 2, lanes);
    assertEquals(0, ended.status, ended.said);
    assertTrue(ended.said.contains("opened 2"), ended.said);
    assertEquals(2, ended.said.split("as will others", -1).length, ended.said);
    assertEquals(List.of(), inTemp());
  }

  /** Process numbers there say nothing about a process here. */
  @Test
  void aContainerLeavesTheQueuesOfOthersAlone() throws Exception {
    assumeAllowed(OWN_PROCESSES, "");
    try (Track track = Tracks.open("b", new TrackOptions("host", Map.of()))) {
      MessageQueue queue = track.open(Opens.config("here"));
      List<Path> before = ours();
      Ended ended = opens(OWN_PROCESSES, "", "none", "16M", 2, 1);
      assertEquals(0, ended.status, ended.said);
      assertEquals(before, ours());
      Opens.use(queue);
    }
  }

  /** The second one must not drop the locks either, by which others know that this one lives. */
  @Test
  void anotherClassLoaderLeavesTheQueuesOfThisOneAlone() throws Exception {
    try (Track track = Tracks.open("b", new TrackOptions("host", Map.of()))) {
      MessageQueue queue = track.open(Opens.config("here"));
      List<Path> before = ours();
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      try (var other = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
        Thread.currentThread().setContextClassLoader(other);
        Class<?> main = other.loadClass(Opens.class.getName());
        assertTrue(main != Opens.class, "loaded by this loader");
        main.getMethod("main", String[].class)
            .invoke(null, (Object) new String[] {"none", "16M", "2", "2"});
      } finally {
        Thread.currentThread().setContextClassLoader(context);
      }
      assertEquals(before, ours(), "after the other class loader");
      Ended ended = opens(List.of(), "", "none", "16M", 1, 1);
      assertEquals(0, ended.status, ended.said);
      assertEquals(before, ours(), "after another process");
      Opens.use(queue);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return urls.toArray(new URL[0]);
  }

  private static List<Path> ours() throws IOException {
    String mine = "gpumq-" + ProcessHandle.current().pid() + ".";
    try (var files = Files.list(Path.of("/dev/shm"))) {
      List<Path> ours =
          files.filter(file -> file.getFileName().toString().startsWith(mine)).sorted().toList();
      assertTrue(!ours.isEmpty(), "this test's ring has a file");
      return ours;
    }
  }

  /** Opens queues of rings of their own, and uses each: {@code ISOLATION STORE COUNT LANES}. */
  public static final class Opens {
    public static void main(String[] args) throws Exception {
      int count = Integer.parseInt(args[2]);
      int lanes = Integer.parseInt(args[3]);
      Map<String, String> settings = Map.of("isolation", args[0], "store.bytes", args[1]);
      try (Track track = Tracks.open("b", new TrackOptions("host", settings))) {
        for (int i = 0; i < count; i++) {
          use(track.open(config("q" + i, lanes, Duration.ofSeconds(60 + i))));
        }
      }
      System.out.println("opened " + count);
    }

    static QueueConfig config(String name) {
      return config(name, 1, Duration.ofSeconds(60));
    }

    private static QueueConfig config(String name, int lanes, Duration timeout) {
      return QueueConfig.named(name + "-" + ProcessHandle.current().pid())
          .maxMessages(1024)
          .maxPayloadBytes(256)
          .lanes(lanes)
          .handlerTimeout(timeout)
          .build();
    }

    static void use(MessageQueue queue) throws InterruptedException {
      try (Consumer consumer = queue.consumer("g", "c")) {
        queue.producer().send(ByteBuffer.allocate(8), Await.DEADLINE);
        assertEquals(1, consumer.acknowledge(consumer.poll(1, Await.DEADLINE)));
      }
    }
  }
}
