package io.gpumq.trackb.isolation;

import io.gpumq.api.GpuMqException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.ring.Recovery;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.RunningRing;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Resume;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A ring whose memory is here, and whose kernel is in a device process, whichever that is. */
final class IsolatedRing implements RunningRing {
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
  private final SharedFile file;
  private final RingGeometry geometry;
  private final HandlerSpec handler;
  private final RingMemory memory;
  private final Recovery recovery;
  private final ControlBlock control;
  private final Supervisor supervisor;

  /** Why messages were condemned, by sequence. */
  private final Map<Long, String> verdicts = new ConcurrentHashMap<>();

  /** Complete when a kernel has worked on it for the first time, or could not. */
  final CompletableFuture<Void> started = new CompletableFuture<>();

  /** Complete when no kernel works on it any more, for good. */
  final CompletableFuture<Void> stopped = new CompletableFuture<>();

  // Written by the supervisor's thread alone.
  private volatile String failure;
  private volatile long epoch;
  private Phase phase = Phase.IDLE;
  private boolean stopping;
  private long trialEnd = Resume.NEVER;
  private long completed;

  /** With device processes that cannot open or launch it. */
  private final Patience patience = new Patience();

  private long pausedUntilNanos = System.nanoTime();

  IsolatedRing(
      int number,
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      LongSupplier landed,
      Supervisor supervisor) {
    this.number = number;
    this.file = file;
    this.geometry = geometry;
    this.handler = handler;
    this.memory = memory;
    this.recovery = new Recovery(file, geometry, memory, landed);
    this.control = new ControlBlock(file.control());
    this.supervisor = supervisor;
  }

  // ---- for the queue

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
    return failure;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public String hung(String why, long seenIn) {
    supervisor.hung(this, why, seenIn);
    return null;
  }

  @Override
  public String verdict(long sequence) {
    return verdicts.get(sequence);
  }

  @Override
  public void forget(long sequence) {
    verdicts.remove(sequence);
  }

  @Override
  public void stop() {
    try {
      supervisor.stop(this);
    } finally {
      memory.close();
    }
  }

  // ---- for the supervisor's thread

  int number() {
    return number;
  }

  /** Rings of its queue, of which this is one. */
  int lanes() {
    return geometry.lanes();
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
    return new Command.Open(number, file.path(), memory.handle(), geometry, handler.text());
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
    return geometry.maxTries();
  }

  void condemn(long sequence, String why) {
    verdicts.put(sequence, why);
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
    return recovery.completed() >= control.acquireHead() - geometry.firstSequence();
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
