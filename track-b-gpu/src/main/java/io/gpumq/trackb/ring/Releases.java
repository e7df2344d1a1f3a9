package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Group;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The groups of a queue and how far they have all come: every sequence below {@link #advance()} is
 * released, its slots may be written again. Without a group nothing is.
 */
final class Releases {
  private final Completions completions;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Group> groups = new LinkedHashMap<>();

  private volatile long released;

  Releases(Completions completions, RingGeometry g) {
    this.completions = completions;
    this.released = g.firstSequence();
  }

  /** Every sequence below is released, as far as this can tell now. */
  long advance() {
    // Only one need look; the others go on with what was found before.
    if (lock.tryLock()) {
      try {
        if (!groups.isEmpty()) {
          released = lowest();
        }
      } finally {
        lock.unlock();
      }
    }
    return released;
  }

  private long lowest() {
    long completed = completions.advance();
    long lowest = Long.MAX_VALUE;
    for (Group group : groups.values()) {
      long settled = group.acknowledgedTo();
      if (settled < completed && !completions.deliverable(settled)) {
        group.passOver(completed); // nobody may poll, and there is nothing to acknowledge
        settled = group.acknowledgedTo();
      }
      lowest = Math.min(lowest, settled);
    }
    return lowest;
  }

  /** The group of that name, made to start at the oldest entry kept if there is none. */
  Group group(String name, Function<Long, Group> maker) {
    lock.lock();
    try {
      return groups.computeIfAbsent(name, n -> maker.apply(released));
    } finally {
      lock.unlock();
    }
  }

  Collection<Group> groups() {
    lock.lock();
    try {
      return List.copyOf(groups.values());
    } finally {
      lock.unlock();
    }
  }
}
