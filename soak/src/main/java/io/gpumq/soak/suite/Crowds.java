package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import io.gpumq.soak.bench.BenchPlan;
import io.gpumq.soak.crowd.Crowd;
import io.gpumq.soak.crowd.FilledCrowd;
import io.gpumq.soak.crowd.Footprint;
import io.gpumq.soak.workload.ManyStreams;
import io.gpumq.soak.workload.Tally;
import java.util.Map;
import java.util.SplittableRandom;

/** The crowds of one row: opens them, and says what became of their messages. For one thread. */
final class Crowds {
  /** Smallest message of those that are mixed. */
  static final int LEAST_BYTES = 16;

  /** Room in the store for a queue of few entries. */
  private static final int SMALL_STORE_BYTES = 6000;

  private final SuitePlan plan;
  private final Row row;
  private final BenchPlan bench;
  private final Track track;
  private final SplittableRandom random;
  private final Map<Figure, Double> seen;

  /**
   * @param seen is told of pinned memory
   */
  Crowds(
      SuitePlan plan,
      Row row,
      BenchPlan bench,
      Track track,
      SplittableRandom random,
      Map<Figure, Double> seen) {
    this.plan = plan;
    this.row = row;
    this.bench = bench;
    this.track = track;
    this.random = random;
    this.seen = seen;
  }

  /** How many queues it has. */
  int queues() {
    return plan.extent().of(row.queues());
  }

  /**
   * Checks that the heap has room for the row's queues.
   *
   * @throws Skipped if it has not
   */
  void requireHeap(int bytesEach) {
    long wanted = (long) queues() * bytesEach;
    long most = Runtime.getRuntime().maxMemory();
    if (wanted > most) {
      throw new Skipped(
          "%,d queues want %,d MB of heap, of which there are %,d MB: GPUMQ_JAVA_OPTS=-Xmx%dm"
              .formatted(queues(), wanted >> 20, most >> 20, (wanted >> 20) + 1));
    }
  }

  /** Checks the same of the store, for the row's queues with a few entries each. */
  void requireSmallStore() {
    requireStore((long) queues() * SMALL_STORE_BYTES);
  }

  /** Checks that the store has room for so many bytes, as {@link #requireHeap} does. */
  void requireStore(long wanted) {
    long most = BacklogSize.mostIn(track);
    if (wanted > most) {
      throw new Skipped(
          "wants a store for %,d MB, and there is one for %,d MB: --set store.bytes=%dM"
              .formatted(wanted >> 20, most >> 20, BacklogSize.storeFor(wanted) >> 20));
    }
  }

  /** A crowd whose queues are filled by the row's threads, to be drained by them. */
  FilledCrowd filled(Crowd crowd) {
    return new FilledCrowd(
        crowd, row.batch(), bench.producers(), bench.consumers(), plan.patience());
  }

  /** Opens so many queues; the caller closes them. */
  Crowd crowd(int queues) {
    var streams =
        new ManyStreams(
            row.verification(), random.nextLong(), leastBytes(), row.payloadBytes(), queues);
    return new Crowd(track, "crowd-" + Integer.toHexString(random.nextInt()), streams);
  }

  /** Bytes of the smallest message. */
  int leastBytes() {
    return row.kind() == Row.Kind.MIXED ? LEAST_BYTES : row.payloadBytes();
  }

  /** What became of every message; pinned memory is told while the queues are open. */
  Tally settled(Crowd crowd) {
    seen.put(Figure.PINNED_BYTES, (double) Footprint.pinned());
    return crowd.streams().settle();
  }
}
