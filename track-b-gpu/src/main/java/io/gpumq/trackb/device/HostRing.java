package io.gpumq.trackb.device;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.ring.ControlBlock;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.ring.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A ring at work on threads of this process. */
final class HostRing implements RunningRing {
  /** Workers look at the stop word at each turn; a loaded machine may not let them for a while. */
  private static final long STOP_MILLIS = 2_000;

  private final SharedFile file;
  private final ControlBlock control;
  private final RingGeometry geometry;
  private final HostMemory memory;
  private final List<Thread> workers = new ArrayList<>();
  private volatile String failure;

  HostRing(SharedFile file, RingGeometry g, HandlerSpec handler, int threads) {
    this.file = file;
    this.control = new ControlBlock(file.control());
    this.geometry = g;
    this.memory = new HostMemory(g);
    if (g.firstSequence() > 0) {
      long empty = g.firstSequence() / g.capacity() << RingLayout.LAP_SHIFT | RingLayout.EMPTY;
      for (int slot = 0; slot < g.capacity(); slot++) {
        Words.setOpaque(memory.states(), slot * Long.BYTES, empty);
      }
    }
    AtomicLong tickets = new AtomicLong(g.firstSequence() / g.chunkSlots());
    for (int i = 0; i < threads; i++) {
      var worker = new HostWorker(file, g, memory, handler.newHostHandler(), tickets);
      Thread thread = new Thread(worker, "gpumq-host-" + i);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((t, e) -> failure = "the host device died: " + e);
      workers.add(thread);
    }
    workers.forEach(Thread::start);
  }

  @Override
  public void read(int area, long firstSequence, int count, int readsOffset) {
    int at = readsOffset;
    for (long sequence = firstSequence; sequence < firstSequence + count; sequence++) {
      file.reads()
          .put(at, memory.segment(sequence), memory.offset(sequence), geometry.strideBytes());
      at += geometry.strideBytes();
    }
  }

  @Override
  public void awaitReads(int area) {}

  @Override
  public String failure() {
    long error = control.error();
    return failure != null ? failure : error == 0 ? null : RingErrors.describe(error);
  }

  @Override
  public void stop() {
    control.requestStop();
    boolean interrupted = false;
    long deadline = System.nanoTime() + STOP_MILLIS * 1_000_000;
    for (Thread worker : workers) {
      // A worker that does not see the stop word sits in its handler: the interrupt ends that.
      long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
      try {
        worker.join(left);
        worker.interrupt();
        worker.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
        worker.interrupt();
      }
      if (worker.isAlive() && !interrupted) {
        throw new TrackFailedException(
            "a handler of the host device does not end, neither by the stop word nor by interrupt");
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
