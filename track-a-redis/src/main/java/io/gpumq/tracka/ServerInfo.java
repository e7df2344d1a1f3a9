package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.INFO;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackUnavailableException;
import java.util.HashMap;
import java.util.Map;
import redis.clients.jedis.exceptions.JedisException;

/** What a Redis server says of itself: whether it can carry queues, and how large ones. */
record ServerInfo(RedisSettings settings, Map<String, String> fields) {
  private static final int NEEDED_MAJOR = 6;
  private static final int NEEDED_MINOR = 2;

  /** What Redis keeps beside a payload: its part of the stream, and of a group's pending list. */
  private static final int BYTES_BESIDE_PAYLOAD = 160;

  /**
   * Asks the server.
   *
   * @throws TrackUnavailableException if it cannot be reached, or does not let us in
   */
  static ServerInfo ask(RedisSettings settings) {
    try (var connection = settings.connect()) {
      connection.sendCommand(INFO);
      var fields = new HashMap<String, String>();
      for (String line : Args.text(connection.getOne()).split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          fields.put(line.substring(0, colon), line.substring(colon + 1));
        }
      }
      return new ServerInfo(settings, fields);
    } catch (JedisException e) {
      throw new TrackUnavailableException(
          "Redis at "
              + settings.shown()
              + " cannot be used: "
              + e.getMessage()
              + "; start one there, or set "
              + RedisSettings.URI_KEY,
          e);
    }
  }

  String version() {
    return fields.getOrDefault("redis_version", "unknown");
  }

  /**
   * Throws unless the server can carry queues.
   *
   * @throws TrackUnavailableException if it is too old, or throws data away when memory is short
   */
  void requireUsable() {
    if (!isNewEnough()) {
      throw new TrackUnavailableException(
          "Redis at "
              + settings.shown()
              + " is version "
              + version()
              + ": must be "
              + NEEDED_MAJOR
              + "."
              + NEEDED_MINOR
              + " or newer, for XAUTOCLAIM and XTRIM MINID");
    }
    String policy = fields.getOrDefault("maxmemory_policy", "noeviction");
    if (policy.startsWith("allkeys")) {
      throw new TrackUnavailableException(
          "Redis at "
              + settings.shown()
              + " has maxmemory-policy "
              + policy
              + ", which would throw messages away: must be noeviction or volatile-*");
    }
  }

  private boolean isNewEnough() {
    String[] parts = version().split("\\.");
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      return major > NEEDED_MAJOR || (major == NEEDED_MAJOR && minor >= NEEDED_MINOR);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The server's {@code maxmemory} in bytes, or {@link QueueConfig#NO_LIMIT}. */
  long memoryBytes() {
    long limit = Long.parseLong(fields.getOrDefault("maxmemory", "0"));
    return limit == 0 ? QueueConfig.NO_LIMIT : limit;
  }

  /**
   * Returns how many messages a queue may keep: its limit, or, where it has none, as many as the
   * server's memory holds now.
   *
   * @throws ConfigException if its memory cannot hold a full queue: says how many messages it could
   */
  long mostMessages(QueueConfig config) {
    long limit = memoryBytes();
    if (limit == QueueConfig.NO_LIMIT) {
      return config.maxMessages();
    }
    long free = Math.max(0, limit - Long.parseLong(fields.getOrDefault("used_memory", "0")));
    long fits = free / (config.maxPayloadBytes() + BYTES_BESIDE_PAYLOAD);
    boolean isLimited = config.maxMessages() != QueueConfig.NO_LIMIT;
    if (fits == 0 || isLimited && config.maxMessages() > fits) {
      throw new ConfigException(
          (isLimited ? "max-messages " + config.maxMessages() : "a message")
              + " of "
              + config.maxPayloadBytes()
              + " bytes: Redis at "
              + settings.shown()
              + " has "
              + free
              + " of its maxmemory of "
              + limit
              + " bytes free, which holds at most "
              + fits
              + "; raise maxmemory or lower max-messages");
    }
    return Math.min(config.maxMessages(), fits);
  }
}
