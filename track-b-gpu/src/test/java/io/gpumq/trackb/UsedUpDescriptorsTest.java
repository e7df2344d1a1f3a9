package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that has no file descriptor left for a moment: what is open goes on. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsedUpDescriptorsTest {
  private static final int MOST = 256;

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"none", "process"})
  void aQueueTooManyIsRefusedAloneWhileNoneIsFree(String isolation) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n " + MOST + " && exec \"$0\" \"$@\"",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectory(temp.resolve("tmp")),
                "-cp",
                jars(),
                UsesThemUp.class.getName(),
                isolation)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("refused"), said);
    assertFalse(said.contains("Bad file descriptor"), said); // somebody closed another's
    assertFalse(said.contains("Cannot run program"), said);
    assertTrue(said.contains("all is well"), said);
    try (var left = Files.walk(temp.resolve("tmp"))) {
      assertEquals(List.of(temp.resolve("tmp")), left.toList(), said);
    }
  }

  /**
   * The class path without folders: from a jar, which is open, classes come without a descriptor.
   */
  private String jars() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(each);
      all.append(Files.isDirectory(path) ? jar(path) : path).append(File.pathSeparator);
    }
    return all.toString();
  }

  private Path jar(Path folder) throws IOException {
    Path jar = Files.createTempFile(temp, "classes", ".jar");
    try (var files = Files.walk(folder);
        var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
    return jar;
  }

  /** The process. */
  static final class UsesThemUp {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Path INPUT = Path.of("/proc/self/fd/0");

    private static void require(boolean isTrue, String what) {
      if (!isTrue) {
        throw new AssertionError("not so: " + what);
      }
    }

    /** Each has a ring of its own. */
    private static QueueConfig config(String name) {
      var timeout = Duration.ofMinutes(name.length());
      return QueueConfig.named(name)
          .maxMessages(64)
          .maxPayloadBytes(64)
          .handlerTimeout(timeout)
          .build();
    }

    private static void exchange(Producer producer, Consumer consumer) throws Exception {
      for (int i = 0; i < 10; i++) {
        producer.send(new byte[] {(byte) i}, SOON);
        var batch = consumer.poll(1, SOON);
        if (batch.size() != 1 || batch.get(0).payloadBytes()[0] != i) {
          throw new AssertionError("message " + i + ": " + batch);
        }
        consumer.acknowledge(batch);
      }
    }

    public static void main(String[] args) throws Exception {
      try (Track track = Tracks.open("b", new TrackOptions("host", Map.of("isolation", args[0])));
          MessageQueue healthy = track.open(config("healthy"));
          Producer producer = healthy.producer();
          Consumer consumer = healthy.consumer("g", "c")) {
        exchange(producer, consumer);
        final Path input = Files.readSymbolicLink(INPUT);
        Deque<FileInputStream> used = new ArrayDeque<>();
        useUp(used);
        int free = 0; // some steps of an opening pass, others fail
        for (int step = 0; step < 20; step++) {
          try {
            MessageQueue more = track.open(config("more----".concat("-".repeat(step))));
            System.out.println("opened with " + free + " free: " + more.name());
            if (free > 0) {
              more.close();
              break;
            }
            // Java has one for a moment now and then, and had let go of it. This queue stays open:
            // its ring would be closed for the next one, which had its descriptors then.
            useUp(used);
            continue;
          } catch (GpuMqException | LinkageError e) { // Java's own libraries want one at first use
            System.out.println("refused with " + free + " free: " + e);
            free++;
          }
          exchange(producer, consumer);
          require(Files.readSymbolicLink(INPUT).equals(input), "standard input is what it was");
          for (FileInputStream each : used) {
            require(each.read() < 0, "each is open"); // it throws where it is not
          }
          used.pop().close();
        }
        exchange(producer, consumer);
        while (!used.isEmpty()) {
          used.pop().close();
        }
        try (MessageQueue more = track.open(config("more"));
            Producer sends = more.producer();
            Consumer takes = more.consumer("g", "c")) {
          exchange(sends, takes);
        }
        exchange(producer, consumer);
      }
      System.out.println("all is well");
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void useUp(Deque<FileInputStream> used) {
      try {
        while (true) {
          used.push(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        System.out.println("used up: " + used.size());
      }
    }
  }
}
