package io.gpumq.soak.suite;

import io.gpumq.soak.bench.Bench;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.bench.Progress;
import io.gpumq.soak.guard.GuardLoop;
import io.gpumq.soak.guard.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs rows one after another, through each of the plan's tracks. For one thread. */
public final class Suite {
  private final SuitePlan plan;
  private final List<Row> rows;
  private final Opener tracks;
  private final Progress progress;
  private final int cores = Runtime.getRuntime().availableProcessors();

  /**
   * @param tracks opens tracks; the suite closes them
   */
  public Suite(SuitePlan plan, List<Row> rows, Opener tracks, Progress progress) {
    this.plan = plan;
    this.rows = List.copyOf(rows);
    this.tracks = tracks;
    this.progress = progress;
  }

  /**
   * Runs every row, as often as the plan has rounds. One that fails does not keep the others from
   * running.
   *
   * <p>A track that none of the rows is for is not opened.
   *
   * @return an outcome for each track, round and row, in that order; also those that are not {@link
   *     Outcome#clean() clean}
   * @throws io.gpumq.api.GpuMqException what a track threw when it could not be opened
   */
  public List<Outcome> run() throws InterruptedException {
    List<String> names = plan.tracks().stream().filter(name -> !rowsOf(name).isEmpty()).toList();
    int cells = plan.rounds() * names.stream().mapToInt(track -> rowsOf(track).size()).sum();
    double cellNanos = plan.warmup().plus(plan.duration()).toNanos();
    var meter = new Meter(progress, cells, cellNanos);
    var random = new SplittableRandom(plan.seed());
    var outcomes = new ArrayList<Outcome>();
    for (String name : names.subList(Math.min(1, names.size()), names.size())) {
      // What cannot be had is refused now, not after all rows of the first track.
      tracks.open(name, plan.settings(name)).close();
    }
    var guard = new GuardLoop();
    for (String name : names) {
      Duration warmup = plan.warmup().multipliedBy(Bench.FIRST_WARMUPS);
      try (var opened = new OpenedTrack(tracks, name, plan.settings(name))) {
        for (int round = 1; round <= plan.rounds(); round++) {
          for (Row row : rowsOf(name)) {
            meter.cell("track " + name + ", " + row.name() + ",");
            Reading before = guard.read(row.threads(cores));
            var run = new RowRun(plan, row, opened, meter, random);
            Outcome outcome = outcome(row, round, before, opened, run, warmup);
            warmup = plan.warmup();
            outcomes.add(outcome);
            meter.finished(brief(outcome));
          }
        }
      }
    }
    return outcomes;
  }

  private List<Row> rowsOf(String track) {
    return track.equals("a") ? rows.stream().filter(Row::beside).toList() : rows;
  }

  private static Outcome outcome(
      Row row, int round, Reading guard, OpenedTrack opened, RowRun run, Duration warmup)
      throws InterruptedException {
    try {
      RowRun.Measured measured = run.run(warmup);
      return new Outcome(
          row,
          round,
          opened.name(),
          opened.device(),
          opened.description(),
          measured.plan(),
          measured.queues(),
          measured.seen(),
          measured.tally(),
          guard,
          null);
    } catch (RuntimeException e) {
      try {
        // The next row gets a track that nothing has happened to.
        opened.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      return new Outcome(
          row,
          round,
          opened.name(),
          opened.device(),
          opened.description(),
          null,
          1,
          Map.of(),
          null,
          guard,
          e);
    }
  }

  /** As they are seen, so that a run that is cut off has not measured in vain. */
  private static String figures(Outcome outcome) {
    var figures = new StringBuilder();
    outcome
        .seen()
        .forEach(
            (figure, value) ->
                figures.append(String.format(Locale.ROOT, ", %s %.5g", figure.key(), value)));
    Reading guard = outcome.guard();
    figures.append(
        String.format(
            Locale.ROOT,
            "; guard loop %.1f ms, %.1f ms on %d threads, longest gap %.3f ms",
            guard.oneMs(),
            guard.allMs(),
            guard.threads(),
            guard.gapMs()));
    return figures.toString();
  }

  private static String brief(Outcome outcome) {
    String found =
        outcome.problem() != null
            ? (outcome.skipped() ? "skipped: " : "FAILED: ") + outcome.problem()
            : outcome.clean() ? "verified" + figures(outcome) : outcome.tally().verdict();
    return "track " + outcome.track() + ", " + outcome.row().name() + ": " + found;
  }
}
