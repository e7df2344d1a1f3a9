package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import io.gpumq.soak.bench.BenchPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a suite is run. Immutable.
 *
 * @param tracks names of the tracks, in the order of their runs
 * @param settings of Track B, such as {@code cuda.blocks}
 * @param duration of each measurement, round trips and each of many turns half of it
 * @param warmup before each measurement; four times as long before a track's first
 * @param rounds how often every row is run, 1 or more
 * @param extent how much rows do that no time bounds
 * @param seed of the bodies
 * @param patience without any progress before what is missing counts as lost
 */
public record SuitePlan(
    List<String> tracks,
    Map<String, String> settings,
    Duration duration,
    Duration warmup,
    int rounds,
    Extent extent,
    long seed,
    Duration patience) {
  private static final int MOST_ROUNDS = 1000;

  public SuitePlan {
    tracks = List.copyOf(tracks);
    settings = Map.copyOf(settings);
    BenchPlan.requireTimes(duration, warmup);
    if (rounds < 1 || rounds > MOST_ROUNDS) {
      throw new ConfigException(
          "repeat " + rounds + ": must be between 1 and " + MOST_ROUNDS + " rounds");
    }
  }

  /** The settings of a track of that name. */
  Map<String, String> settings(String track) {
    return track.equals("b") ? settings : Map.of();
  }

  /**
   * The bench of one queue for this row, on one track.
   *
   * @param times the row's producers and lanes, and {@code consumers}, each so many times
   */
  BenchPlan bench(
      Row row, String track, int payloadBytes, long maxMessages, int consumers, int times) {
    return new BenchPlan(
        List.of(track),
        List.of(payloadBytes),
        row.producers() * times,
        consumers * times,
        row.batch(),
        row.handler(),
        row.verification(),
        BenchPlan.UNLIMITED,
        duration,
        Math.max(1, row.rate()),
        duration,
        warmup,
        maxMessages,
        row.lanes() * times,
        false,
        seed,
        patience);
  }
}
