package io.gpumq.tracka;

import io.gpumq.api.TrackUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server of this process's own, for a bench or a test: on a free loopback port, with
 * bounded memory, without persistence. It ends with {@link #close()}, or with the process.
 *
 * <p>The program is the one that the environment variable {@value #SERVER_VARIABLE} names, else the
 * one in the embedded-redis jar where that is on the class path.
 *
 * <p>Safe for use by many threads. Only the process that was started here is ever ended.
 */
public final class OwnRedis implements AutoCloseable {
  /** Names the environment variable that holds the path of a {@code redis-server}. */
  public static final String SERVER_VARIABLE = "GPUMQ_REDIS_SERVER";

  /** Memory that {@link #start()} allows the server, in MiB. */
  public static final int DEFAULT_MEMORY_MIB = 1024;

  private static final String LOOPBACK = "127.0.0.1";
  private static final int START_TRIES = 3;
  private static final long START_TIMEOUT_MS = 10_000;

  private final Path home;
  private final Process process;
  private final int port;
  private final Thread atExit;

  private OwnRedis(Path home, Process process, int port) {
    this.home = home;
    this.process = process;
    this.port = port;
    this.atExit = new Thread(this::end, "own-redis-end");
  }

  /**
   * Starts a server that may use {@value #DEFAULT_MEMORY_MIB} MiB, and waits until it answers.
   *
   * @throws TrackUnavailableException if there is no program to start, or it does not come up
   */
  public static OwnRedis start() {
    return start(DEFAULT_MEMORY_MIB);
  }

  /**
   * Starts a server, and waits until it answers.
   *
   * @param memoryMib most memory for data, in MiB; beyond it the server refuses writes
   * @throws TrackUnavailableException if there is no program to start, or it does not come up
   */
  public static OwnRedis start(int memoryMib) {
    var settings =
        List.of("--save", "", "--appendonly", "no", "--maxmemory", Math.max(1, memoryMib) + "mb");
    TrackUnavailableException last = null;
    // Between finding a free port and binding it, another process may take it: try another then.
    for (int i = 0; i < START_TRIES; i++) {
      try {
        return start(freePort(), settings);
      } catch (TrackUnavailableException e) {
        last = e;
      }
    }
    throw last;
  }

  /** Starts a server on the given loopback port with these settings over the defaults. */
  static OwnRedis start(int port, List<String> settings) {
    Path home = null;
    try {
      home = Files.createTempDirectory("gpumq-redis-");
      var command = new ArrayList<String>();
      command.add(program(home));
      command.addAll(List.of("--bind", LOOPBACK, "--port", Integer.toString(port)));
      command.addAll(List.of("--dir", home.toString(), "--maxmemory-policy", "noeviction"));
      command.addAll(settings);
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log(home).toFile())
              .start();
      var redis = new OwnRedis(home, process, port);
      Runtime.getRuntime().addShutdownHook(redis.atExit);
      redis.awaitAnswer();
      return redis;
    } catch (IOException e) {
      if (home != null) {
        delete(home);
      }
      throw new TrackUnavailableException(
          "cannot start a redis-server: " + e + "; set " + SERVER_VARIABLE + " to one", e);
    }
  }

  /** Where the server listens, as {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://" + LOOPBACK + ":" + port;
  }

  /** Ends the server and removes its folder; closing twice is harmless. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is on its way out: the hook runs anyway.
    }
    end();
  }

  /** Ends the server as a crash would: it gets no word. */
  void kill() {
    process.destroyForcibly();
    close();
  }

  /** A loopback port that was free a moment ago. */
  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + LOOPBACK, e);
    }
  }

  private synchronized void end() {
    process.destroy();
    boolean interrupted = false;
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    delete(home);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (answers()) {
        return;
      }
      try {
        process.waitFor(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    String said = said();
    close();
    throw new TrackUnavailableException("redis-server on " + uri() + " did not come up: " + said);
  }

  /** Whether it is our process that answers, and not another that took the port. */
  private boolean answers() {
    try (var jedis = new Jedis(LOOPBACK, port)) {
      return jedis.info("server").contains("process_id:" + process.pid() + "\r\n");
    } catch (JedisException e) {
      return false;
    }
  }

  private String said() {
    try {
      return Files.readString(log(home), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "it wrote no log (" + e + ")";
    }
  }

  private static Path log(Path home) {
    return home.resolve("redis.log");
  }

  private static String program(Path home) throws IOException {
    String named = System.getenv(SERVER_VARIABLE);
    if (named != null && !named.isBlank()) {
      return named;
    }
    try {
      return Embedded.unpack(home).getPath();
    } catch (NoClassDefFoundError e) {
      throw new IOException("the embedded-redis jar is not on the class path", e);
    }
  }

  private static void delete(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // A leftover in the temporary folder is no reason to fail a run.
    }
  }

  /** Apart, so that this class loads where the embedded-redis jar is not. */
  private static final class Embedded {
    static File unpack(Path home) throws IOException {
      return ExecutableProvider.newJarResourceProvider(home.toFile()).get();
    }
  }
}
