package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import java.util.concurrent.atomic.AtomicInteger;

/** The device host with kernels that change their size as often as they can. */
public final class Elastic extends HostBackendBut {
  private final AtomicInteger changes = new AtomicInteger();

  /** How often a kernel took the place of another. */
  public int changes() {
    return changes.get();
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
          return super.launch(file, geometry, handler, memory, from);
        },
        () -> {});
  }
}
