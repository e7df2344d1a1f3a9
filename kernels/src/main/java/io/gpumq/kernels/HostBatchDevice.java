package io.gpumq.kernels;

import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchRunner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs batches on this machine's processors. Its threads are made when a batch is large enough to
 * share, and end when idle. Safe for use by many threads; each runner is for one at a time.
 */
public final class HostBatchDevice implements BatchDevice {
  static final String NAME = "host";

  /** Beyond this many threads a batch's hand-over costs more than it saves. */
  private static final int MAX_THREADS = 4;

  private static final long IDLE_SECONDS = 10;

  private final int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());

  /** Grows with the runners that run at once: a part never waits for another runner's. */
  private final ExecutorService helpers =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "gpumq-host-batch");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String describe() {
    return "host, " + threads + (threads == 1 ? " thread" : " threads");
  }

  /** As declared, with the batch's payloads in one direct buffer of at most 2 GiB. */
  @Override
  public BatchRunner runner(String handler, int maxPayloadBytes, int capacity) {
    return new HostBatchRunner(
        HandlerSpec.parseForBatches(handler), maxPayloadBytes, capacity, helpers, threads);
  }

  /** Interrupts the threads at work; the runners fail from then on. */
  @Override
  public void close() {
    helpers.shutdownNow();
  }
}
