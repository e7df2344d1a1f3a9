package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.DEL;

import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** The end of a queue in Redis: its dead letters come here, and nothing stays there. */
final class Departure {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RedisSettings settings;
  private final Keys keys;
  private final Links links;
  private final Letters letters;

  Departure(RedisSettings settings, Keys keys, Links links, Letters letters) {
    this.settings = settings;
    this.keys = keys;
    this.links = links;
    this.letters = letters;
  }

  /**
   * Departs, again where the connection breaks meanwhile; once, where Redis has failed before.
   * Where it cannot be reached, the letters are lost to this process.
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
          lose(e);
          return;
        }
        health.awaitUninterruptibly(health.rings(), PAUSE_NANOS);
      }
    }
  }

  private void depart() {
    Link last = links.first();
    try {
      last.call(DEL, keys.stream()); // first: from now on nothing becomes a letter
      letters.keep(last);
      last.call(DEL, keys.letters(), keys.owner());
    } finally {
      links.release(last);
    }
  }

  private void lose(JedisException why) {
    letters.lose(
        "the dead letters of the queue are in Redis at "
            + settings.shown()
            + ", as "
            + Args.text(keys.letters())
            + ": it could not be reached when the queue was closed: "
            + why.getMessage());
  }

  /** Deletes what a queue that could not be made has left, if Redis can be reached. */
  static void undo(Links links, Keys keys) {
    try {
      links.first().call(DEL, keys.stream(), keys.letters(), keys.owner());
    } catch (JedisException e) {
      // It is found by its owner's key, when that has ended.
    }
  }
}
