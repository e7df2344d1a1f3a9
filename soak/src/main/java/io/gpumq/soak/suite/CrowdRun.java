package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs one row of many queues on one track. For one thread, and once. */
final class CrowdRun {
  private final SuitePlan plan;
  private final Row row;
  private final Meter meter;
  private final Map<Figure, Double> seen;
  private final Crowds crowds;
  private final CrowdRates rates;
  private final CrowdCosts costs;

  /**
   * @param seen is told every figure
   */
  CrowdRun(
      SuitePlan plan,
      Row row,
      BenchPlan bench,
      Track track,
      Meter meter,
      SplittableRandom random,
      Map<Figure, Double> seen) {
    this.plan = plan;
    this.row = row;
    this.meter = meter;
    this.seen = seen;
    this.crowds = new Crowds(plan, row, bench, track, random, seen);
    this.rates = new CrowdRates(plan, row, bench, crowds, random.nextLong(), seen);
    this.costs = new CrowdCosts(plan, row, crowds, seen);
  }

  /** How many queues it has. */
  int queues() {
    return crowds.queues();
  }

  /**
   * Runs it.
   *
   * @return what became of every message
   * @throws Skipped if there is too little memory for it
   */
  Tally measure(Duration warmup) throws InterruptedException {
    meter.begin(row.name(), plan.duration());
    seen.put(Figure.QUEUES, (double) queues());
    return switch (row.kind()) {
      case IN_TURN -> rates.inTurn(warmup);
      case MIXED -> rates.mixed(warmup);
      case DRAIN -> rates.drain();
      case READ_ALONE -> rates.readAlone(warmup);
      case PENDING -> costs.pending(warmup);
      case OPEN -> costs.open(warmup);
      case EMPTY -> costs.empty();
      case SMALL -> costs.small();
      default -> throw new IllegalArgumentException(row.kind() + ": is not of many queues");
    };
  }
}
