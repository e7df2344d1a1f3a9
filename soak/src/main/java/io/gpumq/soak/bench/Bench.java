package io.gpumq.soak.bench;

import io.gpumq.api.Track;
import io.gpumq.soak.workload.BodyPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Carries the plan's workload through each of its tracks. For one thread. */
public final class Bench {
  /** Warm-ups that a track's first queue takes: by then the JIT has compiled the track. */
  public static final int FIRST_WARMUPS = 4;

  private final BenchPlan plan;
  private final Function<String, Track> tracks;
  private final Progress progress;

  /**
   * @param tracks opens the track of that name; the bench closes it
   */
  public Bench(BenchPlan plan, Function<String, Track> tracks, Progress progress) {
    this.plan = plan;
    this.tracks = tracks;
    this.progress = progress;
  }

  /**
   * Runs the whole bench.
   *
   * @return a result for each track and size of payload, in the order of the plan; also those whose
   *     {@link BenchResult#total()} is not clean
   * @throws io.gpumq.api.GpuMqException what a track threw when it could not be opened, or died
   */
  public List<BenchResult> run() throws InterruptedException {
    var results = new ArrayList<BenchResult>();
    // Warm-up, throughput, latency (with a warm-up of its own), round trips (half of each).
    double cellNanos = 2.5 * (plan.warmup().toNanos() + plan.duration().toNanos());
    var meter = new Meter(progress, plan.tracks().size() * plan.payloads().size(), cellNanos);
    var random = new SplittableRandom(plan.seed());
    for (String name : plan.tracks()) {
      Duration warmup = plan.warmup().multipliedBy(FIRST_WARMUPS);
      try (Track track = tracks.apply(name)) {
        for (int payloadBytes : plan.payloads()) {
          meter.cell("track " + name + ", " + payloadBytes + " B,");
          var pool = new BodyPool(random.nextLong(), payloadBytes);
          try (var run = new QueueRun(plan, meter, track, pool, random.nextInt())) {
            BenchResult result = result(track, payloadBytes, run, warmup);
            warmup = plan.warmup();
            results.add(result);
            meter.finished(result.brief());
          }
        }
      }
    }
    return results;
  }

  /** Every stage of one queue. */
  private BenchResult result(Track track, int payloadBytes, QueueRun run, Duration warmup)
      throws InterruptedException {
    run.warmUp(warmup);
    Flow flow = run.saturate(plan.messages(), plan.messagesWithin());
    Percentiles latency = run.pace();
    Percentiles roundTrip =
        run.roundTrips(plan.warmup().dividedBy(2), plan.duration().dividedBy(2));
    return new BenchResult(
        track.name(),
        track.device(),
        track.describe(),
        payloadBytes,
        plan.producers(),
        plan.handler(),
        flow.sent(),
        flow.seen(),
        flow.messagesPerSecond(),
        latency,
        plan.rate(),
        roundTrip,
        run.settle());
  }
}
