package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  private final Device device;
  private final Arena arena;
  private final Map<Kind, OpenRing> open = new HashMap<>();
  private OpenRing reads;

  /** Rings that were ever opened: each has a name of its own. */
  private int opened;

  public Rings(Device device, Arena arena) {
    this.device = device;
    this.arena = arena;
  }

  /** Returns the rings of a queue's lanes: each is to be left. */
  synchronized OpenRing[] forLanesOf(QueueConfig config) {
    OpenRing[] rings = new OpenRing[config.lanes()];
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

  private OpenRing of(QueueConfig config, int lane) {
    int largest = config.slotBytes();
    int size = largest <= SMALL ? SMALL : largest <= MEDIUM ? MEDIUM : QueueConfig.MAX_SLOT_BYTES;
    Kind kind =
        new Kind(
            config.handler(),
            config.handlerAttempts(),
            config.handlerTimeout().toNanos(),
            size,
            lane);
    OpenRing ring = open.get(kind);
    if (ring == null) {
      ring = openWithRoom(kind);
      open.put(kind, ring);
    }
    ring.join();
    return ring;
  }

  /** Where the device has no room for one more, those make room that no queue uses. */
  private OpenRing openWithRoom(Kind kind) {
    try {
      return openNew(kind);
    } catch (ConfigException e) {
      if (!closeUnused()) {
        throw e;
      }
      return openNew(kind);
    }
  }

  private OpenRing openNew(Kind kind) {
    HandlerSpec handler = HandlerSpec.parse(kind.handler());
    String name = "ring-" + opened++;
    return OpenRing.open(name, kind.size(), handler, kind.attempts(), device, arena);
  }

  private boolean closeUnused() {
    List<OpenRing> unused = open.values().stream().filter(OpenRing::isUnused).toList();
    open.values().removeAll(unused);
    unused.forEach(OpenRing::close);
    return !unused.isEmpty();
  }

  /** A queue's lane goes through a ring no more. */
  synchronized void leave(OpenRing ring) {
    ring.leave();
  }

  /** Returns what reads by the ring for reads. */
  synchronized Fetch fetch() {
    if (reads == null) {
      HandlerSpec echo = HandlerSpec.parse("echo");
      reads = OpenRing.open("reads", READ_BYTES, echo, 1, device, arena);
    }
    return new Fetch(reads.ring(), reads.window());
  }

  /** Looks whether each still runs. Throws nothing. */
  public void watch() {
    for (OpenRing ring : all()) {
      ring.watch();
    }
  }

  private synchronized OpenRing[] all() {
    OpenRing[] all = open.values().toArray(new OpenRing[open.size() + (reads == null ? 0 : 1)]);
    if (reads != null) {
      all[open.size()] = reads;
    }
    return all;
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
