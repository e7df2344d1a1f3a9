package io.gpumq.trackb.device;

import io.gpumq.trackb.ring.ControlBlock;
import io.gpumq.trackb.ring.Resume;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingKernel;
import io.gpumq.trackb.ring.SharedFile;

/**
 * A kernel that is as large as its ring is busy: at full size under load, at its smallest while
 * little or nothing is sent. It changes by ending, and going on where it ended; what is under way
 * is completed first, and nothing is lost or done twice, as when a device dies. Looks at the ring
 * whenever it is asked for its failure, as it is all the time.
 */
final class ElasticKernel implements RingKernel {
  /** So many messages between two looks are load. */
  private static final int BUSY = 256;

  /** A kernel without a long handler ends sooner. */
  private static final long PROMPT_NANOS = 2_000_000;

  /** Starts a kernel of one of two sizes. */
  @FunctionalInterface
  interface Launcher {
    RingKernel launch(Resume resume, boolean small);
  }

  private final ControlBlock control;
  private final CompletedSequences completed;
  private final long idleNanos;
  private final Launcher launcher;
  private final Runnable onEnd;

  private RingKernel kernel;
  private boolean small;
  private boolean changing;
  private boolean stopping;
  private boolean ended;
  private String broken;
  private long head;
  private long busyNanos = System.nanoTime();

  /**
   * Starts at full size.
   *
   * @param idleNanos how long there is no load before it becomes small
   * @param onEnd run once when it has ended for good
   */
  ElasticKernel(
      SharedFile file,
      RingGeometry g,
      Resume resume,
      long idleNanos,
      Launcher launcher,
      Runnable onEnd) {
    this.control = new ControlBlock(file.control());
    this.completed = new CompletedSequences(file, g);
    this.idleNanos = idleNanos;
    this.launcher = launcher;
    this.onEnd = onEnd;
    this.head = control.acquireHead();
    kernel = launcher.launch(resume, false);
  }

  @Override
  public synchronized String failure() {
    try {
      if (!stopping && broken == null) {
        look(System.nanoTime());
      }
    } catch (RuntimeException e) {
      broken = "the kernel could not change its size: " + e.getMessage();
    }
    return broken != null ? broken : kernel.failure();
  }

  @Override
  public synchronized boolean diedWithAll() {
    return kernel.diedWithAll();
  }

  private void look(long now) {
    long before = head;
    head = control.acquireHead();
    boolean busy = head - before >= BUSY;
    if (busy) {
      busyNanos = now;
    }
    if (changing) {
      change();
    } else if (small ? busy : now - busyNanos > idleNanos && completed.all(head)) {
      changing = true;
      control.requestStop();
      // Mostly it ends at once: what is sent meanwhile need not wait for the next look.
      while (changing && System.nanoTime() - now < PROMPT_NANOS) {
        change();
        Thread.yield();
      }
    }
  }

  private void change() {
    if (kernel.hasEnded()) {
      control.clearStop();
      kernel = launcher.launch(completed.resume(control.acquireHead()), !small);
      small = !small;
      changing = false;
    }
  }

  @Override
  public synchronized boolean hasEnded() {
    if (stopping && !ended && kernel.hasEnded()) {
      ended = true;
      onEnd.run();
    }
    return ended;
  }

  @Override
  public synchronized void requestStop() {
    stopping = true;
    kernel.requestStop();
  }

  /** Waits without the lock: a kernel that dies meanwhile is to be seen. */
  @Override
  public void stop() {
    RingKernel last;
    synchronized (this) {
      stopping = true;
      last = kernel;
    }
    last.stop();
    hasEnded();
  }
}
