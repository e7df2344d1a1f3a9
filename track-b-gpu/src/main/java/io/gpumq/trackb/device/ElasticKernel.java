package io.gpumq.trackb.device;

import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.function.Consumer;

/**
 * A kernel that is as large as its ring is busy: at full size under load, at its smallest while
 * little or nothing is sent. It changes by ending, and going on where it ended. Messages under way
 * are completed first, and none is lost or done twice, as when a device dies.
 *
 * <p>In a {@link Lull} it ends, and goes on where it ended, in the same way.
 *
 * <p>It looks at the ring when it is asked for its failure, which happens all the time. Load is
 * either many new messages from one look to the next, or messages that wait for longer than that. A
 * slow handler needs the second rule: a small kernel that holds its producers up sees few new
 * messages, since they come no faster than it works.
 */
final class ElasticKernel implements RingKernel, Lull.Kernel {
  /** The time from one look to the next, at least; so the rules do not depend on who asks. */
  static final long LOOK_NANOS = 5_000_000;

  /** So many new messages between two looks are load. */
  private static final int BUSY = 256;

  /** A small kernel, which has eight warps, works on at least so many messages at once. */
  static final int AT_ONCE = 8;

  /** In so many looks, one behind the other, messages must wait: one pause is no load. */
  static final int WAITING_LOOKS = 4;

  /** A kernel without a long handler ends sooner. */
  private static final long PROMPT_NANOS = 2_000_000;

  /** Starts a kernel of one of two sizes. */
  @FunctionalInterface
  interface Launcher {
    RingKernel launch(Resume resume, boolean small);
  }

  private final Control control;
  private final CompletedSequences completed;
  private final long idleNanos;
  private final Launcher launcher;
  private final Consumer<? super ElasticKernel> onEnd;

  private RingKernel kernel;
  private boolean small;

  /** It was told to end, and the next is to be {@link #nextSmall} or not. */
  private boolean changing;

  private boolean nextSmall;
  private boolean paused;
  private boolean stopping;
  private boolean ended;
  private String broken;
  private long head;
  private int waitingLooks;
  private long busyNanos = System.nanoTime();
  private long lookNanos = busyNanos;

  /**
   * Starts at full size.
   *
   * @param idleNanos how long there is no load before it becomes small
   * @param onEnd run once when it has ended for good
   */
  ElasticKernel(
      Control control,
      CompletedSequences completed,
      Resume resume,
      long idleNanos,
      Launcher launcher,
      Consumer<? super ElasticKernel> onEnd) {
    this.control = control;
    this.completed = completed;
    this.idleNanos = idleNanos;
    this.launcher = launcher;
    this.onEnd = onEnd;
    this.head = control.acquireHead();
    kernel = launcher.launch(resume, false);
  }

  @Override
  public synchronized String failure() {
    if (!paused) {
      unlessItBreaks(() -> look(System.nanoTime()));
    }
    return broken != null ? broken : kernel.failure();
  }

  /** An error, too, is told as this ring's failure: whoever looks after all rings goes on. */
  private void unlessItBreaks(Runnable step) {
    try {
      if (!stopping && broken == null) {
        step.run();
      }
    } catch (Throwable e) {
      broken = "the kernel could not be started again: " + e;
    }
  }

  @Override
  public synchronized boolean diedWithAll() {
    return kernel.diedWithAll();
  }

  /** Looks at the ring, if the last look is long enough ago. */
  synchronized void look(long now) {
    if (changing) {
      change();
    } else if (now - lookNanos >= LOOK_NANOS) {
      lookNanos = now;
      decide(now);
    }
  }

  private void decide(long now) {
    boolean busy = isBusy();
    if (busy) {
      busyNanos = now;
    }
    if (small ? busy : now - busyNanos > idleNanos && completed.all(head)) {
      endFor(!small);
      // Mostly it ends at once: a message that is sent meanwhile need not wait for the next look.
      long asked = System.nanoTime();
      while (changing && System.nanoTime() - asked < PROMPT_NANOS) {
        change();
        Thread.yield();
      }
    }
  }

  private boolean isBusy() {
    long before = head;
    head = control.acquireHead();
    if (head - before >= BUSY) {
      return true;
    }
    // Those below `before` have waited since the last look.
    boolean wait = completed.missingBelow(before, head) > AT_ONCE;
    waitingLooks = wait ? waitingLooks + 1 : 0;
    return waitingLooks >= WAITING_LOOKS;
  }

  private void endFor(boolean nextSmall) {
    this.nextSmall = nextSmall;
    changing = true;
    control.requestStop();
  }

  private void change() {
    if (kernel.hasEnded()) {
      control.clearStop();
      kernel = launcher.launch(completed.resume(control.acquireHead()), nextSmall);
      small = nextSmall;
      changing = false;
      waitingLooks = 0;
    }
  }

  @Override
  public synchronized void pause() {
    paused = true;
    if (!changing && !stopping) {
      endFor(small);
    }
  }

  @Override
  public synchronized boolean isPaused() {
    return kernel.hasEnded();
  }

  @Override
  public synchronized void resume() {
    paused = false;
    unlessItBreaks(this::change);
  }

  @Override
  public synchronized boolean hasEnded() {
    if (stopping && !ended && kernel.hasEnded()) {
      ended = true;
      onEnd.accept(this);
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
