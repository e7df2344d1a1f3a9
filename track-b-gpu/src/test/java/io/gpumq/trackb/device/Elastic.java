package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.MountedRing;
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
  protected RingKernel launch(
      MountedRing ring, RingFile file, RingShape shape, HandlerSpec handler, Resume resume) {
    changes.decrementAndGet(); // the first is no change
    ElasticKernel.Launcher launcher =
        (from, small) -> {
          changes.incrementAndGet();
          RingKernel kernel = super.launch(ring, file, shape, handler, from);
          kernels.add(kernel);
          return kernel;
        };
    return lull.start(
        () ->
            new ElasticKernel(
                new Control(file.control()),
                new CompletedSequences(file.completions(), shape.slots()),
                resume,
                0,
                launcher,
                lull::ended));
  }
}
