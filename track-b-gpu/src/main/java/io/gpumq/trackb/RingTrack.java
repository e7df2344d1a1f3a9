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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Track B on one device. One thread watches the rings, so that a dead kernel is noticed. */
final class RingTrack implements Track {
  private static final long WATCH_MILLIS = 5;

  private final RingDevice device;
  private final Running running = new Running();
  private final OpenQueues queues = new OpenQueues("b");
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "gpumq-watcher");
            thread.setDaemon(true);
            return thread;
          });

  RingTrack(RingDevice device) {
    this.device = device;
    watcher.scheduleWithFixedDelay(
        running::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
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

  private TrackQueue openQueue(QueueConfig config) {
    return config.lanes() == 1
        ? new RingQueue(config, device, running)
        : new LanedQueue(config, device, running);
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
      steps.run(watcher::shutdownNow).run(device::close).finish();
    }
  }
}
