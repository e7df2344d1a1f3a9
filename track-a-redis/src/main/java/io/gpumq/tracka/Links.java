package io.gpumq.tracka;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The connections of one queue. Safe for use by many threads. */
final class Links {
  private final RedisSettings settings;
  private final Health health;
  private final byte[] stream;
  private final AtomicLong highest;
  private final Relief relief;
  private final Set<Link> open = ConcurrentHashMap.newKeySet();

  /** The parameters are those of a {@link Link}. */
  Links(RedisSettings settings, Health health, byte[] stream, AtomicLong highest, Relief relief) {
    this.settings = settings;
    this.health = health;
    this.stream = stream;
    this.highest = highest;
    this.relief = relief;
  }

  /** Connects at once, or not at all: for a queue that is being made, or has closed. */
  Link first() {
    return add(new Link(settings, health, stream, highest, relief));
  }

  /**
   * Connects, for as long as a lost Redis may stay away.
   *
   * @throws io.gpumq.api.TrackFailedException if it stays away, or refuses; nobody else is touched
   */
  Link connect() {
    Link link = add(Link.open(settings, health, stream, highest, relief));
    if (health.isClosed()) {
      link.close(); // the close may not have found it
    }
    return link;
  }

  private Link add(Link link) {
    open.add(link);
    return link;
  }

  void release(Link link) {
    open.remove(link);
    link.close();
  }

  void close() {
    open.forEach(Link::close);
  }
}
