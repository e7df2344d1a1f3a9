package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.bench.QueueRun;
import io.gpumq.soak.workload.Bodies;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The same measurement with handlers in this process and in one of their own, by turns, so that a
 * machine which is slower for a while is so for both. Only one of the two is open at a time. For
 * one thread.
 */
final class Turns {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * Means of what was measured.
   *
   * @param shareError standard error of {@link #share}, as a share
   * @param tally of all messages
   */
  record Result(double inProcess, double isolated, double shareError, Tally tally) {
    /** The one as a share of the other. */
    double share() {
      return isolated / inProcess;
    }
  }

  /** One measurement. */
  @FunctionalInterface
  interface Stage {
    double of(QueueRun run, Duration warmup) throws InterruptedException;
  }

  private final SuitePlan plan;
  private final BenchPlan bench;
  private final OpenedTrack track;
  private final Meter meter;
  private final SplittableRandom random;
  private final Bodies bodies;

  Turns(SuitePlan plan, BenchPlan bench, OpenedTrack track, Meter meter, SplittableRandom random) {
    this.plan = plan;
    this.bench = bench;
    this.track = track;
    this.meter = meter;
    this.random = random;
    this.bodies = bench.verification().bodies(random.nextLong(), bench.payloads().get(0));
  }

  /**
   * Measures both as often as the plan says.
   *
   * @param warmup before the first of each; later ones have the plan's
   */
  Result measure(Stage stage, Duration warmup) throws InterruptedException {
    double[] inProcess = new double[plan.extent().turns()];
    double[] isolated = new double[plan.extent().turns()];
    Tally tally = new Tally(0, 0, 0, 0, 0, 0, 0, List.of());
    for (int i = 0; i < plan.extent().turns(); i++) {
      Duration before = i == 0 ? warmup : plan.warmup();
      // First the one and first the other, since the one behind is better compiled.
      boolean processFirst = i % 2 == 1;
      for (boolean process : new boolean[] {processFirst, !processFirst}) {
        try (Track opened = track.insteadWith(settings(process));
            QueueRun run = new QueueRun(bench, meter, opened, bodies, random.nextInt())) {
          if (process) {
            awaitStandby();
          }
          (process ? isolated : inProcess)[i] = stage.of(run, before);
          tally = tally.and(run.settle());
        }
      }
    }
    return new Result(mean(inProcess), mean(isolated), shareError(inProcess, isolated), tally);
  }

  /** A process that starts would slow down what is measured beside it. */
  private void awaitStandby() {
    var processes = new OwnDeviceProcesses(bench.lanes(), true);
    long deadline = System.nanoTime() + plan.patience().toNanos();
    while (!processes.ready()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no standby came within " + plan.patience());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Settings of a track that has, or has not, its handlers in a process of their own. */
  private static Map<String, String> settings(boolean process) {
    return Map.of("isolation", process ? "process" : "none");
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Of a quotient of means: the relative variances of the two add up. */
  private static double shareError(double[] inProcess, double[] isolated) {
    return mean(isolated)
        / mean(inProcess)
        * Math.hypot(relativeError(inProcess), relativeError(isolated));
  }

  /** Standard error of the mean, as a share of it. */
  private static double relativeError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
  }
}
