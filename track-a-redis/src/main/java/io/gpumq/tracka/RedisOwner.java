package io.gpumq.tracka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that opened a queue.
 *
 * @param host the machine's name
 * @param pid its number there
 * @param start when it began, in clock ticks since the machine did, which no change of the clock
 *     moves; {@link #UNKNOWN} where the system does not tell
 */
record RedisOwner(String host, long pid, long start) {
  static final long UNKNOWN = 0;

  /** Of {@code /proc/PID/stat}, counted from the field behind the name in brackets. */
  private static final int START_FIELD = 19;

  private static final Path PROCESSES = Path.of("/proc");
  private static final String HOST = thisHost();

  /** Returns this process. */
  static RedisOwner self() {
    long pid = ProcessHandle.current().pid();
    return new RedisOwner(HOST, pid, startOf(pid));
  }

  private static String thisHost() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static long startOf(long pid) {
    try {
      String stat = Files.readString(PROCESSES.resolve(Long.toString(pid)).resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[START_FIELD]);
    } catch (IOException | RuntimeException e) {
      return UNKNOWN; // no such file system, no descriptor free, or the process has just ended
    }
  }

  /** Returns the owner that {@link #text} wrote; empty for anything else. */
  static Optional<RedisOwner> parse(String text) {
    String[] words = text == null ? new String[0] : text.split(" ");
    try {
      return words.length == 3
          ? Optional.of(
              new RedisOwner(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  String text() {
    return host + " " + pid + " " + start;
  }

  /** Returns whether it is known to have ended; that can be known of this machine's alone. */
  boolean hasEnded() {
    return host.equals(HOST) && !runs();
  }

  private boolean runs() {
    if (!isThere()) {
      return false;
    }
    long now = startOf(pid); // where no file descriptor is free, that is not known for a moment
    return now == start || now == UNKNOWN || start == UNKNOWN;
  }

  /** Java's own handle says that a process has ended where it has no descriptor free to look. */
  private boolean isThere() {
    return Files.exists(PROCESSES.resolve("self"))
        ? Files.exists(PROCESSES.resolve(Long.toString(pid)))
        : ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
