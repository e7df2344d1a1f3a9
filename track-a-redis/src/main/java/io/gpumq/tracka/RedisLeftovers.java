package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.CLIENT;
import static redis.clients.jedis.Protocol.Command.DEL;
import static redis.clients.jedis.Protocol.Command.GET;
import static redis.clients.jedis.Protocol.Command.SCAN;
import static redis.clients.jedis.Protocol.Command.XLEN;

import io.gpumq.api.TrackUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** The queues of Track A in a Redis, and those whose process ended without closing them. */
public final class RedisLeftovers {
  private static final byte[] BATCH = Args.bytes(1000);

  private RedisLeftovers() {}

  /**
   * Returns a line for people for each queue there.
   *
   * @param uri as the setting {@code redis.uri} of the track
   * @throws io.gpumq.api.ConfigException if {@code uri} is none
   * @throws TrackUnavailableException if Redis does not answer
   */
  public static List<String> lines(String uri) {
    return over(uri, (redis, found) -> (found.isLeft() ? "leftover: " : "in use: ") + found.text());
  }

  /**
   * Removes the queues there whose process has ended, and returns a line for each. One whose
   * process is of another machine, or not known, stays.
   *
   * @throws io.gpumq.api.ConfigException if {@code uri} is none
   * @throws TrackUnavailableException if Redis does not answer
   */
  public static List<String> clean(String uri) {
    return over(
        uri,
        (redis, found) -> {
          if (!found.isLeft()) {
            return null;
          }
          Keys keys = found.keys();
          call(redis, DEL, keys.stream(), keys.owner());
          return "removed: " + found.text();
        });
  }

  /**
   * @param connected whether a connection of the queue is open
   */
  private record Found(Keys keys, long messages, RedisOwner owner, boolean connected) {
    boolean isLeft() {
      return !connected && owner.hasEnded();
    }

    String text() {
      return "stream "
          + Args.text(keys.stream())
          + ", "
          + messages
          + " messages, of process "
          + owner.pid()
          + " on "
          + owner.host();
    }
  }

  private interface Each {
    /** Returns a line about it, or {@code null}. */
    String apply(Connection redis, Found found);
  }

  private static List<String> over(String uri, Each each) {
    var settings = RedisSettings.of(Map.of(RedisSettings.URI_KEY, uri));
    try (Connection redis = settings.connect()) {
      List<String> lines = new ArrayList<>();
      for (String owner : owners(redis)) {
        look(redis, owner).map(found -> each.apply(redis, found)).ifPresent(lines::add);
      }
      return lines;
    } catch (JedisException e) {
      throw new TrackUnavailableException(
          "Redis at "
              + settings.shown()
              + " cannot be looked through: "
              + e.getMessage()
              + "; start one there, or name another",
          e);
    }
  }

  private static TreeSet<String> owners(Connection redis) {
    TreeSet<String> owners = new TreeSet<>(); // a scan may name a key twice
    byte[] cursor = Args.FROM_START;
    do {
      byte[] match = Args.bytes("MATCH");
      var reply =
          (List<?>) call(redis, SCAN, cursor, match, Args.bytes(Keys.OWNERS), Args.COUNT, BATCH);
      cursor = (byte[]) reply.get(0);
      ((List<?>) reply.get(1)).forEach(key -> owners.add(Args.text(key)));
    } while (!Args.text(cursor).equals("0"));
    return owners;
  }

  /** Returns nothing for a queue that was closed just now. */
  private static Optional<Found> look(Connection redis, String ownerKey) {
    Keys keys = Keys.ofOwner(ownerKey);
    Object owner = call(redis, GET, keys.owner());
    String clients = Args.text(call(redis, CLIENT, Args.bytes("LIST")));
    boolean connected = clients.contains(" name=" + Args.text(keys.stream()) + " ");
    long messages = (long) call(redis, XLEN, keys.stream());
    return RedisOwner.parse(owner == null ? null : Args.text(owner))
        .map(process -> new Found(keys, messages, process, connected));
  }

  private static Object call(Connection redis, Command command, byte[]... args) {
    redis.sendCommand(command, args);
    return redis.getOne();
  }
}
