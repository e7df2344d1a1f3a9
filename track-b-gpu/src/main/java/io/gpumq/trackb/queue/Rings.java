package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.queue.RingTable.Kind;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.Unused;
import io.gpumq.trackb.store.Store;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The rings of a track: opened when first wanted, one for each lane's number of each class of
 * queues, however many queues there are. Safe for use by many threads.
 */
public final class Rings {
  /** Rings that queues of one lane share with others of their class, where there is room. */
  private static final int MOST_SHARED = 4;

  /** Lanes of each of these before another is opened for more of them. */
  private static final int LANES_EACH = 32;

  /** With so many a track closes those that nobody uses, and opens none for lanes to spread. */
  private static final int MANY = 5;

  /** A read takes microseconds: what takes so long never comes. */
  private static final long READ_NANOS = 10_000_000_000L;

  private static final Log LOG = Log.of(Rings.class);

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

  private final RingTable table = new RingTable();
  private final BooleanSupplier closingUnused = this::closeUnused;

  private volatile OpenReads reads;

  /** Whether there was no room for one more to share, and none has been closed since. */
  private volatile boolean isShort;

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
    Unused.add(closingUnused);
  }

  /** Returns the rings of a queue's lanes: each is to be left. */
  OpenRing[] forLanesOf(QueueConfig config) {
    OpenRing[] rings = new OpenRing[config.lanes()];
    int lane = 0;
    try {
      device.expect(missing(config));
      reads(); // at once: who needs it is in a call that should not wait for that
      for (; lane < rings.length; lane++) {
        rings[lane] = config.keepsLetters() ? joinReads() : ofLane(config, lane);
      }
      return rings;
    } catch (Throwable e) {
      while (lane > 0) {
        leave(rings[--lane]);
      }
      throw e;
    }
  }

  /** Rings that a queue needs and that are not open, and those that more like it would share. */
  private int missing(QueueConfig config) {
    int some = config.keepsLetters() ? 0 : table.missing(config);
    int more = config.lanes() == 1 && some > 0 ? MOST_SHARED - 1 : 0;
    return (reads == null ? 1 : 0) + some + more;
  }

  /** A lane's number tells its ring, so that lanes of one queue share none. */
  private OpenRing ofLane(QueueConfig config, int lane) {
    Kind kind = Kind.of(config, lane);
    return config.lanes() == 1 ? shared(kind) : of(kind, config.lanes());
  }

  /** The only lane of a queue goes wherever there are few: many such have more than one ring. */
  private OpenRing shared(Kind kind) {
    OpenRing ring = table.joinLeast(kind, MOST_SHARED, isShort ? Integer.MAX_VALUE : LANES_EACH);
    if (ring == null) {
      ring = openShared(kind);
    }
    ring = ring == null ? table.joinLeast(kind, MOST_SHARED, Integer.MAX_VALUE) : ring;
    return ring == null ? of(kind, 1) : ring;
  }

  /** Opens one more for those of a class to share, unless they have none, or there are many. */
  private OpenRing openShared(Kind kind) {
    synchronized (opening) {
      OpenRing ring = table.joinLeast(kind, MOST_SHARED, LANES_EACH); // another opened one?
      int number = table.free(kind, MOST_SHARED);
      if (ring != null || number < 0) {
        return ring;
      }
      closeSome();
      isShort = table.all().size() >= MANY || (ring = tryOpen(plan(kind, MOST_SHARED))) == null;
      if (ring != null) {
        table.add(kind.at(number), ring);
      }
      return ring;
    }
  }

  /** Opens one if that costs nobody anything: no message goes for it, and no other ring. */
  private OpenRing tryOpen(OpenRing.Plan plan) {
    long place = store.allocateForRing(plan.deviceBytes());
    try {
      return place == Store.NO_ROOM ? null : openNew(plan, place);
    } catch (ConfigException e) {
      return null;
    }
  }

  /** Where there are many, those that nobody uses take what another would. */
  private void closeSome() {
    closeOf(ring -> table.all().size() >= MANY || ring.failure() != null);
  }

  private OpenRing of(Kind kind, int lanes) {
    OpenRing ring = table.join(kind);
    if (ring != null) {
      return ring;
    }
    synchronized (opening) {
      ring = table.join(kind); // another may have opened it meanwhile
      if (ring == null) {
        closeSome();
        ring = openWithRoom(plan(kind, lanes));
        table.add(kind, ring);
      }
      return ring;
    }
  }

  /** A queue's lane goes through a ring no more. */
  void leave(OpenRing ring) {
    table.use(ring::leave);
  }

  /** As {@link #leave(OpenRing)}, for a lane that may have something under way. */
  void leave(OpenRing ring, EntryLog log) {
    table.use(() -> ring.leave(log));
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
    if (Unused.giveBack()) {
      return openNew(plan);
    }
    throw why;
  }

  private OpenRing openNew(OpenRing.Plan plan) {
    if (closed) {
      throw new TrackFailedException("the track is closed; open another");
    }
    return openNew(plan, takePlace(plan));
  }

  /** Opens one at a place that was taken for it, and joins it: for the caller's lane, or reads. */
  private OpenRing openNew(OpenRing.Plan plan, long place) {
    OpenRing ring = OpenRing.open(plan, device, store, place);
    table.add(ring);
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

  /** Closes some of those that nobody uses, which gives back what they hold; whether it did. */
  private boolean closeOf(Predicate<OpenRing> which) {
    synchronized (closing) {
      List<OpenRing> unused = table.takeUnused(which);
      isShort &= unused.isEmpty();
      Steps steps = new Steps();
      unused.forEach(ring -> steps.run(ring::close));
      try {
        steps.finish();
      } catch (RuntimeException e) {
        LOG.warning("closing rings that nobody uses", e);
      }
      return !unused.isEmpty();
    }
  }

  /** Another track may ask for it, too, which is to hear of no failure here. */
  boolean closeUnused() {
    return closeOf(ring -> true);
  }

  /** Letters need no handler, and their payloads no chunk: they go where the reads do. */
  private OpenRing joinReads() {
    OpenRing ring = reads().ring();
    table.use(ring::join);
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
        OpenReads made = joinNewReads(); // while it runs: readers keep it
        if (reads != null) {
          table.use(reads.ring()::leave);
        }
        reads = made;
      }
      return reads;
    }
  }

  private OpenReads joinNewReads() {
    OpenRing ring = openWithRoom(OpenRing.Plan.ofReads("reads", READ_NANOS));
    try {
      return OpenReads.of(ring);
    } catch (Throwable e) {
      Steps.undo(e, () -> leave(ring));
      throw e;
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
      for (OpenRing ring : table.all()) {
        hasEnded |= watch(ring);
        table.use(ring::forgetEnded);
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
    Unused.remove(closingUnused);
    synchronized (opening) {
      closed = true;
      synchronized (closing) {
        Steps steps = new Steps();
        table.takeAll().forEach(ring -> steps.run(ring::close));
        steps.finish();
      }
    }
  }
}
