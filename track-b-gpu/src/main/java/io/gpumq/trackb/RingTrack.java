package io.gpumq.trackb;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.ring.LanedQueue;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingQueue;
import io.gpumq.trackb.ring.Running;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Track B on one device. One thread watches the rings, so that a dead kernel is noticed. */
final class RingTrack implements Track {
  private static final long WATCH_NANOS = 5_000_000;

  private final RingDevice device;
  private final Running running = new Running();
  private final OpenQueues queues = new OpenQueues("b");
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean watchEnded;
  private final Thread watcher = new Thread(this::watch, "gpumq-watcher");

  /**
   * @param device is the track's from now on: closed with it, and where it cannot be made
   */
  RingTrack(RingDevice device) {
    this.device = device;
    watcher.setDaemon(true);
    try {
      watcher.start();
    } catch (Throwable e) { // no room for one more thread
      Steps.undo(e, device::close);
      throw e;
    }
  }

  private void watch() {
    while (!watchEnded) {
      LockSupport.parkNanos(WATCH_NANOS);
      running.watch();
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
    return device.name().equals("host")
        ? "ring on " + device.describe()
        : "ring in VRAM of " + device.describe();
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return queues.open(config, this::openQueue);
  }

  /** An interrupt, which would close the files that are being made, is kept for the caller. */
  private TrackQueue openQueue(QueueConfig config) {
    boolean interrupted = Thread.interrupted();
    try {
      return config.lanes() == 1
          ? new RingQueue(config, device, running)
          : new LanedQueue(config, device, running);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public List<MessageQueue> queues() {
    return queues.list();
  }

  @Override
  public void close() {
    List<MessageQueue> open = queues.end();
    if (closed.compareAndSet(false, true)) {
      Steps steps = new Steps();
      open.forEach(queue -> steps.run(queue::close));
      steps.run(() -> watchEnded = true).run(device::close).finish();
    }
  }
}
