package io.gpumq.soak.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A fixed piece of work for the processor: a chain of multiplications, some 50 ms at 3 GHz, that
 * touches no memory. It takes longer where the clock is lower, where another works on the same
 * core, or where the thread does not run for a while; the last shows as a gap, too. For one thread.
 */
public final class GuardLoop {
  private static final int CHUNKS = 20_000;

  /** Of a chunk: 2.7 µs, the least time between two looks at the clock. */
  private static final int STEPS = 2_000;

  private static final int WARM_UPS = 3;

  /** What the loop calculates, so that the JIT cannot leave it out. */
  private volatile long product;

  private record Pass(long nanos, long gapNanos) {}

  /** Lets the JIT compile the loop. */
  public GuardLoop() {
    for (int i = 0; i < WARM_UPS; i++) {
      pass();
    }
  }

  /**
   * Times the loop on one thread, then on several at once.
   *
   * @param threads 1 or more; more than the machine has cores take longer
   */
  public Reading read(int threads) throws InterruptedException {
    Pass one = pass();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long slowest = 0;
      long gap = one.gapNanos;
      for (Pass pass : atOnce(pool, threads)) {
        slowest = Math.max(slowest, pass.nanos);
        gap = Math.max(gap, pass.gapNanos);
      }
      return new Reading(one.nanos / 1e6, threads, slowest / 1e6, gap / 1e6);
    } finally {
      pool.shutdownNow();
    }
  }

  private List<Pass> atOnce(ExecutorService pool, int threads) throws InterruptedException {
    List<Callable<Pass>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      tasks.add(this::pass);
    }
    var passes = new ArrayList<Pass>();
    for (Future<Pass> future : pool.invokeAll(tasks)) {
      try {
        passes.add(future.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a guard loop failed: " + e.getCause(), e);
      }
    }
    return passes;
  }

  private Pass pass() {
    long start = System.nanoTime();
    var gap = new Gap();
    long x = start;
    for (int i = 0; i < CHUNKS; i++) {
      x = chunk(x);
      gap.look();
    }
    product = x;
    return new Pass(System.nanoTime() - start, gap.longestNanos());
  }

  /** Each step waits for the one before it: no compiler and no processor does two at once. */
  private static long chunk(long seed) {
    long x = seed;
    for (int i = 0; i < STEPS; i++) {
      x = x * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    }
    return x;
  }
}
