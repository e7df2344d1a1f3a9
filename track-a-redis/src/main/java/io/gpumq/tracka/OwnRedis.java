package io.gpumq.tracka;

import io.gpumq.api.TrackUnavailableException;
import io.gpumq.spi.Processes;
import io.gpumq.spi.Steps;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server of this process's own, for a bench or a test: on a free loopback port, with
 * bounded memory, without persistence. It ends with {@link #close()}, or with the process, however
 * that ends: a shell stands between, which reads a pipe that this process alone holds. When the
 * pipe ends the shell ends the server and removes its folder.
 *
 * <p>The program is the one that the environment variable {@value #SERVER_VARIABLE} names, else the
 * one in the embedded-redis jar where that is on the class path.
 *
 * <p>Safe for use by many threads. Only the processes that were started here are ever ended.
 */
public final class OwnRedis implements AutoCloseable {
  /** Names the environment variable that holds the path of a {@code redis-server}. */
  public static final String SERVER_VARIABLE = "GPUMQ_REDIS_SERVER";

  /** Memory that {@link #start()} allows the server, in MiB. */
  public static final int DEFAULT_MEMORY_MIB = 1024;

  private static final String LOOPBACK = "127.0.0.1";
  private static final int START_TRIES = 3;
  private static final long START_TIMEOUT_MS = 10_000;
  private static final long END_TIMEOUT_S = 5;

  /** Runs its arguments, but the first, which is the folder; ends them with its input. */
  private static final String GUARD =
      """
      home=$1
      shift
      exec 3<&0
      "$@" 3<&- </dev/null &
      server=$!
      trap 'kill "$server" 2>/dev/null' HUP INT TERM
      (
        trap '' INT
        while read -r _; do :; done
        kill "$server" 2>/dev/null
        exit 0
      ) <&3 &
      watcher=$!
      exec 3<&-
      while :; do
        wait "$server"
        status=$?
        kill -0 "$server" 2>/dev/null || break
      done
      kill "$watcher" 2>/dev/null
      wait "$watcher" && rm -rf "$home"
      exit "$status"
      """;

  private final int port;
  private final Thread atExit = new Thread(this::end, "own-redis-end");

  // Guarded by this.
  private RedisHome home;
  private Process guard;
  private boolean ended;

  private OwnRedis(int port) {
    this.port = port;
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
    RedisHome.sweep();
    var redis = new OwnRedis(port);
    try {
      Runtime.getRuntime().addShutdownHook(redis.atExit); // before there is anything to remove
      redis.launch(settings);
    } catch (IOException | IllegalStateException e) { // the process is on its way out
      Steps.undo(e, redis::close);
      throw new TrackUnavailableException(
          "cannot start a redis-server: " + e + "; set " + SERVER_VARIABLE + " to one", e);
    }
    redis.awaitAnswer();
    return redis;
  }

  private synchronized void launch(List<String> settings) throws IOException {
    if (ended) {
      throw new IllegalStateException("this process is ending");
    }
    home = RedisHome.make();
    Path folder = home.folder();
    var command = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "gpumq-redis"));
    command.addAll(List.of(folder.toString(), program(folder)));
    command.addAll(List.of("--bind", LOOPBACK, "--port", Integer.toString(port)));
    command.addAll(List.of("--dir", folder.toString(), "--maxmemory-policy", "noeviction"));
    command.addAll(settings);
    guard =
        Processes.start(
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(folder).toFile()));
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
  synchronized void kill() {
    guard.descendants().forEach(ProcessHandle::destroyForcibly);
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
    ended = true;
    boolean interrupted = false;
    if (guard != null) {
      guard.destroy();
      try {
        if (!guard.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
          endForcibly();
        }
      } catch (InterruptedException e) {
        endForcibly();
        interrupted = true;
      }
    }
    if (home != null) {
      home.remove();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void endForcibly() {
    guard.descendants().forEach(ProcessHandle::destroyForcibly);
    guard.destroyForcibly();
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
    while (guard.isAlive() && System.nanoTime() < deadline) {
      if (answers()) {
        return;
      }
      try {
        guard.waitFor(10, TimeUnit.MILLISECONDS);
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
      String info = jedis.info("server");
      return guard.descendants().anyMatch(own -> info.contains("process_id:" + own.pid() + "\r\n"));
    } catch (JedisException e) {
      return false;
    }
  }

  private String said() {
    try {
      return Files.readString(log(home.folder()), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "it wrote no log (" + e + ")";
    }
  }

  private static Path log(Path folder) {
    return folder.resolve("redis.log");
  }

  private static String program(Path folder) throws IOException {
    String named = System.getenv(SERVER_VARIABLE);
    if (named != null && !named.isBlank()) {
      return named;
    }
    try {
      return Embedded.unpack(folder).getPath();
    } catch (NoClassDefFoundError e) {
      throw new IOException("the embedded-redis jar is not on the class path", e);
    }
  }

  /** Apart, so that this class loads where the embedded-redis jar is not. */
  private static final class Embedded {
    static File unpack(Path folder) throws IOException {
      return ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
    }
  }
}
