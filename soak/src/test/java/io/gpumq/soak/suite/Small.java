package io.gpumq.soak.suite;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import java.util.List;

/** A track that says that its store has so many bytes. */
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
  public long storeBytes() {
    return bytes;
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return track.open(config);
  }

  @Override
  public MultiPoll multiPoll() {
    return track.multiPoll();
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
