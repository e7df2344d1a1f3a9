package io.gpumq.trackb;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.ring.RingDevice;
import io.gpumq.trackb.ring.RingQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Track B on one device. One thread watches the queues, so that a dead kernel is noticed. */
final class RingTrack implements Track {
  private static final long WATCH_MILLIS = 5;

  private final RingDevice device;
  private final Set<RingQueue> queues = ConcurrentHashMap.newKeySet();
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
        () -> queues.forEach(RingQueue::watch), WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
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
    RingQueue[] made = {null};
    RingQueue queue = new RingQueue(config, device, () -> queues.remove(made[0]));
    made[0] = queue;
    queues.add(queue);
    return queue;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    watcher.shutdownNow();
    RuntimeException first = null;
    for (RingQueue queue : queues) {
      try {
        queue.close();
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
