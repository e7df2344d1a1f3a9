package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The C++ compiler of this machine, for tests of the headers that kernels and host share.
 *
 * <p>Programs run as processes of their own, with a limit of time; their two outputs are one.
 */
final class Gxx {
  private static final Duration COMPILE_LIMIT = Duration.ofMinutes(3);

  /** How a process ended: its exit status, and all that it wrote. */
  record Result(int exit, String output) {}

  private final Path compiler;

  private Gxx(Path compiler) {
    this.compiler = compiler;
  }

  /**
   * Finds g++ on the PATH, or skips the calling test.
   *
   * @param missed what goes untested without it, for the message
   */
  static Gxx orSkip(String missed) {
    var found = find("g++");
    assumeTrue(found.isPresent(), () -> "no g++ on the PATH, so this was not tested: " + missed);
    return new Gxx(found.get());
  }

  /** Finds a program on the PATH. */
  static Optional<Path> find(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Compiles one source to a program or a library; fails the calling test with the compiler's words
   * if that does not go without a warning.
   *
   * @param out the file to write
   * @param flags what to add to {@code -std=c++20 -Wall -Wextra -Werror}
   * @return {@code out}
   */
  Path compile(Path source, Path out, String... flags) {
    var command =
        new ArrayList<>(List.of(compiler.toString(), "-std=c++20", "-Wall", "-Wextra", "-Werror"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-o", out.toString(), source.toString()));
    var result = run(COMPILE_LIMIT, command);
    assertEquals(0, result.exit(), () -> String.join(" ", command) + "\n" + result.output());
    return out;
  }

  /**
   * Runs a command to its end.
   *
   * @throws AssertionError if it runs longer than {@code limit}; it is killed, and what it wrote so
   *     far is in the message
   */
  static Result run(Duration limit, List<String> command) {
    try {
      Path output = Files.createTempFile("gpumq-run", ".log");
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "still running after " + limit + ": " + command + "\n" + read(output));
        }
        return new Result(process.exitValue(), read(output));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new AssertionError("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /**
   * Runs a program that was built with {@code -fsanitize=thread}, as {@link #run(Duration, List)}.
   *
   * <p>Some Linux kernels place memory more randomly than ThreadSanitizer of that age can take; it
   * says so before the program's first line, and the program runs again without randomisation.
   */
  static Result runUnderTsan(Duration limit, String... command) {
    var result = run(limit, command);
    if (result.exit() == 0 || !result.output().contains("unexpected memory mapping")) {
      return result;
    }
    var fixed = new ArrayList<>(List.of("setarch", "-R"));
    fixed.addAll(List.of(command));
    return run(limit, fixed);
  }

  /** Whatever bytes it holds: a test's output need not be well-formed text. */
  private static String read(Path output) throws IOException {
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
  }

  /** As {@link #run(Duration, List)}. */
  static Result run(Duration limit, String... command) {
    return run(limit, List.of(command));
  }
}
