package io.gpumq.trackb;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.spi.Log;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.spi.Steps;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.queue.Aging;
import io.gpumq.trackb.queue.Folding;
import io.gpumq.trackb.queue.JointPoll;
import io.gpumq.trackb.queue.OpenQueue;
import io.gpumq.trackb.queue.Rings;
import io.gpumq.trackb.queue.Shop;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Arena;
import io.gpumq.trackb.store.Store;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Track B on one device. One thread watches the rings, so that a dead kernel is noticed. */
final class GpuTrack implements Track {
  private static final long WATCH_NANOS = 5_000_000;

  /** So many looks at the rings lie between two at lanes that rest: some 100 ms. */
  private static final int REST_LOOKS = 20;

  /** This part of the store is kept for its cleaner. */
  private static final int SPARE_PART = 64;

  private static final Log LOG = Log.of(GpuTrack.class);

  private final Device device;
  private final boolean isUsual;
  private final Copier copier;
  private final Shop shop;
  private final OpenQueues<OpenQueue> queues;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean watchEnded;

  /** Whether it was said that a look after the store has failed. Of the watcher. */
  private boolean isTold;

  private final Thread watcher = new Thread(this::watch, "gpumq-watcher");

  /**
   * @param device is the track's from now on: closed with it, and where it cannot be made
   * @param payloads what its queues may take
   * @param isUsual whether nobody has said how large its store is to be
   */
  GpuTrack(Device device, PayloadLimit payloads, boolean isUsual) {
    this.device = device;
    this.isUsual = isUsual;
    queues = new OpenQueues<>("b", payloads, this::openQueue);
    copier = copier(device);
    try {
      long bytes = device.vram().bytes();
      Waiters waiters = new Waiters();
      Store store = new Store(new Arena(bytes), bytes / SPARE_PART, waiters::stir);
      Upkeep upkeep = Upkeep.of(store);
      Rings rings = new Rings(device, store, upkeep);
      shop = new Shop(rings, store, copier, upkeep, new Aging(), new Folding(), waiters, queues);
      watcher.setDaemon(true);
      watcher.start();
    } catch (Throwable e) { // no room for one more thread
      Steps.undo(e, copier::close, device::close);
      throw e;
    }
  }

  private static Copier copier(Device device) {
    try {
      return Copier.open(device.vram());
    } catch (Throwable e) {
      Steps.undo(e, device::close);
      throw e;
    }
  }

  private void watch() {
    for (int look = 1; !watchEnded; look++) {
      LockSupport.parkNanos(WATCH_NANOS);
      if (shop.rings().watch()) {
        shop.waiters().ringAll(); // who waits on its queues hears of it
      }
      keepUp(look % REST_LOOKS == 0);
    }
  }

  private void keepUp(boolean isRestLook) {
    try {
      shop.upkeep().cleaner().advance();
      shop.folding().look();
      if (isRestLook) {
        shop.upkeep().resting().look();
        shop.aging().look();
      }
    } catch (RuntimeException e) {
      if (!isTold) {
        isTold = true;
        LOG.warning("looking after the store failed, and goes on", e);
      }
    } catch (Error e) {
      // For want of memory, mostly: telling it would throw, too. The next look comes soon.
    }
  }

  @Override
  public String name() {
    return "b";
  }

  @Override
  public String device() {
    return device.name();
  }

  @Override
  public String describe() {
    String usual = isUsual ? " MB (default) " : " MB ";
    String where = device.name().equals("host") ? "on " : "in VRAM of ";
    return "store of " + (device.vram().bytes() >> 20) + usual + where + device.describe();
  }

  @Override
  public long storeBytes() {
    return shop.store().bytes();
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return queues.open(config);
  }

  private OpenQueue openQueue(QueueConfig config) {
    return shop.open(config);
  }

  @Override
  public MultiPoll multiPoll() {
    return new JointPoll(shop.store());
  }

  @Override
  public List<MessageQueue> queues() {
    return List.copyOf(queues.list());
  }

  @Override
  public void close() {
    var open = queues.end();
    if (closed.compareAndSet(false, true)) {
      Steps steps = new Steps();
      open.forEach(queue -> steps.run(queue::close));
      steps
          .run(() -> watchEnded = true)
          .run(shop.rings()::close)
          .run(copier::close)
          .run(device::close)
          .finish();
    }
  }
}
