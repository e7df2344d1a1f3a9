package io.gpumq.trackb;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Track;
import java.time.Duration;
import java.util.List;

/**
 * A track whose queues have four lanes, each of the capacity that was asked for, and all producers
 * of a queue in one of them: whoever uses it should notice nothing.
 */
record LanedTrack(Track track) implements Track {
  private static final int LANES = 4;

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
  public MessageQueue open(QueueConfig c) {
    MessageQueue queue =
        track.open(
            QueueConfig.named(c.name())
                .capacity(c.capacity() * LANES)
                .slotBytes(c.slotBytes())
                .handler(c.handler())
                .lease(c.lease())
                .maxDeliveries(c.maxDeliveries())
                .handlerAttempts(c.handlerAttempts())
                .deadLetterCapacity(c.deadLetterCapacity())
                .handlerTimeout(c.handlerTimeout())
                .strictOrder(c.strictOrder())
                .lanes(LANES)
                .build());
    for (int lane = Math.floorMod(c.name().hashCode(), LANES); lane > 0; lane--) {
      queue.producer().close();
    }
    return new OneLane(queue, c);
  }

  @Override
  public void close() {
    track.close();
  }

  private record OneLane(MessageQueue queue, QueueConfig config) implements MessageQueue {
    @Override
    public String name() {
      return queue.name();
    }

    /** The lanes take turns: after so many others it is the same one's turn again. */
    @Override
    public synchronized Producer producer() {
      Producer producer = queue.producer();
      for (int other = 1; other < LANES; other++) {
        queue.producer().close();
      }
      return producer;
    }

    @Override
    public void createGroup(String group, GroupStart start) {
      queue.createGroup(group, start);
    }

    @Override
    public boolean removeGroup(String group) {
      return queue.removeGroup(group);
    }

    @Override
    public void moveGroup(String group, GroupStart to) {
      queue.moveGroup(group, to);
    }

    @Override
    public void moveGroup(String group, long sequence) {
      queue.moveGroup(group, sequence);
    }

    @Override
    public List<GroupStats> groups() {
      return queue.groups();
    }

    @Override
    public boolean closeConsumer(String group, String name) {
      return queue.closeConsumer(group, name);
    }

    @Override
    public Consumer consumer(String group, String name) {
      return queue.consumer(group, name);
    }

    @Override
    public DeadLetters deadLetters() {
      return queue.deadLetters();
    }

    @Override
    public QueueStats stats() {
      return queue.stats();
    }

    @Override
    public CloseReport close(Duration drain) {
      return queue.close(drain);
    }
  }
}
