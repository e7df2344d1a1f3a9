package io.gpumq.soak.report;

import io.gpumq.spi.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * What a bench ran on.
 *
 * @param cpu model of the processor
 * @param cores processors that this process may use
 * @param heapBytes most that the heap of this process may take
 * @param shmBytes size of {@code /dev/shm}, where memory is shared with a GPU; 0 where it is not
 * @param gpu name of the first GPU, or null where there is none
 * @param driver version of its driver, or null
 * @param jdk version and maker of the Java runtime
 * @param version of GpuMQ
 * @param commit that GpuMQ was built from, with {@code -dirty} where there were changes
 * @param date and time in UTC, ISO 8601
 */
public record Environment(
    String cpu,
    int cores,
    long heapBytes,
    long shmBytes,
    String gpu,
    String driver,
    String jdk,
    String version,
    String commit,
    String date) {
  private static final int SMI_TIMEOUT_S = 10;
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** Looks around. */
  public static Environment current() {
    String[] gpu = gpuAndDriver();
    Properties build = build();
    return new Environment(
        processor(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        SHARED_MEMORY.toFile().getTotalSpace(),
        gpu[0],
        gpu[1],
        System.getProperty("java.version") + " (" + System.getProperty("java.vm.vendor") + ")",
        build.getProperty("version", "unknown"),
        build.getProperty("commit", "unknown"),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** What the build wrote down: {@code version} and {@code commit}. */
  public static Properties build() {
    var build = new Properties();
    try (InputStream in = Environment.class.getResourceAsStream("/io/gpumq/build.properties")) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      // Unknown, then: no reason to lose a result.
    }
    return build;
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(() -> System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** Name and driver as nvidia-smi, which comes with every driver, says; nulls where it is not. */
  private static String[] gpuAndDriver() {
    var nothing = new String[2];
    try {
      Process smi =
          Processes.start(
              new ProcessBuilder(
                      "nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
                  .redirectError(ProcessBuilder.Redirect.DISCARD));
      try (BufferedReader out = smi.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        if (!smi.waitFor(SMI_TIMEOUT_S, TimeUnit.SECONDS)) {
          smi.destroy();
          return nothing;
        }
        int comma = line == null ? -1 : line.lastIndexOf(',');
        return smi.exitValue() != 0 || comma < 0
            ? nothing
            : new String[] {line.substring(0, comma).strip(), line.substring(comma + 1).strip()};
      }
    } catch (IOException e) {
      return nothing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return nothing;
    }
  }
}
