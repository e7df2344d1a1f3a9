package io.gpumq.trackb.isolation;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.ring.RingBackend;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A device whose kernels run in a process of their own: what kills them kills neither the messages
 * nor this process. Safe for use by many threads.
 */
public final class IsolatedDevice implements RingDevice {
  private final RingBackend backend;
  private final Supervisor supervisor;
  private final AtomicInteger rings = new AtomicInteger();

  /**
   * Starts no process before the first ring.
   *
   * @param backend makes the memory; is closed with this device
   * @param plan how device processes are started
   */
  public IsolatedDevice(RingBackend backend, ProcessPlan plan) {
    this.backend = backend;
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

  /** As declared; waits until a device process works on the ring. */
  @Override
  public RunningRing start(
      SharedFile file, RingGeometry geometry, HandlerSpec handler, LongSupplier landed) {
    RingMemory memory = backend.allocate(file, geometry, true);
    IsolatedRing ring;
    try {
      int number = rings.incrementAndGet();
      ring = new IsolatedRing(number, file, geometry, handler, memory, landed, supervisor);
    } catch (Throwable e) {
      Steps.undo(e, memory::close);
      throw e;
    }
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
    new Steps().run(supervisor::close).run(backend::close).finish();
  }
}
