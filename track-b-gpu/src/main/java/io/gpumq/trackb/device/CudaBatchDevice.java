package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchRunner;
import io.gpumq.trackb.spi.Unused;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs batches on a GPU the usual way: copy in, launch, copy out, wait. Safe for use by many
 * threads; each runner is for one at a time.
 */
final class CudaBatchDevice implements BatchDevice {
  private final CudaContext context;
  private final BatchStreams streams;
  private final Set<CudaBatchRunner> runners = new HashSet<>();
  private boolean closed;

  /**
   * @param ordinal which GPU, from 0
   */
  CudaBatchDevice(int ordinal) {
    context = CudaContext.open(ordinal);
    streams = new BatchStreams(context);
  }

  @Override
  public String name() {
    return Cuda.DEVICE;
  }

  @Override
  public String describe() {
    return context.name();
  }

  /**
   * As declared; pins twice the payloads' size, and takes once their size of VRAM.
   *
   * @throws TrackFailedException if there is no room for it, or the device is closed or has failed
   */
  @Override
  public BatchRunner runner(String handler, int maxPayloadBytes, int capacity) {
    HandlerSpec spec = HandlerSpec.parseForBatches(handler);
    synchronized (runners) {
      if (closed) {
        throw new TrackFailedException("device " + Cuda.DEVICE + " is closed: open another");
      }
      CudaBatchRunner runner = open(spec, maxPayloadBytes, capacity);
      runners.add(runner);
      return runner;
    }
  }

  private CudaBatchRunner open(HandlerSpec handler, int maxPayloadBytes, int capacity) {
    try {
      return openNew(handler, maxPayloadBytes, capacity);
    } catch (ConfigException e) {
      if (!Unused.giveBack()) {
        throw e;
      }
      return openNew(handler, maxPayloadBytes, capacity);
    }
  }

  private CudaBatchRunner openNew(HandlerSpec handler, int maxPayloadBytes, int capacity) {
    return new CudaBatchRunner(
        context, streams, handler, maxPayloadBytes, capacity, this::runnerClosed);
  }

  private void runnerClosed(CudaBatchRunner runner) {
    synchronized (runners) {
      runners.remove(runner);
      if (runners.isEmpty()) {
        streams.giveBackAll();
      }
    }
  }

  /** Waits for the batches at work; the runners fail from then on. */
  @Override
  public void close() {
    List<CudaBatchRunner> open;
    synchronized (runners) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(runners);
    }
    try {
      open.forEach(CudaBatchRunner::close);
    } finally {
      context.close();
    }
  }
}
