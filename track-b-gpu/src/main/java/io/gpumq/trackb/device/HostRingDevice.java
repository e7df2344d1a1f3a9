package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;

/**
 * The device {@code host}: threads of this process over the same layout and the same slot states.
 */
public final class HostRingDevice implements RingDevice {
  private static final int MAX_THREADS = 4;

  private final int threads =
      Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / 2));

  @Override
  public String name() {
    return "host";
  }

  @Override
  public String describe() {
    return threads + (threads == 1 ? " thread" : " threads") + " of this process (no GPU)";
  }

  @Override
  public boolean hasExpress() {
    return false;
  }

  @Override
  public RunningRing start(SharedFile file, RingGeometry geometry, HandlerSpec handler) {
    return new HostRing(file, geometry, handler, threads);
  }

  @Override
  public void close() {}
}
