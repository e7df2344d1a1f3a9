package io.gpumq.trackb.queue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Arena;
import java.util.HashMap;
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

  public Rings(Device device, Arena arena) {
    this.device = device;
    this.arena = arena;
  }

  /** Returns the ring of a queue's lane. */
  synchronized OpenRing of(QueueConfig config, int lane) {
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
      HandlerSpec handler = HandlerSpec.parse(config.handler());
      String name = "ring-" + open.size();
      ring = OpenRing.open(name, size, handler, config.handlerAttempts(), device, arena);
      open.put(kind, ring);
    }
    return ring;
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
