package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.Flow;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.bench.QueueRun;
import io.gpumq.soak.workload.Bodies;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The throughput of several equal queues of one track at once. For one thread. */
final class ManyQueues {
  private static final int MOST = 8;

  /** What several queues did at once. */
  record Result(List<Flow> flows, Tally tally) {
    /** Of all together, from the first send of any to the last acknowledgement of any. */
    double messagesPerSecond() {
      Flow all = flows.get(0);
      for (Flow flow : flows.subList(1, flows.size())) {
        all =
            new Flow(
                all.sent() + flow.sent(),
                all.seen() + flow.seen(),
                Math.min(all.firstNanos(), flow.firstNanos()),
                Math.max(all.lastNanos(), flow.lastNanos()),
                all.allocatedBytes() + flow.allocatedBytes());
      }
      return all.messagesPerSecond();
    }

    double slowest() {
      return flows.stream().mapToDouble(Flow::messagesPerSecond).min().orElse(0);
    }

    double fastest() {
      return flows.stream().mapToDouble(Flow::messagesPerSecond).max().orElse(0);
    }
  }

  @FunctionalInterface
  private interface Stage {
    Flow of(QueueRun run) throws InterruptedException;
  }

  private final Track track;
  private final Bodies bodies;
  private final SplittableRandom random;

  ManyQueues(Track track, Bodies bodies, SplittableRandom random) {
    this.track = track;
    this.bodies = bodies;
    this.random = random;
  }

  /** How many queues a machine has threads for: 2 to 8, a power of two. */
  static int count(int cores) {
    return Integer.highestOneBit(Math.max(2, Math.min(MOST, cores / 2)));
  }

  /** Opens {@code queues} queues, and measures them all at once after their warm-up. */
  Result measure(BenchPlan plan, int queues, Duration warmup) throws InterruptedException {
    var runs = new ArrayList<QueueRun>();
    ExecutorService drivers = Executors.newFixedThreadPool(queues);
    try {
      for (int i = 0; i < queues; i++) {
        runs.add(new QueueRun(plan, Meter.silent(), track, bodies, random.nextInt()));
      }
      allAtOnce(
          drivers,
          runs,
          run -> {
            run.warmUp(warmup);
            return null;
          });
      List<Flow> flows =
          allAtOnce(drivers, runs, run -> run.saturate(plan.messages(), plan.messagesWithin()));
      Tally tally = runs.get(0).settle();
      for (QueueRun run : runs.subList(1, queues)) {
        tally = tally.and(run.settle());
      }
      return new Result(flows, tally);
    } finally {
      drivers.shutdownNow();
      runs.forEach(QueueRun::close);
    }
  }

  private static List<Flow> allAtOnce(ExecutorService drivers, List<QueueRun> runs, Stage stage)
      throws InterruptedException {
    List<Callable<Flow>> tasks = new ArrayList<>();
    runs.forEach(run -> tasks.add(() -> stage.of(run)));
    var flows = new ArrayList<Flow>();
    for (Future<Flow> future : drivers.invokeAll(tasks)) {
      try {
        flows.add(future.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("one of several queues failed: " + e.getCause(), e);
      }
    }
    return flows;
  }
}
