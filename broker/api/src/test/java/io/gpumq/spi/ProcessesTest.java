package io.gpumq.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process is started where descriptors are free; where they are not, nobody loses one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessesTest {
  @Test
  void oneIsStartedAsBuilt() throws Exception {
    Process process = Processes.start(new ProcessBuilder("sh", "-c", "echo here; exit 3"));
    assertEquals("here\n", new String(process.getInputStream().readAllBytes()));
    assertEquals(3, process.waitFor());
  }

  @Test
  void withFewDescriptorsFreeNoneIsStartedAndNoneIsClosed() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 256 && exec \"$0\" \"$@\"",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                UsesThemUp.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.endsWith("all is well\n"), said);
  }

  /** The process. */
  static final class UsesThemUp {
    /** The virtual machine's threads open a file now and then. */
    private static final int FEW = 3;

    private static final Path INPUT = Path.of("/proc/self/fd/0");

    /** Returns why it did not start, or {@code null}. */
    private static String start() throws InterruptedException {
      try {
        Process started = Processes.start(new ProcessBuilder("true"));
        if (started.waitFor() != 0) {
          throw new AssertionError("it ended with " + started.exitValue());
        }
        return null;
      } catch (IOException e) {
        return e.getMessage();
      }
    }

    public static void main(String[] args) throws Exception {
      require(start() == null, "it starts"); // and every class is loaded
      final Path input = Files.readSymbolicLink(INPUT);
      Deque<FileInputStream> used = new ArrayDeque<>();
      try {
        while (true) {
          used.push(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        System.out.println("used up: " + used.size());
      }
      int free = 0;
      for (String why; (why = start()) != null; free++) {
        require(why.contains("too many open files") || why.contains("Too many open files"), why);
        require(!why.contains("Cannot run program"), "Java was not asked with " + free + " free");
        require(Files.readSymbolicLink(INPUT).equals(input), "standard input is what it was");
        for (FileInputStream each : used) {
          require(each.read() < 0, "each is open"); // it throws where it is not
        }
        used.pop().close();
      }
      require(Math.abs(free - Processes.MUST_BE_FREE) <= FEW, "it starts with " + free + " free");
      System.out.println("all is well");
    }

    private static void require(boolean isTrue, String what) {
      if (!isTrue) {
        throw new AssertionError("not so: " + what);
      }
    }
  }
}
