package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.spi.Vram;
import java.util.Map;

/** The device host, for tests that change one thing about it. */
public class HostBackendBut implements Backend {
  private final HostBackend host = new HostBackend();

  @Override
  public String name() {
    return host.name();
  }

  @Override
  public String describe() {
    return host.describe();
  }

  @Override
  public boolean hasExpress() {
    return host.hasExpress();
  }

  @Override
  public int mostRings() {
    return host.mostRings();
  }

  @Override
  public Map<String, String> environment(int rings) {
    return host.environment(rings);
  }

  @Override
  public long freeBytes() {
    return host.freeBytes();
  }

  @Override
  public long usualBytes() {
    return host.usualBytes();
  }

  @Override
  public Vram allocate(long bytes, boolean shared) {
    return host.allocate(bytes, shared);
  }

  @Override
  public Vram open(String handle, long bytes) {
    return host.open(handle, bytes);
  }

  @Override
  public MountedRing mount(RingFile file, RingShape shape, Vram vram) {
    MountedRing ring = host.mount(file, shape, vram);
    return new MountedRing() {
      @Override
      public RingKernel launch(HandlerSpec handler, Resume resume) {
        return HostBackendBut.this.launch(ring, file, shape, handler, resume);
      }

      @Override
      public void close() {
        ring.close();
      }
    };
  }

  /** Starts to work on a ring. */
  protected RingKernel launch(
      MountedRing ring, RingFile file, RingShape shape, HandlerSpec handler, Resume resume) {
    return ring.launch(handler, resume);
  }

  @Override
  public void close() {
    host.close();
  }
}
