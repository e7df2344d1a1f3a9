package io.gpumq.soak.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Turns stages into one fraction of the whole bench, by their planned times. */
final class Meter {
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Progress progress;
  private final int cells;
  private final double cellNanos;
  private int cellsDone;
  private String cell = "";
  private String stage = "";
  private double doneNanos;
  private double stageNanos;
  private long startNanos;
  private long toldNanos;

  Meter(Progress progress, BenchPlan plan) {
    this.progress = progress;
    this.cells = plan.tracks().size() * plan.payloads().size();
    // Warm-up, throughput, latency (with a warm-up of its own), round trips (half of each).
    this.cellNanos = 2.5 * (plan.warmup().toNanos() + plan.duration().toNanos());
  }

  /** One track starts on messages of one size. */
  void cell(String name) {
    cell = name;
    doneNanos = 0;
    stageNanos = 0;
  }

  void begin(String name, Duration planned) {
    doneNanos += stageNanos;
    stage = name;
    stageNanos = planned.toNanos();
    startNanos = System.nanoTime();
    tell(startNanos);
  }

  /** Tells how far it is, unless that was told a moment ago. */
  void tick() {
    long now = System.nanoTime();
    if (now - toldNanos > BETWEEN_NANOS) {
      tell(now);
    }
  }

  void finished(BenchResult result) {
    cellsDone++;
    progress.at(cell + " done", (double) cellsDone / cells);
    progress.finished(result);
  }

  private void tell(long now) {
    toldNanos = now;
    double inCell = doneNanos + Math.min(stageNanos, now - startNanos);
    progress.at(cell + " " + stage, (cellsDone + Math.min(1, inCell / cellNanos)) / cells);
  }
}
