package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.CLIENT;
import static redis.clients.jedis.Protocol.Command.XINFO;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection to Redis on behalf of one queue, and how it comes back when it breaks. For one
 * thread at a time, but for {@link #close()}.
 *
 * <p>The plain calls let a {@link JedisConnectionException} through: what was asked may have been
 * done or not. {@link #retry} is for what may be asked twice; whoever cannot say so catches the
 * exception, calls {@link #reconnect} and looks what happened.
 */
final class Link implements AutoCloseable {
  private static final long FIRST_PAUSE_MS = 5;
  private static final long LONGEST_PAUSE_MS = 250;

  private final RedisSettings settings;
  private final Health health;
  private final byte[] stream;
  private final AtomicLong highest;
  private final Relief relief;
  private volatile Connection connection;
  private volatile boolean closed;
  private volatile Group group; // or null
  private String clientId = "";
  private String clientAddress = "";

  /**
   * Connects, again for as long as a lost Redis may stay away.
   *
   * @throws TrackFailedException if it stays away, or refuses; nobody else is touched
   */
  static Link open(
      RedisSettings settings, Health health, byte[] stream, AtomicLong highest, Relief relief) {
    long deadline = deadline(settings);
    while (true) {
      long heard = health.rings();
      try {
        return new Link(settings, health, stream, highest, relief);
      } catch (JedisConnectionException e) {
        if (System.nanoTime() - deadline >= 0 || Refusal.isOfConnections(e)) {
          throw noMore(settings, e);
        }
        health.requireOpen();
        health.awaitUninterruptibly(heard, TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MS));
      } catch (JedisException e) {
        throw noMore(settings, e);
      }
    }
  }

  private static TrackFailedException noMore(RedisSettings settings, JedisException why) {
    return new TrackFailedException(
        "Redis at " + settings.shown() + " does not take a connection more: " + why.getMessage(),
        why);
  }

  /**
   * Connects once.
   *
   * @param stream the queue's stream: a Redis that comes back without it has lost the queue
   * @param highest the highest sequence that Redis has confirmed, which it must still know then
   * @param relief asked where Redis has no memory
   * @throws JedisException if Redis does not answer
   */
  Link(RedisSettings settings, Health health, byte[] stream, AtomicLong highest, Relief relief) {
    this.settings = settings;
    this.health = health;
    this.stream = stream;
    this.highest = highest;
    this.relief = relief;
    connect();
  }

  private void connect() {
    Connection fresh = settings.connect();
    try {
      fresh.sendCommand(CLIENT, Args.bytes("SETNAME"), stream); // tells that its owner lives
      fresh.getOne();
      fresh.sendCommand(CLIENT, "INFO");
      String info = Args.text(fresh.getOne());
      clientId = field(info, "id=");
      clientAddress = field(info, "addr=");
    } catch (RuntimeException e) {
      drop(fresh);
      throw e;
    }
    connection = fresh;
    if (closed) { // by another thread, which may have seen only the connection before
      drop(fresh);
    }
  }

  private static String field(String info, String name) {
    int start = info.startsWith(name) ? 0 : info.indexOf(" " + name) + 1;
    int end = info.indexOf(' ', start);
    return info.substring(start + name.length(), end < 0 ? info.length() : end);
  }

  /** Puts a command into the pipeline. */
  void send(CommandArguments command) {
    connection.sendCommand(command);
  }

  /** Puts a command into the pipeline. */
  void send(ProtocolCommand command, byte[]... args) {
    connection.sendCommand(command, args);
  }

  /** Sends off the pipeline and reads its next reply. */
  Object reply() {
    return connection.getOne();
  }

  /** Sends off the pipeline and reads its next replies; an error is an element of the list. */
  List<Object> replies(int count) {
    return connection.getMany(count);
  }

  /** Asks one thing, once. */
  Object call(ProtocolCommand command, byte[]... args) {
    connection.sendCommand(command, args);
    return connection.getOne();
  }

  /**
   * Asks what may be asked twice, again after each loss of the connection.
   *
   * @throws TrackFailedException if Redis stays away, or refuses
   * @throws QueueClosedException if the queue or this link is closed
   */
  <T> T retry(Supplier<T> request) {
    long deadline = deadline();
    while (true) {
      try {
        return request.get();
      } catch (JedisConnectionException e) {
        reconnect(e);
      } catch (JedisDataException e) {
        awaitEndOf(e, deadline);
      }
    }
  }

  /** Until when to ask again what Redis refuses for a moment, on {@link System#nanoTime}. */
  long deadline() {
    return deadline(settings);
  }

  private static long deadline(RedisSettings settings) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.reconnectTimeoutMs());
  }

  /** Waits a little where a refusal is soon over, or ends it, and throws it where it is not. */
  void awaitEndOf(JedisDataException refusal, long deadline) {
    if (Refusal.isOfMemory(refusal) && relief.makeRoom()) {
      requireOpen();
      return;
    }
    if (!Refusal.isSoonOver(refusal) || System.nanoTime() - deadline >= 0) {
      throw refused(refusal);
    }
    requireOpen();
    health.awaitUninterruptibly(health.rings(), TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MS));
  }

  /** Says which group this link reads for: when that is removed, Redis refuses, and rightly. */
  void readsFor(Group of) {
    group = of;
  }

  /**
   * What to throw for an error that Redis answered. The queue has failed then, unless Redis refuses
   * for the moment, or the group that this link reads for was removed.
   */
  RuntimeException refused(JedisDataException error) {
    Group reads = group;
    if (reads != null && reads.removed) {
      return reads.wasRemoved();
    }
    String what = "Redis at " + settings.shown() + " refused: " + error.getMessage();
    return Refusal.isForTheMoment(error)
        ? new TrackFailedException(what + "; the queue goes on: try again later", error)
        : health.fail(what, error);
  }

  /**
   * Connects again after the connection broke: with growing pauses, for as long as Redis may stay
   * away. When this returns, nothing sent before is still on its way to be executed.
   */
  void reconnect(JedisConnectionException broken) {
    drop(connection);
    JedisException last = broken;
    long deadline = deadline();
    for (long pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      long heard = health.rings();
      requireOpen();
      try {
        String oldId = clientId;
        String oldAddress = clientAddress;
        connect();
        forget(oldId, oldAddress);
        verify();
        return;
      } catch (JedisConnectionException e) {
        last = e;
      } catch (JedisDataException e) {
        if (!Refusal.isForTheMoment(e)) {
          throw refused(e);
        }
        last = e;
      }
      if (System.nanoTime() - deadline >= 0) {
        throw health.fail(
            "Redis at "
                + settings.shown()
                + " has stayed away for "
                + settings.reconnectTimeoutMs()
                + " ms ("
                + RedisSettings.RECONNECT_TIMEOUT_KEY
                + "): "
                + last.getMessage(),
            last);
      }
      health.awaitUninterruptibly(heard, TimeUnit.MILLISECONDS.toNanos(pauseMs));
    }
  }

  /** Redis may still hold unread commands of the old connection: it must not execute them later. */
  private void forget(String id, String address) {
    call(
        CLIENT,
        Args.bytes("KILL"),
        Args.bytes("ID"),
        Args.bytes(id),
        Args.bytes("ADDR"), // a restarted Redis gives the same numbers again, to others
        Args.bytes(address));
  }

  /** A Redis that restarted must still have what it confirmed. */
  private void verify() {
    long known = highest.get();
    try {
      List<?> info = (List<?>) call(XINFO, Args.STREAM, stream);
      for (int i = 0; i + 1 < info.size(); i += 2) {
        if (Args.text(info.get(i)).equals("last-generated-id")
            && Ids.sequence((byte[]) info.get(i + 1)) >= known) {
          return;
        }
      }
    } catch (JedisDataException e) {
      if (Refusal.isForTheMoment(e)) {
        throw e;
      }
    }
    throw health.fail(
        "Redis at "
            + settings.shown()
            + " came back without messages that it had confirmed; run it with appendonly yes, and"
            + " appendfsync always where it may lose power",
        null);
  }

  private void requireOpen() {
    health.requireOpen();
    if (closed) {
      throw new QueueClosedException("this producer or consumer is closed");
    }
  }

  /** Breaks the connection, which wakes a thread that waits on it; closing twice is harmless. */
  @Override
  public void close() {
    closed = true;
    drop(connection);
  }

  private static void drop(Connection connection) {
    try {
      connection.forceDisconnect();
    } catch (IOException | JedisException e) {
      // It is of no use any more, however it went.
    }
  }
}
