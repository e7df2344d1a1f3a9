package io.gpumq.trackb.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that owns shared memory.
 *
 * @param pid its number, which another process may have after it
 * @param start when it started, in clock ticks since the machine did; {@link #UNKNOWN} where the
 *     system does not tell
 */
public record Owner(long pid, long start) {
  public static final long UNKNOWN = 0;

  /** Of {@code /proc/PID/stat}, counted from the field behind the name in brackets. */
  private static final int START_FIELD = 19;

  /** This process. */
  public static Owner self() {
    long pid = ProcessHandle.current().pid();
    return new Owner(pid, startOf(pid));
  }

  /**
   * Whether it may be this process: it is, as far as the system tells. That may not tell at one
   * time what it tells at another, where no file descriptor is free.
   */
  public boolean mayBeSelf() {
    Owner self = self();
    return pid == self.pid && (start == self.start || start == UNKNOWN || self.start == UNKNOWN);
  }

  private static long startOf(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[START_FIELD]);
    } catch (IOException | RuntimeException e) {
      return UNKNOWN; // no such file system, no descriptor free, or the process has just ended
    }
  }
}
