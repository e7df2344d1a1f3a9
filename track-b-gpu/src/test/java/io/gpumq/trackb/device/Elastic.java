package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import java.util.concurrent.atomic.AtomicInteger;

/** The device host with kernels that change their size as often as they can. */
public final class Elastic implements RingBackend {
  private final HostBackend host = new HostBackend();
  private final AtomicInteger changes = new AtomicInteger();

  /** How often a kernel took the place of another. */
  public int changes() {
    return changes.get();
  }

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
    changes.decrementAndGet(); // the first is no change
    return new ElasticKernel(
        file,
        geometry,
        resume,
        0,
        (from, small) -> {
          changes.incrementAndGet();
          return host.launch(file, geometry, handler, memory, from);
        },
        () -> {});
  }

  @Override
  public void close() {
    host.close();
  }
}
