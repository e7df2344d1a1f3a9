package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.bench.EndsAlone;
import io.gpumq.soak.bench.Flow;
import io.gpumq.soak.bench.Meter;
import io.gpumq.soak.bench.Percentiles;
import io.gpumq.soak.crowd.Crowd;
import io.gpumq.soak.crowd.FilledCrowd;
import io.gpumq.soak.crowd.Footprint;
import io.gpumq.soak.crowd.PendingEntries;
import io.gpumq.soak.crowd.ReadsAlone;
import io.gpumq.soak.crowd.RoundRobin;
import io.gpumq.soak.workload.ManyStreams;
import io.gpumq.soak.workload.StreamBlock;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs one row of many queues on one track. For one thread, and once. */
final class CrowdRun {
  /** Smallest message of those that are mixed. */
  static final int LEAST_BYTES = 16;

  /** How often many queues and one are measured, by turns. */
  private static final int TURNS = 5;

  /** Room on the heap for a queue that nobody uses, and for one with entries, twice over. */
  private static final int EMPTY_HEAP_BYTES = 1000;

  private static final int SMALL_HEAP_BYTES = 6000;

  /** Room in the store for a queue of few entries, and for one small entry. */
  private static final int SMALL_STORE_BYTES = 6000;

  private static final int ENTRY_STORE_BYTES = 52;

  private static final int FEW_PENDING = 1000;

  /** New entries beside those that are pending, of one turn. */
  private static final int PENDING_TURN = 2000;

  private final SuitePlan plan;
  private final Row row;
  private final BenchPlan bench;
  private final Track track;
  private final Meter meter;
  private final SplittableRandom random;
  private final Map<Figure, Double> seen;

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
    this.bench = bench;
    this.track = track;
    this.meter = meter;
    this.random = random;
    this.seen = seen;
  }

  /** How many queues it has. */
  int queues() {
    return plan.extent().of(row.queues());
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
      case IN_TURN -> inTurn(warmup);
      case MIXED -> mixed(warmup);
      case DRAIN -> drain();
      case READ_ALONE -> readAlone(warmup);
      case PENDING -> pending(warmup);
      case OPEN -> open(warmup);
      case EMPTY -> empty();
      case SMALL -> small();
      default -> throw new IllegalArgumentException(row.kind() + ": is not of many queues");
    };
  }

  private Tally inTurn(Duration warmup) throws InterruptedException {
    try (Crowd many = crowd(queues());
        Crowd one = crowd(1)) {
      RoundRobin inTurn = roundRobin(many);
      RoundRobin alone = roundRobin(one);
      inTurn.carry(warmup);
      alone.carry(warmup);
      Duration turn = plan.duration().dividedBy(2);
      double rate = 0;
      double rateAlone = 0;
      for (int i = 0; i < TURNS; i++) {
        rate += inTurn.carry(turn).messagesPerSecond() / TURNS;
        rateAlone += alone.carry(turn).messagesPerSecond() / TURNS;
      }
      seen.put(Figure.OF_ONE_QUEUE, rate / rateAlone);
      seen.put(Figure.MSG_S, rate);
      seen.put(Figure.ONE_QUEUE_MSG_S, rateAlone);
      endsAlone();
      return settled(many).and(settled(one));
    }
  }

  private Tally mixed(Duration warmup) throws InterruptedException {
    try (Crowd crowd = crowd(queues())) {
      RoundRobin inTurn = roundRobin(crowd);
      inTurn.carry(warmup);
      long before = crowd.payloadBytes();
      Flow flow = inTurn.carry(plan.duration());
      seen.put(Figure.BYTES_S, (crowd.payloadBytes() - before) / flow.seconds());
      seen.put(Figure.MSG_S, flow.messagesPerSecond());
      endsAlone();
      return settled(crowd);
    }
  }

  private RoundRobin roundRobin(Crowd crowd) {
    return new RoundRobin(
        crowd,
        bench.producers(),
        bench.consumers(),
        bench.batch(),
        bench.maxMessages(),
        plan.patience());
  }

  /** Behind the queues' own measurement, so that nothing is compiled for this instead. */
  private void endsAlone() throws InterruptedException {
    long seed = random.nextLong();
    EndsAlone alone =
        EndsAlone.measure(
            bench,
            () ->
                new StreamBlock(
                    row.verification(), seed, leastBytes(), row.payloadBytes(), row.batch()),
            plan.warmup().dividedBy(2),
            plan.duration().dividedBy(2));
    seen.put(Figure.PRODUCERS_ALONE_MSG_S, alone.writtenPerSecond());
    seen.put(Figure.VERIFIERS_ALONE_MSG_S, alone.verifiedPerSecond());
  }

  /** Fills and drains until all drains together have taken their time; the first is a warm-up. */
  private Tally drain() throws InterruptedException {
    requireStore((long) queues() * SMALL_STORE_BYTES);
    try (Crowd crowd = crowd(queues())) {
      FilledCrowd filled = filled(crowd);
      filled.openConsumers();
      filled.fill();
      filled.drain();
      double entries = (double) queues() * row.batch();
      double seconds = 0;
      int drains = 0;
      while (seconds < plan.duration().toNanos() / 1e9) {
        filled.fill();
        seconds += entries / filled.drain();
        drains++;
      }
      seen.put(Figure.MSG_S, drains * entries / seconds);
      endsAlone();
      return settled(crowd);
    }
  }

  private Tally readAlone(Duration warmup) throws InterruptedException {
    try (Crowd crowd = crowd(1)) {
      var reads = new ReadsAlone(crowd, plan.patience());
      Percentiles times = reads.measure(warmup, plan.duration());
      seen.put(Figure.P50_US, times.p50());
      seen.put(Figure.P99_US, times.p99());
      seen.put(Figure.P999_US, times.p99_9());
      seen.put(Figure.MAX_US, times.max());
      return settled(crowd);
    }
  }

  private Tally pending(Duration warmup) throws InterruptedException {
    int count = plan.extent().of(row.maxMessages());
    requireStore((long) count * PendingEntries.SPACING * ENTRY_STORE_BYTES);
    try (Crowd crowd = crowd(2)) {
      var few = new PendingEntries(crowd, 0, plan.patience());
      var many = new PendingEntries(crowd, 1, plan.patience());
      few.keep(FEW_PENDING);
      Footprint before = Footprint.now();
      many.keep(count);
      double heap = Footprint.now().since(before).heapBytes();
      seen.put(Figure.PENDING, (double) many.pending());
      seen.put(Figure.HEAP_BYTES_EACH, heap / many.pending());
      byTurns(few, many, warmup);
      double[] nanos = byTurns(few, many, plan.duration());
      seen.put(Figure.OF_FEW_PENDING, nanos[1] / nanos[0]);
      seen.put(Figure.FEW_PENDING_NS, nanos[0]);
      seen.put(Figure.MANY_PENDING_NS, nanos[1]);
      few.settle();
      many.settle();
      return settled(crowd);
    }
  }

  /** Nanoseconds of an entry, of the one and of the other. */
  private static double[] byTurns(PendingEntries one, PendingEntries other, Duration time)
      throws InterruptedException {
    double[] nanos = new double[2];
    long deadline = System.nanoTime() + time.toNanos();
    int turns = 0;
    do {
      nanos[0] += one.turn(PENDING_TURN);
      nanos[1] += other.turn(PENDING_TURN);
      turns++;
    } while (System.nanoTime() - deadline < 0);
    return new double[] {nanos[0] / turns / PENDING_TURN, nanos[1] / turns / PENDING_TURN};
  }

  private Tally open(Duration warmup) throws InterruptedException {
    long deadline = System.nanoTime() + warmup.toNanos();
    do {
      crowd(queues()).close();
    } while (System.nanoTime() - deadline < 0);
    try (Crowd crowd = crowd(queues())) {
      seen.put(Figure.P50_US, crowd.openings().p50());
      seen.put(Figure.P99_US, crowd.openings().p99());
      seen.put(Figure.MEAN_US, crowd.meanOpening());
      FilledCrowd filled = filled(crowd);
      filled.fill();
      filled.drainOnce();
      return settled(crowd);
    }
  }

  private Tally empty() throws InterruptedException {
    requireHeap(EMPTY_HEAP_BYTES);
    try (Crowd first = crowd(1)) { // what comes with the first queue is no other's
      Footprint before = Footprint.now();
      try (Crowd crowd = crowd(queues())) {
        see(crowd, Footprint.now().since(before));
      }
      return settled(first);
    }
  }

  private Tally small() throws InterruptedException {
    requireHeap(SMALL_HEAP_BYTES);
    requireStore((long) queues() * SMALL_STORE_BYTES);
    try (Crowd first = crowd(1)) {
      Footprint before = Footprint.now();
      try (Crowd crowd = crowd(queues())) {
        Footprint open = Footprint.now().since(before);
        FilledCrowd filled = filled(crowd); // which takes heap of its own
        Footprint unfilled = Footprint.now();
        filled.fill();
        see(crowd, Footprint.now().since(unfilled).and(open));
        filled.drainOnce();
        return settled(crowd).and(settled(first));
      }
    }
  }

  private void see(Crowd crowd, Footprint taken) {
    seen.put(Figure.HEAP_BYTES_EACH, (double) taken.heapBytes() / crowd.size());
    seen.put(Figure.STORE_BYTES, (double) crowd.storeBytes());
    seen.put(Figure.MORE_PINNED_BYTES, (double) taken.pinnedBytes());
  }

  private void requireHeap(int bytesEach) {
    long wanted = (long) queues() * bytesEach;
    long most = Runtime.getRuntime().maxMemory();
    if (wanted > most) {
      throw new Skipped(
          "%,d queues want %,d MB of heap, of which there are %,d MB: GPUMQ_JAVA_OPTS=-Xmx%dm"
              .formatted(queues(), wanted >> 20, most >> 20, (wanted >> 20) + 1));
    }
  }

  private void requireStore(long wanted) {
    long most = BacklogSize.mostIn(track);
    if (wanted > most) {
      throw new Skipped(
          "wants a store for %,d MB, and there is one for %,d MB: --set store.bytes=%dM"
              .formatted(wanted >> 20, most >> 20, BacklogSize.storeFor(wanted) >> 20));
    }
  }

  private FilledCrowd filled(Crowd crowd) {
    return new FilledCrowd(
        crowd, row.batch(), bench.producers(), bench.consumers(), plan.patience());
  }

  private Crowd crowd(int queues) {
    var streams =
        new ManyStreams(
            row.verification(), random.nextLong(), leastBytes(), row.payloadBytes(), queues);
    return new Crowd(track, "crowd-" + Integer.toHexString(random.nextInt()), streams);
  }

  private int leastBytes() {
    return row.kind() == Row.Kind.MIXED ? LEAST_BYTES : row.payloadBytes();
  }

  /** What became of every message; pinned memory is told while the queues are open. */
  private Tally settled(Crowd crowd) {
    seen.put(Figure.PINNED_BYTES, (double) Footprint.pinned());
    return crowd.streams().settle();
  }
}
