package io.gpumq.trackb.ring;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The rings of a track that run, and those who wait on them. Safe for use by many threads. */
public final class Running {
  private static final System.Logger LOG = System.getLogger(Running.class.getName());

  private final Set<RingQueue> rings = ConcurrentHashMap.newKeySet();
  private final Waiters waiters = new Waiters();

  void add(RingQueue ring) {
    rings.add(ring);
  }

  void remove(RingQueue ring) {
    rings.remove(ring);
  }

  boolean has(RingQueue ring) {
    return rings.contains(ring);
  }

  Waiters waiters() {
    return waiters;
  }

  /** Watches each ring once; what one throws is logged, and keeps no other from being watched. */
  public void watch() {
    for (RingQueue ring : rings) {
      try {
        ring.watch();
      } catch (Throwable e) {
        LOG.log(Level.WARNING, "watching queue '" + ring.name() + "' failed, and goes on", e);
      }
    }
  }
}
