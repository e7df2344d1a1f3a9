package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The device host with kernels that change their size as often as they can, and know lulls. */
public final class Elastic extends HostBackendBut {
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger lulls = new AtomicInteger();
  private final Set<RingKernel> kernels = ConcurrentHashMap.newKeySet();
  private final Lull lull = new Lull(() -> {});

  /** How often a kernel took the place of another. */
  public int changes() {
    return changes.get();
  }

  /** Returns how many works were done that were to be done while no kernel runs, and were. */
  public int lulls() {
    return lulls.get();
  }

  /** Asks for a work to be done while no kernel runs. */
  public void askForLull() {
    lull.run(
        () -> {
          kernels.removeIf(RingKernel::hasEnded);
          if (kernels.isEmpty()) {
            lulls.incrementAndGet();
          }
        });
  }

  @Override
  public RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume) {
    changes.decrementAndGet(); // the first is no change
    ElasticKernel.Launcher launcher =
        (from, small) -> {
          changes.incrementAndGet();
          RingKernel kernel = super.launch(file, geometry, handler, memory, from);
          kernels.add(kernel);
          return kernel;
        };
    return lull.start(
        () ->
            new ElasticKernel(
                new ControlBlock(file.control()),
                new CompletedSequences(
                    file.completions(),
                    geometry.capacity(),
                    geometry.ingressSlots(),
                    geometry.firstSequence()),
                resume,
                0,
                launcher,
                lull::ended));
  }
}
