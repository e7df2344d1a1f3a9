package io.gpumq.trackb;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.ForwardingQueue;
import java.util.List;

/**
 * A track whose queues have four lanes, each of the limit that was asked for, and all producers of
 * a queue in one of them: whoever uses it should notice nothing.
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
  public long storeBytes() {
    return track.storeBytes();
  }

  @Override
  public MessageQueue open(QueueConfig c) {
    MessageQueue queue =
        track.open(
            QueueConfig.named(c.name())
                .maxMessages(Math.min(c.maxMessages(), QueueConfig.NO_LIMIT / LANES) * LANES)
                .maxPayloadBytes(c.maxPayloadBytes())
                .maxBytes(c.maxBytes())
                .minBytes(c.minBytes())
                .handler(c.handler())
                .lease(c.lease())
                .maxDeliveries(c.maxDeliveries())
                .handlerAttempts(c.handlerAttempts())
                .deadLetters(c.deadLetters())
                .maxDeadLetters(c.maxDeadLetters())
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

  @Override
  public List<MessageQueue> queues() {
    return track.queues();
  }

  private static final class OneLane extends ForwardingQueue {
    private final QueueConfig config;

    private OneLane(MessageQueue queue, QueueConfig config) {
      super(queue);
      this.config = config;
    }

    @Override
    public QueueConfig config() {
      return config;
    }

    /** The lanes take turns: after so many others it is the same one's turn again. */
    @Override
    public synchronized Producer producer() {
      Producer producer = super.producer();
      for (int other = 1; other < LANES; other++) {
        super.producer().close();
      }
      return producer;
    }
  }
}
