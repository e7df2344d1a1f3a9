package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import java.util.List;

/** A track that has memory for so many bytes, and refuses a larger queue. */
record Small(Track track, long bytes) implements Track {
  @Override
  public String name() {
    return track.name();
  }

  @Override
  public String device() {
    return track.device();
  }

  @Override
  public String describe() {
    return track.describe();
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    if ((long) config.capacity() * config.slotBytes() > bytes) {
      throw new ConfigException("capacity " + config.capacity() + ": has " + bytes + " bytes");
    }
    return track.open(config);
  }

  @Override
  public List<MessageQueue> queues() {
    return track.queues();
  }

  @Override
  public void close() {
    track.close();
  }
}
