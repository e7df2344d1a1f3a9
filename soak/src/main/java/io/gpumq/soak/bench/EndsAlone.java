package io.gpumq.soak.bench;

import io.gpumq.soak.workload.Block;
import io.gpumq.soak.workload.Tally;
import java.time.Duration;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Supplier;

/**
 * What a plan's producers and consumers manage on this machine with no queue between them: as many
 * threads write and check the same messages, each in a megabyte of its own. A queue cannot be seen
 * to carry more than the slower of the two.
 *
 * @param writtenPerSecond messages of all producers
 * @param verifiedPerSecond messages of all consumers
 */
public record EndsAlone(double writtenPerSecond, double verifiedPerSecond) {
  /** Time that a thread gave to its work, and what it did. */
  private static final class Share {
    private long nanos;
    private long messages;

    void add(long since, int count) {
      nanos += System.nanoTime() - since;
      messages += count;
    }

    double perSecond() {
      return messages / (Math.max(1, nanos) / 1e9);
    }
  }

  /** One lap of a thread over its block. */
  @FunctionalInterface
  private interface Lap {
    void run(Block block, Share share);
  }

  /**
   * Measures both at once.
   *
   * @param plan whose producers and consumers stand alone
   * @param blocks makes one for each thread
   * @throws IllegalStateException if a message is not what was written
   */
  public static EndsAlone measure(
      BenchPlan plan, Supplier<Block> blocks, Duration warmup, Duration measured)
      throws InterruptedException {
    var written = new DoubleAdder();
    var verified = new DoubleAdder();
    long from = System.nanoTime() + warmup.toNanos();
    long until = from + measured.toNanos();
    try (var crew = new Crew()) {
      for (int i = 0; i < plan.producers(); i++) {
        Block block = blocks.get();
        crew.start(
            "writer-" + i, () -> written.add(rate(crew, block, EndsAlone::write, from, until)));
      }
      for (int i = 0; i < plan.consumers(); i++) {
        Block block = blocks.get();
        crew.start(
            "verifier-" + i,
            () -> {
              verified.add(rate(crew, block, EndsAlone::verify, from, until));
              requireClean(block.settle());
            });
      }
      crew.join();
    }
    return new EndsAlone(written.sum(), verified.sum());
  }

  /** Laps until the time is over, one at least; counts those that begin after the warm-up. */
  private static double rate(Crew crew, Block block, Lap lap, long fromNanos, long untilNanos) {
    var warm = new Share();
    var counted = new Share();
    long now;
    do {
      now = System.nanoTime();
      lap.run(block, now - fromNanos < 0 ? warm : counted);
    } while ((System.nanoTime() - untilNanos < 0 || counted.messages == 0) && !crew.stopping());
    return counted.perSecond();
  }

  private static void write(Block block, Share share) {
    long start = System.nanoTime();
    block.write();
    share.add(start, block.messages());
  }

  /** The clock stands while the messages are made. */
  private static void verify(Block block, Share share) {
    block.write();
    block.handle();
    long start = System.nanoTime();
    block.check();
    share.add(start, block.messages());
  }

  private static void requireClean(Tally tally) {
    if (!tally.clean()) {
      throw new IllegalStateException(
          "verifiers without a queue: " + tally.verdict() + " " + tally.problems());
    }
  }
}
