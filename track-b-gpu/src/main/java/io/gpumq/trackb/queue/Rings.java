package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The rings of a track: opened when first wanted, one for each lane's number of each class of
 * queues, however many queues there are. Safe for use by many threads.
 */
public final class Rings {
  /** Queues of one class share rings. */
  private record Kind(String handler, int attempts, long timeoutNanos, int size, int lane) {}

  /** A read takes microseconds: what takes so long never comes. */
  private static final long READ_NANOS = 10_000_000_000L;

  private static final Log LOG = Log.of(Rings.class);

  /** Those of all tracks: what one does not use another may have room for. */
  private static final Set<Rings> OPEN = ConcurrentHashMap.newKeySet();

  private final Device device;
  private final Store store;
  private final Upkeep upkeep;

  /** Orders the opening and closing of rings, which takes long; the rest waits for none of it. */
  private final Object opening = new Object();

  /**
   * Taken to close some: another track may, too. Within {@link #opening}, or within another's;
   * nothing is opened within it.
   */
  private final Object closing = new Object();

  /** All that run, or have failed and are still used. */
  private final List<OpenRing> all = new CopyOnWriteArrayList<>();

  /** Those that queues may join. Guarded by this object, as is who uses a ring. */
  private final Map<Kind, OpenRing> open = new HashMap<>();

  private volatile OpenReads reads;

  /** Whether it was said that a look has failed. For who watches. */
  private boolean isTold;

  /** Whether none is opened any more. Guarded by {@link #opening}. */
  private boolean closed;

  /** Rings that were ever opened: each has a name of its own. */
  private int opened;

  /**
   * @param upkeep is asked where a ring finds no memory; its cleaner moves by one of these from now
   *     on
   */
  public Rings(Device device, Store store, Upkeep upkeep) {
    this.device = device;
    this.store = store;
    this.upkeep = upkeep;
    upkeep.cleaner().moveBy(this::move);
    OPEN.add(this);
  }

  /** Returns the rings of a queue's lanes: each is to be left. */
  OpenRing[] forLanesOf(QueueConfig config) {
    OpenRing[] rings = new OpenRing[config.lanes()];
    int lane = 0;
    try {
      device.expect(missing(config));
      reads(); // at once: who needs it is in a call that should not wait for that
      for (; lane < rings.length; lane++) {
        rings[lane] = config.keepsLetters() ? joinReads() : of(kind(config, lane), config.lanes());
      }
      return rings;
    } catch (Throwable e) {
      while (lane > 0) {
        leave(rings[--lane]);
      }
      throw e;
    }
  }

  /** Rings that a queue needs and that are not open. */
  private synchronized int missing(QueueConfig config) {
    int missing = reads == null ? 1 : 0;
    for (int lane = 0; lane < config.lanes() && !config.keepsLetters(); lane++) {
      missing += open.containsKey(kind(config, lane)) ? 0 : 1;
    }
    return missing;
  }

  private static Kind kind(QueueConfig config, int lane) {
    int size = RingShape.sizeClass(config.maxPayloadBytes());
    return new Kind(
        config.handler(), config.handlerAttempts(), config.handlerTimeout().toNanos(), size, lane);
  }

  private OpenRing of(Kind kind, int lanes) {
    OpenRing ring = join(kind);
    if (ring != null) {
      return ring;
    }
    synchronized (opening) {
      ring = join(kind); // another may have opened it meanwhile
      if (ring == null) {
        closeFailed();
        ring = openWithRoom(plan(kind, lanes));
        add(kind, ring);
      }
      return ring;
    }
  }

  /** Null if there is none that runs. */
  private synchronized OpenRing join(Kind kind) {
    OpenRing ring = open.get(kind);
    if (ring != null && ring.failure() != null) {
      open.remove(kind); // its queues have failed with it; what comes now has another
      ring = null;
    }
    if (ring != null) {
      ring.join();
    }
    return ring;
  }

  private synchronized void add(Kind kind, OpenRing ring) {
    open.put(kind, ring);
    ring.join();
  }

  /** A queue's lane goes through a ring no more. */
  synchronized void leave(OpenRing ring) {
    ring.leave();
  }

  /** As {@link #leave(OpenRing)}, for a lane that may have something under way. */
  synchronized void leave(OpenRing ring, EntryLog log) {
    ring.leave(log);
  }

  private OpenRing.Plan plan(Kind kind, int lanes) {
    return new OpenRing.Plan(
        "ring-" + opened++,
        kind.size(),
        HandlerSpec.parse(kind.handler()),
        kind.attempts(),
        kind.timeoutNanos(),
        lanes);
  }

  /**
   * Where the device has no room for one more, those make room that nobody uses: of this track,
   * then of the others of this process.
   */
  private OpenRing openWithRoom(OpenRing.Plan plan) {
    ConfigException why;
    try {
      return openNew(plan);
    } catch (ConfigException e) {
      why = e;
    }
    if (closeUnused()) {
      try {
        return openNew(plan);
      } catch (ConfigException e) {
        why = e;
      }
    }
    if (closeUnusedOfOthers()) {
      return openNew(plan);
    }
    throw why;
  }

  private OpenRing openNew(OpenRing.Plan plan) {
    if (closed) {
      throw new TrackFailedException("the track is closed; open another");
    }
    OpenRing ring = OpenRing.open(plan, device, store, takePlace(plan));
    all.add(ring);
    return ring;
  }

  /** Takes what the device wants for a ring, if it can be had: first of what nobody uses. */
  private long takePlace(OpenRing.Plan plan) {
    int bytes = plan.deviceBytes();
    long place = store.allocateForRing(bytes);
    while (place == Store.NO_ROOM) {
      if (!closeUnused() && !upkeep.makeRoomFor(bytes)) {
        throw new ConfigException(
            "ring '"
                + plan.name()
                + "': the store has no room for its "
                + bytes
                + " bytes; set store.bytes");
      }
      place = store.allocateForRing(bytes);
    }
    return place;
  }

  /** What failed, and nobody uses any more, gives back what it holds of the store. */
  private void closeFailed() {
    try {
      synchronized (closing) {
        close(takeUnused(ring -> ring.failure() != null));
      }
    } catch (RuntimeException e) {
      LOG.warning("closing rings that failed", e);
    }
  }

  private boolean closeUnused() {
    synchronized (closing) {
      return close(takeUnused(ring -> true));
    }
  }

  private boolean closeUnusedOfOthers() {
    boolean some = false;
    for (Rings other : OPEN) {
      try {
        some |= other != this && other.closeUnused();
      } catch (RuntimeException e) {
        LOG.warning("closing rings of another track", e);
      }
    }
    return some;
  }

  private static boolean close(List<OpenRing> unused) {
    Steps steps = new Steps();
    unused.forEach(ring -> steps.run(ring::close));
    steps.finish();
    return !unused.isEmpty();
  }

  private synchronized List<OpenRing> takeUnused(Predicate<OpenRing> which) {
    List<OpenRing> unused = all.stream().filter(OpenRing::isUnused).filter(which).toList();
    open.values().removeAll(unused);
    all.removeAll(unused);
    return unused;
  }

  /** Letters need no handler, and their payloads no chunk: they go where the reads do. */
  private OpenRing joinReads() {
    OpenRing ring = reads().ring();
    synchronized (this) {
      ring.join();
    }
    return ring;
  }

  /** Returns the ring for reads, which dead letters go through, too. */
  OpenReads reads() {
    OpenReads running = reads;
    return running != null && running.ring().failure() == null ? running : openReads();
  }

  private OpenReads openReads() {
    synchronized (opening) {
      if (reads == null || reads.ring().failure() != null) {
        var made = OpenReads.of(openWithRoom(OpenRing.Plan.ofReads("reads", READ_NANOS)));
        synchronized (this) {
          made.ring().join(); // while it runs: readers keep it
          if (reads != null) {
            reads.ring().leave();
          }
        }
        reads = made;
      }
      return reads;
    }
  }

  /** Lets the cleaner move by the ring for reads, as {@link io.gpumq.trackb.log.Mover} says. */
  private boolean move(Consumer<Keeps> act) {
    OpenReads now = reads;
    if (now == null || now.ring().isAway() || !now.ring().tryHold()) {
      return false;
    }
    try {
      act.accept(now.keeps());
      return true;
    } finally {
      now.ring().letGo();
    }
  }

  /**
   * Looks whether each still runs. What a look throws, for want of memory say, keeps no other from
   * being looked at; it is logged the first time, since there are some hundred looks a second.
   *
   * @return whether one was found that runs no more, and did at the last look
   */
  public boolean watch() {
    boolean hasEnded = false;
    try {
      for (OpenRing ring : all) {
        hasEnded |= watch(ring);
      }
    } catch (Throwable e) {
      // Telling it would throw, too: the next look comes soon.
    }
    return hasEnded;
  }

  private boolean watch(OpenRing ring) {
    try {
      return ring.watch();
    } catch (Throwable e) {
      if (!isTold) {
        isTold = true;
        LOG.warning("watching a ring failed, and goes on", e);
      }
      return false;
    }
  }

  /** Stops all. Once, when no queue is open. */
  public void close() {
    OPEN.remove(this);
    synchronized (opening) {
      closed = true;
      synchronized (closing) {
        Steps steps = new Steps();
        all.forEach(ring -> steps.run(ring::close));
        steps.finish();
      }
    }
  }
}
