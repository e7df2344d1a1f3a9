package io.gpumq.soak.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The device processes that this process has started for one queue, seen from outside, as whoever
 * runs it sees them. For one thread.
 */
final class OwnDeviceProcesses {
  private static final String MARK = "-Dgpumq.owner=" + ProcessHandle.current().pid();

  /** Between two looks: each goes through every process of the machine. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** A process that used at most so much of so long a time has nothing left to do. */
  private static final Duration REST = Duration.ofMillis(200);

  private static final Duration REST_CPU = Duration.ofMillis(20);

  private final String ring;
  private final int rings;
  private final boolean standby;
  private long lookedNanos = System.nanoTime() - LOOK_NANOS;

  /** The last process that was watched for rest, since when, and what it had used then. */
  private ProcessHandle watched;

  private long watchedNanos;
  private Duration watchedCpu;

  /**
   * @param queue its name
   * @param lanes of it
   * @param standby whether there is to be one beside the one at work
   */
  OwnDeviceProcesses(String queue, int lanes, boolean standby) {
    this.ring = "-" + queue + ".ring";
    this.rings = lanes;
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
   * Whether they are all there, have every ring of the queue open, and the standby is done with its
   * start: it maps the queue's files and then rests. Looks at most every 25 ms; false in between.
   */
  boolean ready() {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_NANOS) {
      return false;
    }
    lookedNanos = now;
    List<ProcessHandle> all = all();
    if (all.size() != (standby ? 2 : 1) || !all.stream().allMatch(this::maps)) {
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

  private boolean maps(ProcessHandle process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/maps"))) {
      return lines
              .filter(line -> line.endsWith(ring))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .count()
          == rings;
    } catch (IOException | RuntimeException e) {
      return false; // it has just ended
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
