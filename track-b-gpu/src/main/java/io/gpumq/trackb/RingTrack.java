package io.gpumq.trackb;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.ring.LanedQueue;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Track B on one device. One thread watches the rings, so that a dead kernel is noticed. */
final class RingTrack implements Track {
  private static final long WATCH_MILLIS = 5;

  private final RingDevice device;
  private final Set<RingQueue> rings = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "gpumq-watcher");
            thread.setDaemon(true);
            return thread;
          });
  private boolean closed;

  RingTrack(RingDevice device) {
    this.device = device;
    watcher.scheduleWithFixedDelay(
        () -> rings.forEach(RingQueue::watch), WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
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
  public synchronized MessageQueue open(QueueConfig config) {
    if (closed) {
      throw new TrackFailedException("track b is closed; open another");
    }
    return config.lanes() == 1
        ? new RingQueue(config, device, rings)
        : new LanedQueue(config, device, rings);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    watcher.shutdownNow();
    RuntimeException first = null;
    for (RingQueue ring : rings) {
      try {
        ring.close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    device.close();
    if (first != null) {
      throw first;
    }
  }
}
