package io.gpumq.soak.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Turns stages into one fraction of the whole bench, by their planned times. */
public final class Meter {
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

  /**
   * @param cells parts of the bench, taken as equally long
   * @param cellNanos planned time of one
   */
  public Meter(Progress progress, int cells, double cellNanos) {
    this.progress = progress;
    this.cells = cells;
    this.cellNanos = cellNanos;
  }

  /** A meter that tells nobody. */
  public static Meter silent() {
    return new Meter(Progress.NONE, 1, 1);
  }

  /** One part starts. */
  public void cell(String name) {
    cell = name;
    doneNanos = 0;
    stageNanos = 0;
  }

  /** One stage of it starts. */
  public void begin(String name, Duration planned) {
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

  /** That part is done, with such a result. */
  public void finished(String brief) {
    cellsDone++;
    progress.at(cell + " done", (double) cellsDone / cells);
    progress.finished(brief);
  }

  private void tell(long now) {
    toldNanos = now;
    double inCell = doneNanos + Math.min(stageNanos, now - startNanos);
    progress.at(cell + " " + stage, (cellsDone + Math.min(1, inCell / cellNanos)) / cells);
  }
}
