package io.gpumq.soak.suite;

import io.gpumq.soak.workload.Tally;
import io.gpumq.spi.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One process that was started for one message, with the Java, class path and options of this one.
 *
 * @param nanos from before its start until it had said what became of the message
 * @param tally of the message
 */
record FreshStart(long nanos, Tally tally) {
  private static final int TIMES = 5;

  /** What a process that starts beside this one must not share with it, or would show. */
  private static final List<String> NOT_FOR_IT =
      List.of("-agent", "-javaagent", "-Dgpumq.progress", "-XX:DumpLoadedClassList");

  /**
   * Starts one process after another.
   *
   * @param patience after which one that says nothing is ended
   * @throws IllegalStateException if one fails; the message has what it said
   */
  static List<FreshStart> measure(
      String track, String device, Map<String, String> settings, int seed, Duration patience)
      throws InterruptedException {
    List<String> command = command(track, device, settings, seed);
    var starts = new ArrayList<FreshStart>();
    for (int i = 0; i < TIMES; i++) {
      starts.add(once(command, patience));
    }
    return starts;
  }

  private static List<String> command(
      String track, String device, Map<String, String> settings, int seed) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (NOT_FOR_IT.stream().noneMatch(option::startsWith)) {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FirstMessage.class.getName(), track, device, Integer.toString(seed)));
    settings.forEach((key, value) -> command.add(key + "=" + value));
    return command;
  }

  private static FreshStart once(List<String> command, Duration patience)
      throws InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    long start = System.nanoTime();
    try {
      Process process = Processes.start(builder);
      Executor later = CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS);
      var end = CompletableFuture.runAsync(process::destroyForcibly, later);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        return read(out, start, process);
      } finally {
        end.cancel(false);
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("starting a process: " + command.get(0), e);
    }
  }

  private static FreshStart read(BufferedReader out, long start, Process process)
      throws IOException, InterruptedException {
    var said = new StringBuilder();
    FreshStart found = null;
    // To its very end, so that the next process finds nothing of this one.
    for (String line; (line = out.readLine()) != null; ) {
      if (line.startsWith(FirstMessage.MARK)) {
        found = new FreshStart(System.nanoTime() - start, tally(line));
      } else {
        said.append(line).append('\n');
      }
    }
    int code = process.waitFor();
    if (found == null || code != 0) {
      throw new IllegalStateException(
          "a fresh process ended with " + code + " before its message was through:\n" + said);
    }
    return found;
  }

  private static Tally tally(String line) {
    String[] counts = line.substring(FirstMessage.MARK.length()).split(" ");
    long[] bad = Arrays.stream(counts).mapToLong(Long::parseLong).toArray();
    return new Tally(1, 1 - bad[0], bad[0], bad[1], bad[2], bad[3], 0, List.of());
  }
}
