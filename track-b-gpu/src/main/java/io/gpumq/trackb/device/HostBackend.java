package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import java.util.Map;

/** The device {@code host}: threads over the same layout and the same slot states. */
public final class HostBackend implements RingBackend {
  /** The name that users write. */
  public static final String DEVICE = "host";

  private static final int MAX_THREADS = 4;

  private final int threads =
      Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / 2));

  @Override
  public String name() {
    return DEVICE;
  }

  @Override
  public String describe() {
    return threads + (threads == 1 ? " thread" : " threads") + " (no GPU)";
  }

  @Override
  public boolean hasExpress() {
    return false;
  }

  @Override
  public int mostRings() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Map<String, String> environment(int rings) {
    return Map.of();
  }

  @Override
  public RingMemory allocate(SharedFile file, RingGeometry geometry, boolean shared) {
    return shared ? HostMemory.shared(file, geometry) : HostMemory.inProcess(file, geometry);
  }

  @Override
  public RingMemory open(SharedFile file, RingGeometry geometry, String handle) {
    return HostMemory.open(file, geometry, handle);
  }

  @Override
  public RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume) {
    int workers = resume.isTrial() ? 1 : threads;
    return new HostKernel(file, geometry, handler, (HostMemory) memory, resume, workers);
  }

  @Override
  public void close() {}
}
