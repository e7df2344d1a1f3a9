package io.gpumq.tracka;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.spi.BatchDevice;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Track A on one Redis and one device. */
final class RedisTrack implements Track {
  static final String NAME = "a";

  private final RedisSettings settings;
  private final String version;
  private final BatchDevice device;
  private final Set<RedisQueue> queues = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  RedisTrack(RedisSettings settings, String version, BatchDevice device) {
    this.settings = settings;
    this.version = version;
    this.device = device;
  }

  RedisSettings settings() {
    return settings;
  }

  /** What runs the handler for one consumer. */
  Handling handling(QueueConfig config) {
    return new Handling(device, config);
  }

  void closed(RedisQueue queue) {
    queues.remove(queue);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String device() {
    return device.name();
  }

  @Override
  public String describe() {
    return "Redis " + version + " at " + settings.shown() + ", handlers on " + device.describe();
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    if (closed) {
      throw new TrackFailedException("track " + NAME + " is closed: open another");
    }
    device.runner(config.handler(), config.slotBytes(), 1).close(); // there is such a handler
    try {
      ServerInfo.ask(settings).requireMemoryFor(config);
    } catch (TrackUnavailableException e) {
      throw new TrackFailedException(e.getMessage(), e);
    }
    var queue = new RedisQueue(this, config, UUID.randomUUID().toString());
    queues.add(queue);
    return queue;
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(queues).forEach(RedisQueue::close);
    device.close();
  }
}
