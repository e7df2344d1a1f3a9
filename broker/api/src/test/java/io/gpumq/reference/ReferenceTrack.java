package io.gpumq.reference;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.spi.PollEach;
import io.gpumq.spi.waiting.Waiters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Opens {@link ReferenceQueue}s in this process's heap. */
public final class ReferenceTrack implements Track {
  private final OpenQueues<ReferenceQueue> queues =
      new OpenQueues<>("reference", PayloadLimit.of(Map.of()), this::openQueue);

  final Waiters waiters = new Waiters();

  /** Of all its queues: a letter goes from one to another. */
  final ReentrantLock lock = new ReentrantLock();

  /** Whether something has changed in one of them. */
  final Condition changed = lock.newCondition();

  OpenQueues<ReferenceQueue> openQueues() {
    return queues;
  }

  private ReferenceQueue openQueue(QueueConfig config) {
    return new ReferenceQueue(config, this);
  }

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
    return queues.open(config);
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
    queues.end().forEach(MessageQueue::close);
  }
}
