package io.gpumq.trackb.ring;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.function.LongSupplier;

/** A device in this process: a kernel that dies takes the device with it. */
public final class LocalDevice implements RingDevice {
  private final RingBackend backend;

  /**
   * @param backend is closed with this device
   */
  public LocalDevice(RingBackend backend) {
    this.backend = backend;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String describe() {
    return backend.describe();
  }

  @Override
  public boolean hasExpress() {
    return backend.hasExpress();
  }

  @Override
  public RunningRing start(
      SharedFile file, RingGeometry geometry, HandlerSpec handler, LongSupplier landed) {
    RingMemory memory = backend.allocate(file, geometry, false);
    try {
      RingKernel kernel =
          backend.launch(file, geometry, handler, memory, Resume.fresh(geometry.firstSequence()));
      return new Ring(memory, kernel);
    } catch (Throwable e) {
      Steps.undo(e, memory::close);
      throw e;
    }
  }

  @Override
  public void close() {
    backend.close();
  }

  private record Ring(RingMemory memory, RingKernel kernel) implements RunningRing {
    @Override
    public void read(int area, long firstSequence, int count, int readsOffset) {
      memory.read(area, firstSequence, count, readsOffset);
    }

    @Override
    public void awaitReads(int area) {
      memory.awaitReads(area);
    }

    @Override
    public String failure() {
      return kernel.failure();
    }

    @Override
    public void stop() {
      kernel.stop();
      memory.close();
    }
  }
}
