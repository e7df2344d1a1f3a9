package io.gpumq.trackb.ring;

import io.gpumq.spi.Log;
import io.gpumq.trackb.waiting.Waiters;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The rings of a track that run, and those who wait on them. Safe for use by many threads. */
public final class Running {
  private static final Log LOG = Log.of(Running.class);

  private final Set<RingQueue> rings = ConcurrentHashMap.newKeySet();

  /** Those whose watching has failed, which is said once. */
  private final Set<RingQueue> failing = ConcurrentHashMap.newKeySet();

  private final Waiters waiters = new Waiters();

  void add(RingQueue ring) {
    rings.add(ring);
  }

  void remove(RingQueue ring) {
    rings.remove(ring);
    failing.remove(ring);
  }

  boolean has(RingQueue ring) {
    return rings.contains(ring);
  }

  Waiters waiters() {
    return waiters;
  }

  /**
   * Watches each ring once. What one throws keeps no other from being watched; it is logged the
   * first time, since a ring is watched some hundred times a second. Throws nothing, or nobody
   * would watch any more.
   */
  public void watch() {
    try {
      rings.forEach(this::watch);
    } catch (Throwable e) {
      // Such as for want of memory, where telling it would throw, too: the next look comes soon.
    }
  }

  private void watch(RingQueue ring) {
    try {
      ring.watch();
    } catch (Throwable e) {
      if (failing.add(ring) && has(ring)) {
        LOG.warning("watching queue '" + ring.name() + "' failed, and goes on", e);
      }
    }
  }
}
