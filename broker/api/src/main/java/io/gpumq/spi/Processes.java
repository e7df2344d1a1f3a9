package io.gpumq.spi;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Starts processes, but none while this one is about to run out of file descriptors.
 *
 * <p>Java, 17 and 25 alike, makes up to five pipes for a process before it starts it. When the
 * system refuses one of them, the native cleanup closes two numbers that nobody has set yet: what
 * lay in that piece of memory before, often 0 or what was once a pipe. A descriptor of somebody
 * else goes with them: a queue's file and its lock, a socket, standard input. So a start must not
 * fail for want of a descriptor, and is refused here before it begins.
 */
public final class Processes {
  /**
   * What must be free: ten for the pipes, the others for what other threads may open between the
   * look and the last pipe. None is held for them, since other threads would miss it.
   */
  static final int MUST_BE_FREE = 64;

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final File OPEN = new File("/proc/self/fd");
  private static final String LIMIT = "Max open files";

  private Processes() {}

  /**
   * Starts a process. One at a time, or two would count on the same descriptors.
   *
   * @throws IOException if the system does not let it, or if too few descriptors are free
   */
  public static synchronized Process start(ProcessBuilder builder) throws IOException {
    OptionalLong free = freeDescriptors();
    if (free.isPresent() && free.getAsLong() < MUST_BE_FREE) {
      throw new IOException(
          "too many open files: "
              + free.getAsLong()
              + " more may be opened, must be "
              + MUST_BE_FREE
              + " to start a process; raise the limit (ulimit -n)");
    }
    return builder.start();
  }

  /**
   * Returns how many descriptors this process may open yet; empty where the system does not tell.
   * Read from files: a bean of Java's would load a library, and that fails for good if it fails
   * once.
   */
  private static OptionalLong freeDescriptors() throws IOException {
    if (!Files.exists(LIMITS)) {
      return OptionalLong.empty();
    }
    String[] open = OPEN.list();
    if (open == null) { // not even one for the look
      return OptionalLong.of(0);
    }
    for (String line : Files.readAllLines(LIMITS)) {
      if (line.startsWith(LIMIT)) {
        String most = line.substring(LIMIT.length()).strip().split(" ")[0];
        return most.equals("unlimited")
            ? OptionalLong.empty()
            : OptionalLong.of(Math.max(0, Long.parseLong(most) - open.length + 1)); // 1: the look's
      }
    }
    return OptionalLong.empty();
  }
}
