package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.EndsAlone;
import io.gpumq.soak.bench.Flow;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.bench.QueueRun;
import io.gpumq.soak.crowd.Footprint;
import io.gpumq.soak.guard.GuardThread;
import io.gpumq.soak.workload.Bodies;
import io.gpumq.soak.workload.MessageBlock;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs one row on one track. For one thread, and once. */
final class RowRun {
  private static final long MOST_VRAM = 60_000_000_000L;
  private static final long HOST_MEMORY = 256_000_000;

  /**
   * What the row gave.
   *
   * @param plan of each queue
   * @param queues how many ran at once
   * @param tally of every message
   */
  record Measured(BenchPlan plan, int queues, Map<Figure, Double> seen, Tally tally) {}

  private final SuitePlan plan;
  private final Row row;
  private final OpenedTrack track;
  private final Meter meter;
  private final SplittableRandom random;
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final Map<Figure, Double> seen = new EnumMap<>(Figure.class);

  RowRun(SuitePlan plan, Row row, OpenedTrack track, Meter meter, SplittableRandom random) {
    this.plan = plan;
    this.row = row;
    this.track = track;
    this.meter = meter;
    this.random = random;
  }

  /**
   * Runs it.
   *
   * @throws RuntimeException if the track failed, cannot hold the row's queue, or a thread failed
   */
  Measured run(Duration warmup) throws InterruptedException {
    return switch (row.kind()) {
      case BACKLOG -> backlog();
      case START -> start();
      case QUEUES -> queues(warmup);
      case ROUND_TRIP, THROUGHPUT, OPEN_LOOP, HEAP -> oneQueue(warmup);
      case ISOLATED_RATE, ISOLATED_TRIP -> inTurns(warmup);
      case FAULT, FAULT_ALONE, KILL -> deaths();
      case OPEN, IN_TURN, MIXED, EMPTY, SMALL, DRAIN, READ_ALONE, PENDING -> crowd(warmup);
    };
  }

  private Measured oneQueue(Duration warmup) throws InterruptedException {
    BenchPlan bench = bench(row.payloadBytes(), row.maxMessages());
    Tally tally;
    try (QueueRun run = open(bench)) {
      switch (row.kind()) {
        case ROUND_TRIP -> see(run.roundTrips(warmup, plan.duration().dividedBy(2)));
        case OPEN_LOOP -> openLoop(run, warmup);
        default -> saturate(run, warmup);
      }
      tally = run.settle();
    }
    if (row.kind() == Row.Kind.THROUGHPUT) {
      endsAlone(bench);
    }
    return measured(bench, 1, tally);
  }

  private void openLoop(QueueRun run, Duration warmup) throws InterruptedException {
    run.warmUp(warmup);
    run.pace(); // what was compiled for full batches is compiled anew meanwhile
    try (var guard = new GuardThread()) {
      see(run.pace());
      double gap = guard.end() / 1e3;
      seen.put(Figure.GUARD_GAP_US, gap);
      seen.put(Figure.BEYOND_GUARD_US, Math.max(0, seen.get(Figure.MAX_US) - gap));
    }
  }

  private void saturate(QueueRun run, Duration warmup) throws InterruptedException {
    run.warmUp(warmup);
    Flow flow = run.saturate(BenchPlan.UNLIMITED, plan.duration());
    if (row.kind() == Row.Kind.HEAP) {
      double messages = Math.max(1, flow.seen());
      seen.put(Figure.HEAP_BYTES_MSG, flow.allocatedBytes() / messages);
    }
    seen.put(Figure.MSG_S, flow.messagesPerSecond());
    seen.put(Figure.BYTES_S, flow.messagesPerSecond() * row.payloadBytes());
  }

  /** Behind the queue's own measurement, so that nothing is compiled for this instead. */
  private void endsAlone(BenchPlan bench) throws InterruptedException {
    Duration measured = plan.duration().dividedBy(2);
    meter.begin("producers and verifiers alone", measured);
    Bodies bodies = bodies(row.payloadBytes());
    EndsAlone alone =
        EndsAlone.measure(
            bench,
            () -> new MessageBlock(bodies, bench.handler(), bench.batch()),
            plan.warmup().dividedBy(2),
            measured);
    seen.put(Figure.PRODUCERS_ALONE_MSG_S, alone.writtenPerSecond());
    seen.put(Figure.VERIFIERS_ALONE_MSG_S, alone.verifiedPerSecond());
  }

  private void see(Percentiles times) {
    seen.put(Figure.P50_US, times.p50());
    seen.put(Figure.P99_US, times.p99());
    seen.put(Figure.P999_US, times.p99_9());
    seen.put(Figure.MAX_US, times.max());
  }

  private void see(double[] risingMillis) {
    seen.put(Figure.P50_MS, risingMillis[risingMillis.length / 2]);
    seen.put(Figure.MAX_MS, risingMillis[risingMillis.length - 1]);
  }

  private Measured backlog() throws InterruptedException {
    BacklogSize size =
        backlogSize(row.payloadBytes() == 0 ? BacklogSize.LARGE : row.payloadBytes());
    BenchPlan bench = bench(size.payloadBytes(), size.messages());
    Footprint before = Footprint.now();
    try (QueueRun run = open(bench)) {
      Flow fill = run.fill(size.messages());
      Footprint full = Footprint.now();
      Flow drain = run.drain();
      long heap = full.since(before).heapBytes();
      seen.put(Figure.HEAP_AND_PINNED_BYTES, (double) heap + full.pinnedBytes());
      seen.put(Figure.PINNED_BYTES, (double) full.pinnedBytes());
      seen.put(Figure.HELD_BYTES, (double) fill.seen() * size.payloadBytes());
      seen.put(Figure.FILLED, fill.seen() / (double) size.messages());
      seen.put(Figure.FILL_BYTES_S, fill.messagesPerSecond() * size.payloadBytes());
      seen.put(Figure.DRAIN_BYTES_S, drain.messagesPerSecond() * size.payloadBytes());
      return measured(bench, 1, run.settle());
    }
  }

  private BacklogSize backlogSize(int payloadBytes) {
    long asked = plan.extent().backlogBytes();
    if (asked != Extent.AS_MUCH_AS_IS_FREE) {
      return BacklogSize.of(track.get(), asked, payloadBytes);
    }
    long usual = track.device().equals("host") ? HOST_MEMORY : MOST_VRAM;
    return BacklogSize.within(track.get(), usual, payloadBytes);
  }

  private Measured start() throws InterruptedException {
    // Nothing of this process may be on the device meanwhile.
    track.close();
    meter.begin("starts", plan.duration());
    List<FreshStart> starts =
        FreshStart.measure(
            track.name(),
            track.device(),
            plan.settings(track.name()),
            random.nextInt(),
            plan.patience());
    Tally tally = starts.get(0).tally();
    for (FreshStart start : starts.subList(1, starts.size())) {
      tally = tally.and(start.tally());
    }
    see(starts.stream().mapToDouble(s -> s.nanos() / 1e6).sorted().toArray());
    return measured(bench(row.payloadBytes(), row.maxMessages()), 1, tally);
  }

  private Measured queues(Duration warmup) throws InterruptedException {
    int count = ManyQueues.count(cores);
    var many = new ManyQueues(track.get(), bodies(row.payloadBytes()), random);
    BenchPlan small = multiplied(1);
    meter.begin("throughput of " + count + " queues", plan.duration());
    ManyQueues.Result each = many.measure(small, count, warmup);
    meter.begin("throughput of one queue", plan.duration());
    ManyQueues.Result one = many.measure(multiplied(count), 1, warmup);
    seen.put(Figure.OF_ONE_QUEUE, each.messagesPerSecond() / one.messagesPerSecond());
    seen.put(Figure.MSG_S, each.messagesPerSecond());
    seen.put(Figure.ONE_QUEUE_MSG_S, one.messagesPerSecond());
    seen.put(Figure.SLOWEST_MSG_S, each.slowest());
    seen.put(Figure.FASTEST_MSG_S, each.fastest());
    return measured(small, count, each.tally().and(one.tally()));
  }

  private Measured inTurns(Duration warmup) throws InterruptedException {
    BenchPlan bench = bench(row.payloadBytes(), row.maxMessages());
    var turns = new Turns(plan, bench, track, meter, random);
    Duration measured = plan.duration().dividedBy(2); // many short ones: each opening varies
    Turns.Result found;
    if (row.kind() == Row.Kind.ISOLATED_TRIP) {
      found = turns.measure((run, before) -> run.roundTrips(before, measured).p50(), warmup);
      seen.put(Figure.P50_OF_IN_PROCESS, found.share());
      seen.put(Figure.P50_US, found.isolated());
      seen.put(Figure.IN_PROCESS_P50_US, found.inProcess());
    } else {
      found =
          turns.measure(
              (run, before) -> {
                run.warmUp(before);
                return run.saturate(BenchPlan.UNLIMITED, measured).messagesPerSecond();
              },
              warmup);
      seen.put(Figure.RATE_OF_IN_PROCESS, found.share());
      seen.put(Figure.MSG_S, found.isolated());
      seen.put(Figure.IN_PROCESS_MSG_S, found.inProcess());
    }
    seen.put(Figure.SHARE_ERROR, found.shareError());
    return measured(bench, 1, found.tally());
  }

  private Measured crowd(Duration warmup) throws InterruptedException {
    BenchPlan bench = bench(row.payloadBytes(), row.maxMessages());
    var run = new CrowdRun(plan, row, bench, track.get(), meter, random, seen);
    Tally tally = run.measure(warmup);
    return measured(bench, run.queues(), tally);
  }

  private Measured deaths() throws InterruptedException {
    meter.begin(plan.extent().deaths() + " deaths", plan.duration());
    boolean standby = row.kind() != Row.Kind.FAULT_ALONE;
    var settings = Map.of("isolation", "process", "isolation.standby", Boolean.toString(standby));
    Bodies bodies = bodies(row.payloadBytes());
    try (Track isolated = track.insteadWith(settings);
        var deaths =
            new Deaths(
                row, isolated, bodies, plan.extent().deaths(), random.nextInt(), plan.patience())) {
      see(deaths.measure());
      seen.put(Figure.DEATHS, (double) plan.extent().deaths());
      return measured(bench(row.payloadBytes(), row.maxMessages()), 1, deaths.settle());
    }
  }

  private BenchPlan multiplied(int times) {
    return plan.bench(
        row, track.name(), row.payloadBytes(), row.maxMessages(), row.mostConsumers(), times);
  }

  private BenchPlan bench(int payloadBytes, long maxMessages) {
    return plan.bench(row, track.name(), payloadBytes, maxMessages, row.consumers(cores), 1);
  }

  private QueueRun open(BenchPlan bench) {
    return new QueueRun(
        bench, meter, track.get(), bodies(bench.payloads().get(0)), random.nextInt());
  }

  private Bodies bodies(int payloadBytes) {
    return row.verification().bodies(random.nextLong(), payloadBytes);
  }

  private Measured measured(BenchPlan bench, int queues, Tally tally) {
    return new Measured(bench, queues, seen, tally);
  }
}
