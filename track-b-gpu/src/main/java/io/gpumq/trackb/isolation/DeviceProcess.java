package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import io.gpumq.spi.Processes;
import io.gpumq.spi.Steps;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One device process as its owner sees it: commands go out, answers and at last the end come in.
 * Safe for use by many threads.
 */
final class DeviceProcess {
  /** Told by a thread of the process's own, the end last and once. */
  interface Listener {
    void answered(DeviceProcess process, Answer answer);

    /** The process is gone: it touches no memory any more. */
    void died(DeviceProcess process);
  }

  private static final Log LOG = Log.of(DeviceProcess.class);
  private static final long END_MILLIS = 2_000;

  /** How soon the end is told again that could not be told. */
  private static final long AGAIN_NANOS = 10_000_000;

  /** A process that a signal ended exits with its number and this. */
  private static final int SIGNALLED = 128;

  /** Hang-up, interrupt, kill, terminate: sent by somebody, not caused by what a process does. */
  private static final Set<Integer> SENT = Set.of(1, 2, 9, 15);

  private final Process process;
  private final Wire.Invitation invitation;
  private final int room;
  private final long startNanos = System.nanoTime();
  private final Listener listener;
  private final Prints prints;
  private final Thread readsPrints;

  /** Complete when the process has come, or is gone without. */
  private final CompletableFuture<Wire> wire = new CompletableFuture<>();

  /** Writes commands: a process that does not read them must not hold up its owner. */
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> thread("gpumq-device-commands", task));

  /** Rings that it was told to open, and those of them that it has; for the supervisor's thread. */
  private final Set<Integer> told = new HashSet<>();

  private final Set<Integer> open = new HashSet<>();

  // Told by the process, or done to it; the first of each counts.
  private volatile Answer.Fault fault;
  private volatile String refusal;
  private volatile String killedFor;
  private volatile boolean hung;
  private volatile boolean ready;
  private String hangs;

  private DeviceProcess(Process process, Wire.Invitation invitation, int room, Listener listener) {
    this.process = process;
    this.invitation = invitation;
    this.room = room;
    this.listener = listener;
    prints = new Prints(process);
    readsPrints = thread("gpumq-device-prints", prints::read);
  }

  /**
   * Starts one.
   *
   * @param room rings that it can work on at once
   * @param environment variables over those that it gets of this process
   * @throws IOException if the system does not let it; then nothing of it is left
   */
  static DeviceProcess start(
      ProcessPlan plan, int room, Map<String, String> environment, Listener listener)
      throws IOException {
    var invitation = new Wire.Invitation();
    Process process = null;
    DeviceProcess started = null;
    try {
      process = Processes.start(Launcher.builder(plan, invitation.address(), environment));
      started = new DeviceProcess(process, invitation, room, listener);
      started.startThreads();
      return started;
    } catch (Throwable e) {
      if (process != null) {
        process.destroyForcibly(); // the thread for its prints ends with it
      }
      if (started != null) {
        started.writer.shutdownNow();
      }
      invitation.close();
      throw e;
    }
  }

  /** The thread for answers is the last, since it tells of the end. */
  private void startThreads() {
    writer.prestartCoreThread();
    readsPrints.start();
    // It may have gone before it came; its exit is told as a failure where no thread can tell it.
    process.onExit().whenComplete((exit, failure) -> invitation.close());
    thread("gpumq-device-answers", this::readAnswers).start();
  }

  private static Thread thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  long pid() {
    return process.pid();
  }

  /** Rings that it can work on at once. */
  int room() {
    return room;
  }

  /**
   * Opens a ring there, if it was not yet; returns whether it was told to now. For the supervisor's
   * thread.
   */
  boolean open(IsolatedRing ring) {
    if (told.contains(ring.number())) {
      return false;
    }
    send(ring.open());
    return told.add(ring.number());
  }

  /** Whether it was told to open a ring, and has not. For the supervisor's thread. */
  boolean owes(IsolatedRing ring) {
    return told.contains(ring.number()) && !open.contains(ring.number());
  }

  /** It has opened a ring. For the supervisor's thread. */
  void hasOpened(int ring) {
    if (told.contains(ring)) { // else it was closed meanwhile
      open.add(ring);
    }
  }

  /** Closes a ring there, if it was told to open it. For the supervisor's thread. */
  void close(IsolatedRing ring) {
    open.remove(ring.number());
    if (told.remove(ring.number())) {
      send(new Command.Close(ring.number()));
    }
  }

  /** Whether it has a ring open. For the supervisor's thread. */
  boolean hasOpen(IsolatedRing ring) {
    return open.contains(ring.number());
  }

  /** Whether it is ready, and has opened all that it was told to. For the supervisor's thread. */
  boolean hasOpenAll() {
    return ready && open.containsAll(told);
  }

  /** How long ago it was started. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Whether it has said that its device is open. */
  boolean isReady() {
    return ready;
  }

  /** Asks for something. Of a process that has died nobody hears it; its end is told apart. */
  void send(Command command) {
    write(to -> Lines.write(to.output(), command.words()));
  }

  private interface Write {
    void to(Wire wire) throws IOException;
  }

  private void write(Write what) {
    try {
      writer.execute(
          () -> {
            try {
              what.to(wire.join());
            } catch (IOException | CompletionException e) {
              LOG.debug("device process " + pid() + " does not hear", e);
            } catch (RuntimeException | Error e) {
              kill("it missed a command", e); // its owner would wait for what it does then
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("device process " + pid() + " has ended", e);
    }
  }

  private void readAnswers() {
    try (Wire accepted = invitation.accept()) {
      readAnswers(accepted);
    } catch (ClosedChannelException e) {
      LOG.debug("device process " + pid() + " has ended before it came", e);
    } catch (IOException | RuntimeException | Error e) {
      kill("it does not speak as a device process does", e);
    } finally {
      awaitEnd();
      new Steps()
          .run(() -> wire.completeExceptionally(new IOException("it has ended")))
          .run(writer::shutdownNow);
      tellOfEnd();
    }
  }

  /** Kills it before the wire ends: the end of its commands it would take for its owner's. */
  private void readAnswers(Wire accepted) {
    try {
      wire.complete(accepted);
      for (List<String> line; (line = Lines.read(accepted.input())) != null; ) {
        Answer answer = Answer.parse(line);
        note(answer);
        listener.answered(this, answer);
      }
    } catch (IOException | RuntimeException | Error e) {
      kill("it does not speak as a device process does", e);
    }
  }

  /** Until it is heard, such as when there is memory again: its owner would wait for ever. */
  private void tellOfEnd() {
    while (true) {
      try {
        listener.died(this);
        return;
      } catch (RuntimeException | Error e) {
        LOG.debug("the end of a device process could not be told yet", e);
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        readsPrints.join(END_MILLIS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(Answer answer) {
    if (answer instanceof Answer.Ready) {
      ready = true;
    } else if (answer instanceof Answer.Fault said) {
      fault = said;
    } else if (answer instanceof Answer.Refused said) {
      refusal = said.why();
    }
  }

  /** Ends it at once, since a handler hangs. */
  void killHung(String why) {
    hung = true;
    kill(why);
  }

  /** What seems to hang in it, or {@code null}; written by the supervisor's thread alone. */
  String hangs() {
    return hangs;
  }

  void seemsToHang(String why) {
    hangs = why;
  }

  /** Ends it at once, also where there is no memory to say why. */
  private void kill(String why, Throwable e) {
    String all = why;
    try {
      all = why + ": " + e;
    } finally {
      kill(all);
    }
  }

  /** Ends it at once. */
  synchronized void kill(String why) {
    if (killedFor == null) {
      killedFor = why;
    }
    process.destroyForcibly();
  }

  /** It hears no more: it ends by itself. */
  void endCommands() {
    write(Wire::endOutput);
  }

  /** Lets it end by itself, and sees to it that it does. */
  void end() {
    endCommands();
    try {
      if (process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill("it does not end by itself");
  }

  /**
   * Whether it died of what it ran: not by a signal from outside, nor by its owner's will. Once it
   * has ended, or told of a fault.
   */
  boolean diedOfItsWork() {
    if (hung || killedFor != null) {
      return hung;
    }
    return fault != null || !SENT.contains(process.exitValue() - SIGNALLED);
  }

  /** How it ended, in words, once it has, or has told of a fault. */
  String obituary() {
    if (killedFor != null) {
      return killedFor;
    }
    if (fault != null) {
      return fault.why();
    }
    int exit = process.exitValue();
    String how =
        exit > SIGNALLED ? "killed by signal " + (exit - SIGNALLED) : "exited with " + exit;
    return "device process "
        + pid()
        + " was gone, "
        + how
        + (refusal != null ? "; it refused: " + refusal : "")
        + prints.last();
  }
}
