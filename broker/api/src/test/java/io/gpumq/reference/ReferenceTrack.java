package io.gpumq.reference;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.spi.OpenQueues;
import java.util.List;

/** Opens {@link ReferenceQueue}s in this process's heap. */
public final class ReferenceTrack implements Track {
  private final OpenQueues queues = new OpenQueues("reference");

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String device() {
    return "host";
  }

  @Override
  public String describe() {
    return "plain lists in this process's heap";
  }

  @Override
  public long storeBytes() {
    return QueueConfig.NO_LIMIT;
  }

  @Override
  public MessageQueue open(QueueConfig config) {
    return queues.open(config, ReferenceQueue::new);
  }

  @Override
  public List<MessageQueue> queues() {
    return queues.list();
  }

  @Override
  public void close() {
    queues.end().forEach(MessageQueue::close);
  }
}
