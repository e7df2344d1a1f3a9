package io.gpumq.trackb.isolation;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.Vram;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device whose kernels run in a process of their own: what kills them kills neither the entries
 * nor this process. Safe for use by many threads.
 */
public final class IsolatedDevice implements Device {
  private final Backend backend;
  private final Vram vram;
  private final Supervisor supervisor;
  private final AtomicInteger rings = new AtomicInteger();

  /**
   * Starts no process before the first ring.
   *
   * @param backend is closed with this device, as is {@code vram}
   * @param vram from that backend, shared
   * @param plan how device processes are started
   */
  public IsolatedDevice(Backend backend, Vram vram, ProcessPlan plan) {
    this.backend = backend;
    this.vram = vram;
    this.supervisor = new Supervisor(plan, backend);
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String describe() {
    return backend.describe() + ", in a device process";
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
  public void expect(int more) {
    supervisor.expect(more);
  }

  /** As declared; waits until a device process works on the ring. */
  @Override
  public Carrier start(RingFile file, RingShape shape, HandlerSpec handler, HostSide host) {
    int number = rings.incrementAndGet();
    IsolatedRing ring = new IsolatedRing(number, file, shape, handler, vram, host, supervisor);
    try {
      supervisor.start(ring);
      return ring;
    } catch (Throwable e) {
      Steps.undo(e, ring::stop);
      throw e;
    }
  }

  /** The process that works on the rings now, or 0 while there is none. */
  public long pid() {
    return supervisor.pid();
  }

  @Override
  public void close() {
    new Steps().run(supervisor::close).run(vram::close).run(backend::close).finish();
  }
}
