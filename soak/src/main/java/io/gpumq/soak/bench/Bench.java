package io.gpumq.soak.bench;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.soak.bench.BenchOutcome.Failure;
import io.gpumq.soak.workload.Bodies;
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
   * Runs the whole bench. A size that fails does not keep the others from running: the next one
   * gets a track that is newly opened.
   *
   * @throws io.gpumq.api.GpuMqException before anything is measured, if a track cannot be opened,
   *     or the first queue is refused
   */
  public BenchOutcome run() throws InterruptedException {
    var results = new ArrayList<BenchResult>();
    var failures = new ArrayList<Failure>();
    // Warm-up, throughput, latency (with a warm-up of its own), round trips (half of each).
    double cellNanos = 2.5 * (plan.warmup().toNanos() + plan.duration().toNanos());
    var meter = new Meter(progress, plan.tracks().size() * plan.payloads().size(), cellNanos);
    var random = new SplittableRandom(plan.seed());
    List<String> later = plan.tracks().subList(1, plan.tracks().size());
    for (String name : later) {
      // What cannot be had is refused now, not after all sizes of the first track.
      tracks.apply(name).close();
    }
    for (String name : plan.tracks()) {
      Duration warmup = plan.warmup().multipliedBy(FIRST_WARMUPS);
      try (var opened = new Reopened(name)) {
        for (int payloadBytes : plan.payloads()) {
          meter.cell("track " + name + ", " + payloadBytes + " B,");
          Bodies bodies = plan.verification().bodies(random.nextLong(), payloadBytes);
          int number = random.nextInt();
          try {
            BenchResult result = result(opened.get(), bodies, number, meter, warmup);
            warmup = plan.warmup();
            results.add(result);
            meter.finished(result.brief());
          } catch (ConfigException | TrackUnavailableException e) {
            if (results.isEmpty() && failures.isEmpty()) {
              throw e;
            }
            failures.add(failed(name, payloadBytes, e, opened, meter));
          } catch (RuntimeException e) {
            failures.add(failed(name, payloadBytes, e, opened, meter));
          }
        }
      }
    }
    return new BenchOutcome(results, failures);
  }

  private static Failure failed(
      String track, int payloadBytes, RuntimeException cause, Reopened opened, Meter meter) {
    try {
      opened.close();
    } catch (RuntimeException closing) {
      cause.addSuppressed(closing);
    }
    var failure = new Failure(track, payloadBytes, cause);
    meter.finished(failure.brief());
    return failure;
  }

  /** A track that is opened when it is asked for, again after it was closed. */
  private final class Reopened implements AutoCloseable {
    private final String name;
    private Track track;

    Reopened(String name) {
      this.name = name;
    }

    Track get() {
      if (track == null) {
        track = tracks.apply(name);
      }
      return track;
    }

    @Override
    public void close() {
      Track last = track;
      track = null;
      if (last != null) {
        last.close();
      }
    }
  }

  private BenchResult result(Track track, Bodies bodies, int number, Meter meter, Duration warmup)
      throws InterruptedException {
    try (var run = new QueueRun(plan, meter, track, bodies, number)) {
      return result(track, bodies.payloadBytes(), run, warmup);
    }
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
