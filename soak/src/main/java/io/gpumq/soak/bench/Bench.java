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
  private static final int FIRST_WARMUPS = 4;

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
    var meter = new Meter(progress, plan);
    var random = new SplittableRandom(plan.seed());
    for (String name : plan.tracks()) {
      Duration warmup = plan.warmup().multipliedBy(FIRST_WARMUPS);
      try (Track track = tracks.apply(name)) {
        for (int payloadBytes : plan.payloads()) {
          meter.cell("track " + name + ", " + payloadBytes + " B,");
          var pool = new BodyPool(random.nextLong(), payloadBytes);
          try (var run = new QueueRun(plan, meter, track, pool, random.nextInt())) {
            BenchResult result = run.run(warmup);
            warmup = plan.warmup();
            results.add(result);
            meter.finished(result);
          }
        }
      }
    }
    return results;
  }
}
