package io.gpumq.trackb.device;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Vram;
import java.util.Map;

/** The device {@code host}: threads over the same layout and the same slot states. */
public final class HostBackend implements Backend {
  /** The name that users write. */
  public static final String DEVICE = "host";

  private static final int MAX_THREADS = 4;

  /** Of a machine without a GPU: for tests, and for trying things out. */
  private static final long USUAL_BYTES = 256L << 20;

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
  public long usualBytes() {
    return Math.min(USUAL_BYTES, freeBytes() / 4);
  }

  /** What this process may have outside its heap. */
  @Override
  public long freeBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public Vram allocate(long bytes, boolean shared) {
    return shared ? HostVram.shared(bytes) : HostVram.inProcess(bytes);
  }

  @Override
  public Vram open(String handle, long bytes) {
    return HostVram.open(handle, bytes);
  }

  @Override
  public MountedRing mount(RingFile file, RingShape shape, Vram vram) {
    return new HostRing(file, shape, (HostVram) vram, threads);
  }

  @Override
  public void close() {}
}
