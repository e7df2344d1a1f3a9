package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.Map;

/** The device host, for tests that change one thing about it. */
public class HostBackendBut implements RingBackend {
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
  public RingMemory allocate(SharedFile file, RingGeometry geometry, boolean shared) {
    return host.allocate(file, geometry, shared);
  }

  @Override
  public RingMemory open(SharedFile file, RingGeometry geometry, String handle) {
    return host.open(file, geometry, handle);
  }

  @Override
  public RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume) {
    return host.launch(file, geometry, handler, memory, resume);
  }

  @Override
  public void close() {
    host.close();
  }
}
