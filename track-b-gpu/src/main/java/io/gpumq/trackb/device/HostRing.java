package io.gpumq.trackb.device;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ring that threads of this process work on.
 *
 * @param threads of one kernel
 */
record HostRing(RingFile file, RingShape shape, HostVram vram, int threads) implements MountedRing {
  @Override
  public RingKernel launch(HandlerSpec handler, Resume resume) {
    AtomicLong tickets = new AtomicLong(resume.first() / shape.ticketSlots());
    return new HostKernel(
        new Control(file.control()),
        resume.isTrial() ? 1 : threads,
        () -> new HostCarrier(file, shape, vram, handler, tickets, resume));
  }

  @Override
  public void close() {}
}
