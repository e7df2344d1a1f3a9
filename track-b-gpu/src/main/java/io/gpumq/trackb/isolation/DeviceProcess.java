package io.gpumq.trackb.isolation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

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

  private static final System.Logger LOG = System.getLogger(DeviceProcess.class.getName());
  private static final int KEPT_LINES = 8;
  private static final int MOST_LINE = 500;
  private static final long END_MILLIS = 2_000;

  /** A process that a signal ended exits with its number and this. */
  private static final int SIGNALLED = 128;

  /** Hang-up, interrupt, kill, terminate: sent by somebody, not caused by what a process does. */
  private static final Set<Integer> SENT = Set.of(1, 2, 9, 15);

  /** The Java virtual machine of a process that makes no garbage to speak of. */
  private static final List<String> MACHINE =
      List.of("-Xshare:auto", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx128m");

  private final Process process;
  private final int room;
  private final long startNanos = System.nanoTime();
  private final Listener listener;
  private final Thread errors;

  /** Writes commands: a process that does not read them must not hold up its owner. */
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(task -> thread("gpumq-device-commands", task));

  private final ArrayDeque<String> lastLines = new ArrayDeque<>();
  private final Set<Integer> opened = new HashSet<>();

  // Told by the process, or done to it; the first of each counts.
  private volatile Answer.Fault fault;
  private volatile String refusal;
  private volatile String killedFor;
  private volatile boolean hung;
  private volatile boolean ready;
  private String hangs;

  private DeviceProcess(Process process, int room, Listener listener) {
    this.process = process;
    this.room = room;
    this.listener = listener;
    errors = thread("gpumq-device-errors", this::readErrors);
  }

  /**
   * Starts one.
   *
   * @param room rings that it can work on at once
   * @param environment variables over those of this process
   * @throws IOException if the system does not let it
   */
  static DeviceProcess start(
      ProcessPlan plan, int room, Map<String, String> environment, Listener listener)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add(DeviceProcesses.mark());
    command.addAll(MACHINE);
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(inherited());
    command.addAll(plan.machine());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DeviceMain.class.getName());
    command.add(plan.device());
    new TreeMap<>(plan.settings()).forEach((key, value) -> command.add(key + "=" + value));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    var started = new DeviceProcess(builder.start(), room, listener);
    started.errors.start();
    thread("gpumq-device-answers", started::readAnswers).start();
    return started;
  }

  /** Options of this virtual machine that one beside it needs, too. */
  private static List<String> inherited() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            option ->
                option.startsWith("-Djava.library.path=")
                    || option.startsWith("-XX:SharedArchiveFile="))
        .toList();
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

  /** Opens a ring there, if it was not yet. For the supervisor's thread. */
  void open(IsolatedRing ring) {
    if (opened.add(ring.number())) {
      send(ring.open());
    }
  }

  /** Closes a ring there, if it was opened. For the supervisor's thread. */
  void close(IsolatedRing ring) {
    if (opened.remove(ring.number())) {
      send(new Command.Close(ring.number()));
    }
  }

  /** Whether it was told to open a ring. For the supervisor's thread. */
  boolean hasOpen(IsolatedRing ring) {
    return opened.contains(ring.number());
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
    write(() -> Lines.write(process.getOutputStream(), command.words()));
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write what) {
    try {
      writer.execute(
          () -> {
            try {
              what.run();
            } catch (IOException e) {
              LOG.log(Level.DEBUG, "device process " + pid() + " does not hear", e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "device process " + pid() + " has ended", e);
    }
  }

  private void readAnswers() {
    try (InputStream answers = process.getInputStream()) {
      for (List<String> line; (line = Lines.read(answers)) != null; ) {
        Answer answer = Answer.parse(line);
        note(answer);
        listener.answered(this, answer);
      }
    } catch (IOException e) {
      kill("it does not speak as a device process does: " + e.getMessage());
    }
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        errors.join(END_MILLIS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    writer.shutdownNow();
    listener.died(this);
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

  private void readErrors() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        String kept = line.length() <= MOST_LINE ? line : line.substring(0, MOST_LINE) + "...";
        LOG.log(Level.WARNING, "device process {0}: {1}", Long.toString(pid()), kept);
        synchronized (lastLines) {
          lastLines.add(kept);
          if (lastLines.size() > KEPT_LINES) {
            lastLines.remove();
          }
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "device process " + pid() + " says no more", e);
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

  /** Ends it at once. */
  synchronized void kill(String why) {
    if (killedFor == null) {
      killedFor = why;
    }
    process.destroyForcibly();
  }

  /** It hears no more: it ends by itself. */
  void endCommands() {
    write(() -> process.getOutputStream().close());
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
    synchronized (lastLines) {
      return "device process "
          + pid()
          + " was gone, "
          + how
          + (refusal != null ? "; it refused: " + refusal : "")
          + (lastLines.isEmpty() ? "" : "; its last lines: " + String.join(" | ", lastLines));
    }
  }
}
