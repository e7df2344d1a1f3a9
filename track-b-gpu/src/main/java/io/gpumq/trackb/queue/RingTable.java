package io.gpumq.trackb.queue;

import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.layout.RingShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Which rings a track has open, and how many lanes go through each. Safe for use by many threads.
 */
final class RingTable {
  /** Queues of one class share rings, one for each lane's number. */
  record Kind(String handler, int attempts, long timeoutNanos, int size, int lane) {
    static Kind of(QueueConfig config, int lane) {
      int size = RingShape.sizeClass(config.maxPayloadBytes());
      long timeout = config.handlerTimeout().toNanos();
      return new Kind(config.handler(), config.handlerAttempts(), timeout, size, lane);
    }

    /** The same class, for another lane's number. */
    Kind at(int otherLane) {
      return new Kind(handler, attempts, timeoutNanos, size, otherLane);
    }
  }

  /** All that run, or have failed and are still used. */
  private final List<OpenRing> all = new CopyOnWriteArrayList<>();

  /** Those that queues may join. Guarded by this object, as is who uses a ring. */
  private final Map<Kind, OpenRing> open = new HashMap<>();

  List<OpenRing> all() {
    return all;
  }

  /** Takes in one that runs, and that the caller uses: else another might find it unused. */
  synchronized void add(OpenRing ring) {
    ring.join();
    all.add(ring);
  }

  /** Lets queues join one that was taken in. */
  synchronized void add(Kind kind, OpenRing ring) {
    open.put(kind, ring);
  }

  /** Joins the ring of a kind; returns {@code null} if there is none that runs. */
  synchronized OpenRing join(Kind kind) {
    OpenRing ring = running(kind);
    if (ring != null) {
      ring.join();
    }
    return ring;
  }

  private OpenRing running(Kind kind) {
    OpenRing ring = open.get(kind);
    if (ring != null && ring.failure() != null) {
      open.remove(kind); // its queues have failed with it; what comes now has another
      ring = null;
    }
    return ring;
  }

  /**
   * Joins the ring that the fewest lanes go through, of those of a class for lanes up to a number.
   *
   * @param kind of the first lane
   * @param numbers how many lanes' numbers
   * @param most lanes that it may have already, if there is a number without a ring
   * @return {@code null} if there is none
   */
  synchronized OpenRing joinLeast(Kind kind, int numbers, int most) {
    OpenRing least = null;
    boolean areAll = true;
    for (int i = 0; i < numbers; i++) {
      OpenRing ring = running(kind.at(i));
      areAll &= ring != null;
      least = ring != null && (least == null || ring.lanes() < least.lanes()) ? ring : least;
    }
    if (least == null || !areAll && least.lanes() > most) {
      return null;
    }
    least.join();
    return least;
  }

  /**
   * Returns a lane's number, up to one, that a class has no ring for and may spread to; -1 if there
   * is none, or the class has no ring at all.
   */
  synchronized int free(Kind kind, int numbers) {
    int free = -1;
    boolean areNone = true;
    for (int i = 0; i < numbers; i++) {
      boolean isFree = running(kind.at(i)) == null;
      free = isFree ? i : free;
      areNone &= isFree;
    }
    return areNone ? -1 : free;
  }

  /** How many of a queue's lanes have no ring yet. */
  synchronized int missing(QueueConfig config) {
    int missing = 0;
    for (int lane = 0; lane < config.lanes(); lane++) {
      missing += open.containsKey(Kind.of(config, lane)) ? 0 : 1;
    }
    return missing;
  }

  /** Does something about who uses a ring. */
  synchronized void use(Runnable what) {
    what.run();
  }

  /** Takes those out that nobody uses, of some. */
  synchronized List<OpenRing> takeUnused(Predicate<OpenRing> which) {
    List<OpenRing> unused = all.stream().filter(OpenRing::isUnused).filter(which).toList();
    open.values().removeAll(unused);
    all.removeAll(unused);
    return unused;
  }

  /** Takes all out: who asks for unused ones from now on finds none. */
  synchronized List<OpenRing> takeAll() {
    List<OpenRing> taken = List.copyOf(all);
    open.clear();
    all.clear();
    return taken;
  }
}
