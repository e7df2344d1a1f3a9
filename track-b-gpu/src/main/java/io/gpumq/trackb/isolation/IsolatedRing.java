package io.gpumq.trackb.isolation;

import io.gpumq.api.GpuMqException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Recovery;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.Vram;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A ring whose memory is here, and whose kernel is in a device process, whichever that is. */
final class IsolatedRing implements Carrier {
  /** How far the device process that is in charge has come with it. */
  enum Phase {
    /** Nothing works on it. */
    IDLE,
    /** The process was asked to launch it. */
    ASKED,
    /** A kernel works on it. */
    RUNNING,
    /** The kernel was asked to end. */
    ENDING
  }

  private final int number;
  private final RingFile file;
  private final RingShape shape;
  private final HandlerSpec handler;
  private final Command.Memory store;
  private final HostSide host;
  private final Recovery recovery;
  private final Control control;
  private final Supervisor supervisor;

  /** Complete when a kernel has worked on it for the first time, or could not. */
  final CompletableFuture<Void> started = new CompletableFuture<>();

  /** Complete when no kernel works on it any more, for good. */
  final CompletableFuture<Void> stopped = new CompletableFuture<>();

  // Written by the supervisor's thread alone.
  private volatile String failure;
  private volatile long epoch;
  private volatile Phase phase = Phase.IDLE;
  private boolean stopping;
  private long trialEnd = Resume.NEVER;
  private long completed;

  /** With device processes that cannot open or launch it. */
  private final Patience patience = new Patience();

  private long pausedUntilNanos = System.nanoTime();

  /**
   * @param vram of the track, shared
   */
  IsolatedRing(
      int number,
      RingFile file,
      RingShape shape,
      HandlerSpec handler,
      Vram vram,
      HostSide host,
      Supervisor supervisor) {
    this.number = number;
    this.file = file;
    this.shape = shape;
    this.handler = handler;
    this.store = new Command.Memory(vram.handle(), vram.bytes());
    this.host = host;
    this.recovery = new Recovery(file, shape, vram, host::landed);
    this.control = new Control(file.control());
    this.supervisor = supervisor;
  }

  // ---- for the track

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public boolean isAway() {
    return phase == Phase.IDLE;
  }

  @Override
  public String hung(String why, long seenIn) {
    supervisor.hung(this, why, seenIn);
    return null;
  }

  @Override
  public void stop() {
    supervisor.stop(this);
  }

  // ---- for the supervisor's thread

  int number() {
    return number;
  }

  Phase phase() {
    return phase;
  }

  boolean isStopping() {
    return stopping;
  }

  void askedToStop() {
    stopping = true;
  }

  boolean hasFailed() {
    return failure != null;
  }

  Command open() {
    return new Command.Open(number, file.path(), shape, store, handler.text());
  }

  /** Whether messages are to be handled one at a time, before anything else is. */
  boolean needsTrial() {
    return trialEnd != Resume.NEVER;
  }

  Command launch() {
    control.clearStop(); // set for the last kernel, by its owner, or by a change of its size
    Command launch = new Command.Launch(number, recovery.resume(trialEnd));
    phase = Phase.ASKED;
    return launch;
  }

  void launched() {
    if (phase == Phase.ASKED) {
      phase = Phase.RUNNING;
      epoch++;
      patience.renew();
    }
    started.complete(null);
  }

  Command end() {
    phase = Phase.ENDING;
    return new Command.Stop(number);
  }

  /** The kernel has ended: by its process's end, or as it was told to. */
  void idle() {
    phase = Phase.IDLE;
    epoch++;
  }

  void trialPassed() {
    trialEnd = Resume.NEVER;
  }

  Recovery.Remains remains() {
    return recovery.remains();
  }

  /** At least up to here, messages are to be handled one at a time. */
  void tryTo(long end) {
    trialEnd = needsTrial() ? Math.max(trialEnd, end) : end;
  }

  int maxTries() {
    return shape.maxTries();
  }

  void condemn(long sequence, String why) {
    host.condemned(sequence, why);
  }

  /** Whether messages were completed since it was asked last. */
  boolean hasProgressed() {
    long now = recovery.completed();
    boolean more = now > completed;
    completed = now;
    return more;
  }

  /** Whether nothing is published that is not completed. */
  boolean isDone() {
    return recovery.completed() >= control.acquireHead();
  }

  /** What a kernel found broken, or {@code null}. */
  String brokenness() {
    long error = control.error();
    return error == 0 ? null : RingErrors.describe(error);
  }

  /** Whether a kernel has worked on it. */
  boolean wasStarted() {
    return started.isDone() && !started.isCompletedExceptionally();
  }

  /**
   * No process shall work on it any more.
   *
   * @param why what its queue's users hear
   */
  void fail(String why) {
    fail(new TrackFailedException(why));
  }

  /** As {@link #fail(String)}; if it was never started, that fails with the cause. */
  void fail(GpuMqException cause) {
    if (failure == null) {
      failure = cause.getMessage();
    }
    started.completeExceptionally(cause);
  }

  /**
   * The process at work cannot open or launch it.
   *
   * @return how long to leave it alone before the next try, in milliseconds, or -1 if that was the
   *     last
   */
  long refused() {
    if (phase != Phase.IDLE) {
      idle();
    }
    patience.tried();
    if (patience.isOver()) {
      return -1;
    }
    pausedUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience.backoffMillis());
    return patience.backoffMillis();
  }

  /** Whether it is left alone for a while after a refusal. */
  boolean isPausing() {
    return System.nanoTime() - pausedUntilNanos < 0;
  }
}
