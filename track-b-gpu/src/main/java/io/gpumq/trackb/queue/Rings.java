package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rings of a track: opened when first wanted, one for each lane's number of each class of
 * queues, however many queues there are. Safe for use by many threads.
 */
public final class Rings {
  /** Queues of one class share rings. */
  private record Kind(String handler, int attempts, long timeoutNanos, int size, int lane) {}

  private static final int SMALL = 512;
  private static final int MEDIUM = 8 << 10;
  private static final int READ_BYTES = 4096;

  /** A read takes microseconds: what takes so long never comes. */
  private static final long READ_NANOS = 10_000_000_000L;

  private static final Log LOG = Log.of(Rings.class);

  private final Device device;
  private final Arena arena;
  private final Map<Kind, OpenRing> open = new HashMap<>();

  /** Those of them that have failed, until nobody uses them. */
  private final List<OpenRing> failed = new ArrayList<>();

  private OpenRing reads;

  /** Whether it was said that a look has failed. For who watches. */
  private boolean isTold;

  /** Rings that were ever opened: each has a name of its own. */
  private int opened;

  public Rings(Device device, Arena arena) {
    this.device = device;
    this.arena = arena;
  }

  /** Returns the rings of a queue's lanes: each is to be left. */
  synchronized OpenRing[] forLanesOf(QueueConfig config) {
    OpenRing[] rings = new OpenRing[config.lanes()];
    device.expect(missing(config) + (reads == null ? 1 : 0));
    int lane = 0;
    try {
      for (; lane < rings.length; lane++) {
        rings[lane] = of(config, lane);
      }
      return rings;
    } catch (Throwable e) {
      while (lane > 0) {
        rings[--lane].leave();
      }
      throw e;
    }
  }

  private int missing(QueueConfig config) {
    int missing = 0;
    for (int lane = 0; lane < config.lanes(); lane++) {
      missing += open.containsKey(kind(config, lane)) ? 0 : 1;
    }
    return missing;
  }

  private static Kind kind(QueueConfig config, int lane) {
    int largest = config.slotBytes();
    int size = largest <= SMALL ? SMALL : largest <= MEDIUM ? MEDIUM : QueueConfig.MAX_SLOT_BYTES;
    return new Kind(
        config.handler(), config.handlerAttempts(), config.handlerTimeout().toNanos(), size, lane);
  }

  private OpenRing of(QueueConfig config, int lane) {
    Kind kind = kind(config, lane);
    OpenRing ring = open.get(kind);
    if (ring != null && ring.failure() != null) {
      failed.add(open.remove(kind)); // its queues have failed with it; this one is another
      ring = null;
    }
    if (ring == null) {
      ring = openWithRoom(kind, config.lanes());
      open.put(kind, ring);
    }
    ring.join();
    return ring;
  }

  /** Where the device has no room for one more, those make room that no queue uses. */
  private OpenRing openWithRoom(Kind kind, int lanes) {
    try {
      return openNew(kind, lanes);
    } catch (ConfigException e) {
      if (!closeUnused()) {
        throw e;
      }
      return openNew(kind, lanes);
    }
  }

  private OpenRing openNew(Kind kind, int lanes) {
    HandlerSpec handler = HandlerSpec.parse(kind.handler());
    String name = "ring-" + opened++;
    var plan =
        new OpenRing.Plan(name, kind.size(), handler, kind.attempts(), kind.timeoutNanos(), lanes);
    return OpenRing.open(plan, device, arena);
  }

  private boolean closeUnused() {
    List<OpenRing> unused = Stream.of(all()).filter(OpenRing::isUnused).toList();
    open.values().removeAll(unused);
    failed.removeAll(unused);
    Steps steps = new Steps();
    unused.forEach(ring -> steps.run(ring::close));
    steps.finish();
    return !unused.isEmpty();
  }

  /** A queue's lane goes through a ring no more. */
  synchronized void leave(OpenRing ring) {
    ring.leave();
  }

  /** Returns the ring for reads. */
  synchronized OpenRing reads() {
    if (reads == null) {
      HandlerSpec none = HandlerSpec.parse("echo");
      var plan = new OpenRing.Plan("reads", READ_BYTES, none, 1, READ_NANOS, 1);
      reads = OpenRing.open(plan, device, arena);
      reads.join(); // until the end: readers keep it
    }
    return reads;
  }

  /**
   * Looks whether each still runs. What a look throws, for want of memory say, keeps no other from
   * being looked at; it is logged the first time, since there are some hundred looks a second.
   */
  public void watch() {
    try {
      for (OpenRing ring : all()) {
        watch(ring);
      }
    } catch (Throwable e) {
      // Telling it would throw, too: the next look comes soon.
    }
  }

  private void watch(OpenRing ring) {
    try {
      ring.watch();
    } catch (Throwable e) {
      if (!isTold) {
        isTold = true;
        LOG.warning("watching a ring failed, and goes on", e);
      }
    }
  }

  private synchronized OpenRing[] all() {
    List<OpenRing> all = new ArrayList<>(open.values());
    all.addAll(failed);
    if (reads != null) {
      all.add(reads);
    }
    return all.toArray(OpenRing[]::new);
  }

  /** Stops all. Once, when no queue is open. */
  public void close() {
    Steps steps = new Steps();
    for (OpenRing ring : all()) {
      steps.run(ring::close);
    }
    steps.finish();
  }
}
