package io.gpumq.tracka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The process that opened a queue.
 *
 * @param host the machine's name
 * @param pid its number there
 * @param start when it began, in milliseconds since 1970; 0 where that is not known
 */
record RedisOwner(String host, long pid, long start) {
  private static final String HOST = thisHost();

  /** Returns this process. */
  static RedisOwner self() {
    ProcessHandle self = ProcessHandle.current();
    return new RedisOwner(HOST, self.pid(), start(self));
  }

  private static String thisHost() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
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
    return host.equals(HOST)
        && ProcessHandle.of(pid).filter(process -> start(process) == start).isEmpty();
  }
}
