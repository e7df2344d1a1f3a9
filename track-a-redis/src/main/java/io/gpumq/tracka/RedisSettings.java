package io.gpumq.tracka;

import io.gpumq.api.ConfigException;
import io.gpumq.spi.PayloadLimit;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Where Redis is, and how long to wait for one that went away.
 *
 * @param uri {@code redis://[user:password@]host:port[/database]}, or {@code rediss://} for TLS
 * @param reconnectTimeoutMs how long a lost Redis may stay away, 1 to 3,600,000
 * @param payloads what queues may take
 */
record RedisSettings(URI uri, int reconnectTimeoutMs, PayloadLimit payloads) {
  static final String URI_KEY = "redis.uri";
  static final String RECONNECT_TIMEOUT_KEY = "redis.reconnect-timeout-ms";

  private static final String DEFAULT_URI = "redis://127.0.0.1:6379";
  private static final int DEFAULT_RECONNECT_TIMEOUT_MS = 10_000;
  private static final int MAX_RECONNECT_TIMEOUT_MS = 3_600_000;
  private static final int MIN_SOCKET_TIMEOUT_MS = 1_000;
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  /**
   * Understands the settings of a track.
   *
   * @throws ConfigException if a key is unknown or a value cannot be
   */
  static RedisSettings of(Map<String, String> settings) {
    var known = new TreeSet<>(List.of(URI_KEY, RECONNECT_TIMEOUT_KEY, PayloadLimit.SETTING));
    for (String key : new TreeSet<>(settings.keySet())) {
      if (!known.contains(key)) {
        throw new ConfigException("setting '" + key + "': track a knows " + known);
      }
    }
    return new RedisSettings(
        uri(settings.getOrDefault(URI_KEY, DEFAULT_URI)),
        timeout(settings.get(RECONNECT_TIMEOUT_KEY)),
        PayloadLimit.of(settings));
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text);
      boolean scheme = JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri);
      if (scheme && JedisURIHelper.isValid(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, as a URI of another kind is.
    }
    throw new ConfigException(
        URI_KEY + " '" + shown(text) + "': must be redis://host:port or rediss://host:port");
  }

  private static int timeout(String text) {
    if (text == null) {
      return DEFAULT_RECONNECT_TIMEOUT_MS;
    }
    try {
      int ms = Integer.parseInt(text);
      if (ms >= 1 && ms <= MAX_RECONNECT_TIMEOUT_MS) {
        return ms;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of its range is.
    }
    throw new ConfigException(
        RECONNECT_TIMEOUT_KEY
            + " '"
            + text
            + "': must be a number between 1 and "
            + MAX_RECONNECT_TIMEOUT_MS);
  }

  /**
   * A new connection. It says nothing of itself: without HELLO, which old servers do not know, they
   * all speak RESP2, whose replies are plain lists.
   */
  Connection connect() {
    boolean tls = JedisURIHelper.isRedisSSLScheme(uri);
    var config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(Math.min(CONNECT_TIMEOUT_MS, reconnectTimeoutMs))
            .socketTimeoutMillis(Math.max(MIN_SOCKET_TIMEOUT_MS, reconnectTimeoutMs))
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .database(JedisURIHelper.getDBIndex(uri))
            .ssl(tls)
            .serverDefaultProtocol()
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .build();
    return new OneConnection(JedisURIHelper.getHostAndPort(uri), config);
  }

  /** The URI for people: without its password. */
  String shown() {
    return shown(uri.toString());
  }

  private static String shown(String uri) {
    return uri.replaceFirst("//[^/@]*@", "//***@");
  }
}
