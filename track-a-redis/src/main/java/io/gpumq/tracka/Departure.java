package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.DEL;

import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** The end of a queue in Redis: nothing stays there. */
final class Departure {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RedisSettings settings;
  private final Keys keys;
  private final Links links;

  Departure(RedisSettings settings, Keys keys, Links links) {
    this.settings = settings;
    this.keys = keys;
    this.links = links;
  }

  /**
   * Departs, again where the connection breaks meanwhile; once, where Redis has failed before. What
   * stays where it cannot be reached is found by its owner's key, when that has ended.
   */
  void run(Health health) {
    long millis = health.isFailed() ? 0 : settings.reconnectTimeoutMs();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      try {
        depart();
        return;
      } catch (JedisException e) {
        if (!(e instanceof JedisConnectionException) || System.nanoTime() - deadline >= 0) {
          return;
        }
        health.awaitUninterruptibly(health.rings(), PAUSE_NANOS);
      }
    }
  }

  private void depart() {
    Link last = links.first();
    try {
      last.call(DEL, keys.stream(), keys.owner());
    } finally {
      links.release(last);
    }
  }

  /** Deletes what a queue that could not be made has left, if Redis can be reached. */
  static void undo(Links links, Keys keys) {
    try {
      links.first().call(DEL, keys.stream(), keys.owner());
    } catch (JedisException e) {
      // It is found by its owner's key, when that has ended.
    }
  }
}
