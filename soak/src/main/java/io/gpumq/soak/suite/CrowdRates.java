package io.gpumq.soak.suite;

import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.EndsAlone;
import io.gpumq.soak.bench.Flow;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.crowd.Crowd;
import io.gpumq.soak.crowd.FilledCrowd;
import io.gpumq.soak.crowd.ReadsAlone;
import io.gpumq.soak.crowd.RoundRobin;
import io.gpumq.soak.workload.StreamBlock;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How fast messages go through many queues, and out of the store. For one thread, and once. */
final class CrowdRates {
  /** How often many queues and one are measured, by turns. */
  private static final int TURNS = 6;

  /** Rounds that are under way at most where sizes are mixed. */
  private static final int ROUNDS = 4;

  private final SuitePlan plan;
  private final Row row;
  private final BenchPlan bench;
  private final Crowds crowds;
  private final long seed;
  private final Map<Figure, Double> seen;

  /**
   * @param seed of messages that go through no queue
   * @param seen is told every figure
   */
  CrowdRates(
      SuitePlan plan,
      Row row,
      BenchPlan bench,
      Crowds crowds,
      long seed,
      Map<Figure, Double> seen) {
    this.plan = plan;
    this.row = row;
    this.bench = bench;
    this.crowds = crowds;
    this.seed = seed;
    this.seen = seen;
  }

  Tally inTurn(Duration warmup) throws InterruptedException {
    try (Crowd many = crowds.crowd(crowds.queues());
        Crowd one = crowds.crowd(1)) {
      RoundRobin inTurn = roundRobin(many);
      RoundRobin alone = roundRobin(one);
      inTurn.carry(warmup);
      alone.carry(warmup);
      Duration turn = plan.duration().dividedBy(2);
      double rate = 0;
      double rateAlone = 0;
      for (int i = 0; i < TURNS; i++) {
        // First the one and first the other, since the one behind is better compiled.
        for (RoundRobin next : i % 2 == 0 ? List.of(inTurn, alone) : List.of(alone, inTurn)) {
          double part = next.carry(turn).messagesPerSecond() / TURNS;
          rate += next == inTurn ? part : 0;
          rateAlone += next == alone ? part : 0;
        }
      }
      seen.put(Figure.OF_ONE_QUEUE, rate / rateAlone);
      seen.put(Figure.MSG_S, rate);
      seen.put(Figure.ONE_QUEUE_MSG_S, rateAlone);
      endsAlone();
      return crowds.settled(many).and(crowds.settled(one));
    }
  }

  Tally mixed(Duration warmup) throws InterruptedException {
    try (Crowd crowd = crowds.crowd(crowds.queues())) {
      // Rounds of all queues: so senders need not wait for the last reader of the round before.
      RoundRobin inTurn = roundRobin(crowd, (long) ROUNDS * crowds.queues() * bench.batch());
      inTurn.carry(warmup);
      long before = crowd.payloadBytes();
      Flow flow = inTurn.carry(plan.duration());
      seen.put(Figure.BYTES_S, (crowd.payloadBytes() - before) / flow.seconds());
      seen.put(Figure.MSG_S, flow.messagesPerSecond());
      endsAlone();
      return crowds.settled(crowd);
    }
  }

  private RoundRobin roundRobin(Crowd crowd) {
    return roundRobin(crowd, bench.maxMessages());
  }

  private RoundRobin roundRobin(Crowd crowd, long mostUnderWay) {
    return new RoundRobin(
        crowd, bench.producers(), bench.consumers(), bench.batch(), mostUnderWay, plan.patience());
  }

  /** Behind the queues' own measurement, so that nothing is compiled for this instead. */
  private void endsAlone() throws InterruptedException {
    EndsAlone alone =
        EndsAlone.measure(
            bench,
            () ->
                new StreamBlock(
                    row.verification(), seed, crowds.leastBytes(), row.payloadBytes(), row.batch()),
            plan.warmup().dividedBy(2),
            plan.duration().dividedBy(2));
    seen.put(Figure.PRODUCERS_ALONE_MSG_S, alone.writtenPerSecond());
    seen.put(Figure.VERIFIERS_ALONE_MSG_S, alone.verifiedPerSecond());
  }

  /** Fills and drains until all drains together have taken their time; the first is a warm-up. */
  Tally drain() throws InterruptedException {
    crowds.requireSmallStore();
    try (Crowd crowd = crowds.crowd(crowds.queues())) {
      FilledCrowd filled = crowds.filled(crowd);
      filled.openConsumers();
      filled.fill();
      filled.drain();
      double entries = (double) crowds.queues() * row.batch();
      double seconds = 0;
      int drains = 0;
      while (seconds < plan.duration().toNanos() / 1e9) {
        filled.fill();
        seconds += entries / filled.drain();
        drains++;
      }
      seen.put(Figure.MSG_S, drains * entries / seconds);
      endsAlone();
      return crowds.settled(crowd);
    }
  }

  Tally readAlone(Duration warmup) throws InterruptedException {
    try (Crowd crowd = crowds.crowd(1)) {
      var reads = new ReadsAlone(crowd, plan.patience());
      Percentiles times = reads.measure(warmup, plan.duration());
      seen.put(Figure.P50_US, times.p50());
      seen.put(Figure.P99_US, times.p99());
      seen.put(Figure.P999_US, times.p99_9());
      seen.put(Figure.MAX_US, times.max());
      return crowds.settled(crowd);
    }
  }
}
