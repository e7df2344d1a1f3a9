package io.gpumq.trackb.queue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Store;
import java.util.Map;

/** What the queues of a track have in common, without the track. */
final class TestShop implements AutoCloseable {
  private static final long BYTES = 96L << 20;
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  /** A queue that was used is looked at twice. */
  private static final int FOLD_LOOKS = 2;

  private final OpenQueues<OpenQueue> queues =
      new OpenQueues<>("test", PayloadLimit.of(Map.of()), this::openQueue);
  private final Copier copier;
  private boolean areRingsClosed;
  private long later;
  final ReadingDevice device;
  final Rings rings;
  final Store store;
  final Shop shop;

  TestShop(Backend backend, Waiters waiters) {
    device = new ReadingDevice(new InProcessDevice(backend, backend.allocate(BYTES, false)));
    store = new Store(new Arena(BYTES), BYTES / 64, waiters::stir);
    Upkeep upkeep = Upkeep.of(store);
    rings = new Rings(device, store, upkeep);
    copier = Copier.open(device.vram());
    shop = new Shop(rings, store, copier, upkeep, new Aging(), new Folding(), waiters, queues);
  }

  static TestShop onHost() {
    return new TestShop(new HostBackend(), new Waiters());
  }

  Queue open(QueueConfig.Builder config) {
    return queues.open(config.build()).queue();
  }

  private OpenQueue openQueue(QueueConfig config) {
    return shop.open(config);
  }

  /** Folds what can be, as a watcher does when some time has passed. For a few queues. */
  synchronized void fold() {
    for (int look = 0; look < FOLD_LOOKS; look++) {
      later += HOUR_NANOS;
      shop.folding().look(System.nanoTime() + later);
    }
  }

  /** Ends its queues and rings, as a track does. */
  void closeRings() {
    queues.end().forEach(MessageQueue::close);
    if (!areRingsClosed) {
      areRingsClosed = true;
      rings.close();
    }
  }

  @Override
  public void close() {
    closeRings();
    copier.close();
    device.close();
  }
}
