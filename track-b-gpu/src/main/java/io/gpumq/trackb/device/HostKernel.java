package io.gpumq.trackb.device;

import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.spi.RingKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Threads of this process that work on a ring. */
final class HostKernel implements RingKernel {
  /** Workers look at the stop word at each turn; a loaded machine may not let them for a while. */
  private static final long STOP_MILLIS = 2_000;

  private final Control control;
  private final List<Thread> workers = new ArrayList<>();
  private volatile String failure;

  /**
   * @param work makes what each thread does
   */
  HostKernel(Control control, int threads, Supplier<Runnable> work) {
    this.control = control;
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(work.get(), "gpumq-host-" + i);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler((t, e) -> failure = "the host device died: " + e);
      workers.add(thread);
    }
    try {
      workers.forEach(Thread::start);
    } catch (Throwable e) { // no room for one more thread: those that run must not work on
      workers.removeIf(worker -> worker.getState() == Thread.State.NEW);
      Steps.undo(e, this::stop);
      throw e;
    }
  }

  @Override
  public String failure() {
    long error = control.error();
    return failure != null ? failure : error == 0 ? null : RingErrors.describe(error);
  }

  /** Threads die one by one. */
  @Override
  public boolean diedWithAll() {
    return false;
  }

  @Override
  public boolean hasEnded() {
    for (Thread worker : workers) {
      if (worker.isAlive()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void requestStop() {
    control.requestStop();
  }

  @Override
  public void stop() {
    requestStop();
    long deadline = System.nanoTime() + STOP_MILLIS * 1_000_000;
    for (Thread worker : workers) {
      // A worker that does not see the stop word sits in its handler: the interrupt ends that.
      long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
      if (!hasEnded(worker, left)) {
        worker.interrupt();
        if (!hasEnded(worker, STOP_MILLIS)) {
          throw new TrackFailedException(
              "a handler of the host device does not end, neither by the stop word nor by"
                  + " interrupt");
        }
      }
    }
  }

  /** Waits for a thread, also where the caller is interrupted: its memory is about to go. */
  private static boolean hasEnded(Thread worker, long millis) {
    long deadline = System.nanoTime() + millis * 1_000_000;
    boolean interrupted = false;
    while (worker.isAlive() && System.nanoTime() < deadline) {
      try {
        worker.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !worker.isAlive();
  }
}
