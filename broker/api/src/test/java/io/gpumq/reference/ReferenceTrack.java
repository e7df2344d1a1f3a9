package io.gpumq.reference;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Opens {@link ReferenceQueue}s in this process's heap. */
public final class ReferenceTrack implements Track {
  private final List<MessageQueue> queues = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

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
  public MessageQueue open(QueueConfig config) {
    if (closed) {
      throw new QueueClosedException("track reference is closed: open another");
    }
    MessageQueue queue = new ReferenceQueue(config);
    queues.add(queue);
    return queue;
  }

  @Override
  public void close() {
    closed = true;
    queues.forEach(MessageQueue::close);
  }
}
