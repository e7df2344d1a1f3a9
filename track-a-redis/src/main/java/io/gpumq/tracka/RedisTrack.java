package io.gpumq.tracka;

import io.gpumq.api.ConfigException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.PollEach;
import io.gpumq.spi.Steps;
import io.gpumq.spi.waiting.Waiters;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.exceptions.JedisDataException;

/** Track A on one Redis and one device. */
final class RedisTrack implements Track {
  static final String NAME = "a";

  private final RedisSettings settings;
  private final String version;
  private final long storeBytes;
  private final BatchDevice device;
  private final Waiters waiters = new Waiters();
  private final Relief relief = new Relief();
  private final Upkeep upkeep = new Upkeep();
  private final OpenQueues<RedisQueue> queues;
  private final AtomicBoolean closed = new AtomicBoolean();

  RedisTrack(RedisSettings settings, ServerInfo info, BatchDevice device) {
    this.settings = settings;
    queues = new OpenQueues<>(NAME, settings.payloads(), this::openQueue);
    this.version = info.version();
    this.storeBytes = info.memoryBytes();
    this.device = device;
  }

  RedisSettings settings() {
    return settings;
  }

  /** Those who wait without a thread. */
  Waiters waiters() {
    return waiters;
  }

  /** Who gives messages up where Redis has no memory. */
  Relief relief() {
    return relief;
  }

  /** What looks after queues whose messages go by their age. */
  Upkeep upkeep() {
    return upkeep;
  }

  /** What runs the handler for one consumer or reader. */
  Handling handling(QueueConfig config) {
    return config.keepsLetters() ? new LetterHandling() : new BatchHandling(device, config);
  }

  OpenQueues<RedisQueue> openQueues() {
    return queues;
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
  public long storeBytes() {
    return storeBytes;
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return queues.open(config);
  }

  private RedisQueue openQueue(QueueConfig config) {
    requireNoBytes("max-bytes", config.maxBytes(), QueueConfig.NO_LIMIT);
    requireNoBytes("min-bytes", config.minBytes(), 0);
    requireNoBytes("retention bytes", config.retention().bytes(), QueueConfig.NO_LIMIT);
    device.runner(config.handler(), config.maxPayloadBytes(), 1).close(); // there is such a handler
    try {
      ServerInfo info = ServerInfo.ask(settings); // letters are messages that there was room for
      long most = config.keepsLetters() ? config.maxMessages() : info.mostMessages(config);
      RedisQueue queue = make(config, most);
      if (queue.trimmer().keeping().isAging()) {
        upkeep.add(queue);
      }
      return queue;
    } catch (TrackUnavailableException e) {
      throw new TrackFailedException(e.getMessage(), e);
    }
  }

  /** Makes a queue, again where Redis had no memory for it and may have some now. */
  private RedisQueue make(QueueConfig config, long most) {
    while (true) {
      try {
        return new RedisQueue(this, config, UUID.randomUUID().toString(), most);
      } catch (TrackFailedException e) {
        boolean isOfMemory = e.getCause() instanceof JedisDataException d && Refusal.isOfMemory(d);
        if (!isOfMemory || !relief.makeRoom()) {
          throw e;
        }
      }
    }
  }

  private static void requireNoBytes(String what, long given, long usual) {
    if (given != usual) {
      throw new ConfigException(
          what
              + " "
              + given
              + ": track a cannot keep to it, since Redis does not say what a queue takes; leave it"
              + " out, and set a number of messages");
    }
  }

  @Override
  public MultiPoll multiPoll() {
    return new PollEach();
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
      steps.run(device::close).finish();
    }
  }
}
