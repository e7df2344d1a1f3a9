package io.gpumq.soak.suite;

import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.guard.Reading;
import io.gpumq.soak.workload.Tally;
import java.util.Map;

/**
 * What one row gave on one track.
 *
 * @param round in which the row ran, from 1
 * @param track {@code a} or {@code b}
 * @param device {@code cuda} or {@code host}
 * @param description the track's own words on what it ran on
 * @param plan of each queue; null where the row failed before there was one
 * @param queues how many ran at once
 * @param seen every figure
 * @param tally every message, warm-up included; null where the row failed
 * @param guard how the machine was just before
 * @param failure what ended the row, or kept it from running; or null
 */
public record Outcome(
    Row row,
    int round,
    String track,
    String device,
    String description,
    BenchPlan plan,
    int queues,
    Map<Figure, Double> seen,
    Tally tally,
    Reading guard,
    Throwable failure) {
  /** Whether every message arrived once, in order, as it was sent. */
  public boolean clean() {
    return failure == null && tally.clean();
  }

  /** Whether there was too little here for the row to run. */
  public boolean skipped() {
    return failure instanceof Skipped;
  }

  /** Why the row failed or did not run, or null. */
  public String problem() {
    if (failure == null) {
      return null;
    }
    return skipped() ? failure.getMessage() : failure.toString();
  }

  /** Whether the row's aims are judged here: they are those of Track B on a GPU. */
  public boolean judged() {
    return track.equals("b") && !device.equals("host") && !skipped();
  }

  /** Whether every aim is reached and every message verified; null where that is not judged. */
  public Boolean reached() {
    if (!judged()) {
      return null;
    }
    return clean() && row.aims().stream().allMatch(aim -> aim.reachedBy(seen.get(aim.figure())));
  }
}
