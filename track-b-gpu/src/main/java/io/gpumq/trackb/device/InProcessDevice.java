package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.spi.Vram;

/** A device in this process: a kernel that dies takes the device with it. */
public final class InProcessDevice implements Device {
  private final Backend backend;
  private final Vram vram;

  /**
   * @param backend is closed with this device, as is {@code vram}
   * @param vram from that backend
   */
  public InProcessDevice(Backend backend, Vram vram) {
    this.backend = backend;
    this.vram = vram;
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
  public Vram vram() {
    return vram;
  }

  @Override
  public Carrier start(RingFile file, RingShape shape, HandlerSpec handler, HostSide host) {
    MountedRing ring = backend.mount(file, shape, vram);
    try {
      return new Local(ring, ring.launch(handler, Resume.fresh(0)));
    } catch (Throwable e) {
      Steps.undo(e, ring::close);
      throw e;
    }
  }

  @Override
  public void close() {
    new Steps().run(vram::close).run(backend::close).finish();
  }

  private record Local(MountedRing ring, RingKernel kernel) implements Carrier {
    @Override
    public String failure() {
      return kernel.failure();
    }

    @Override
    public void stop() {
      kernel.stop();
      ring.close();
    }
  }
}
