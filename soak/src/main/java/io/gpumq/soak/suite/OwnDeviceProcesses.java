package io.gpumq.soak.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The device processes that this process has started for its one track, seen from outside, as
 * whoever runs it sees them. For one thread.
 */
final class OwnDeviceProcesses {
  private static final String MARK = "-Dgpumq.owner=" + ProcessHandle.current().pid();

  /** Between two looks: each goes through every process of the machine. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** A process that used at most so much of so long a time has nothing left to do. */
  private static final Duration REST = Duration.ofMillis(200);

  private static final Duration REST_CPU = Duration.ofMillis(20);

  private final int lanes;
  private final boolean standby;
  private long lookedNanos = System.nanoTime() - LOOK_NANOS;

  /** The last process that was watched for rest, since when, and what it had used then. */
  private ProcessHandle watched;

  private long watchedNanos;
  private Duration watchedCpu;

  /**
   * @param lanes of the queue that they work for, which has a ring for each at least
   * @param standby whether there is to be one beside the one at work
   */
  OwnDeviceProcesses(int lanes, boolean standby) {
    this.lanes = lanes;
    this.standby = standby;
  }

  /**
   * The process at work.
   *
   * @throws IllegalStateException if there is none
   */
  ProcessHandle atWork() {
    List<ProcessHandle> all = all();
    if (all.isEmpty()) {
      throw new IllegalStateException("this process has no device process");
    }
    return all.get(0);
  }

  /**
   * Whether they are all there, have the same rings open, and the standby is done with its start:
   * it maps the rings' files and then rests. Looks at most every 25 ms; false in between.
   */
  boolean ready() {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_NANOS) {
      return false;
    }
    lookedNanos = now;
    List<ProcessHandle> all = all();
    if (all.size() != (standby ? 2 : 1)) {
      return false;
    }
    Set<String> rings = rings(all.get(0));
    if (rings.size() < lanes || standby && !rings(all.get(1)).equals(rings)) {
      return false;
    }
    return !standby || rests(all.get(1), now);
  }

  /** Oldest first: the standby is started when the other is at work. */
  private static List<ProcessHandle> all() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().filter(l -> l.contains(MARK)).isPresent())
        .sorted(Comparator.comparing(OwnDeviceProcesses::started).thenComparing(ProcessHandle::pid))
        .toList();
  }

  private static Instant started(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.MAX);
  }

  /** The files of the rings that a process maps; none of one that has just ended. */
  private static Set<String> rings(ProcessHandle process) {
    Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
    try (Stream<String> lines = Files.lines(maps)) {
      return lines
          .filter(line -> line.endsWith(".ring"))
          .map(line -> line.substring(line.indexOf('/')))
          .collect(Collectors.toSet());
    } catch (IOException | RuntimeException e) {
      return Set.of();
    }
  }

  private boolean rests(ProcessHandle process, long now) {
    Duration cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
    if (process.equals(watched)) {
      if (now - watchedNanos < REST.toNanos()) {
        return false;
      }
      if (cpu.minus(watchedCpu).compareTo(REST_CPU) <= 0) {
        return true;
      }
    }
    watched = process;
    watchedNanos = now;
    watchedCpu = cpu;
    return false;
  }
}
