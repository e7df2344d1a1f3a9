package io.gpumq.trackb;

import io.gpumq.api.Batch;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.api.Trim;
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
                .retention(ofLanes(c.retention()))
                .lanes(LANES)
                .build());
    int home = Math.floorMod(c.name().hashCode(), LANES);
    for (int lane = home; lane > 0; lane--) {
      queue.producer().close();
    }
    return new OneLane(queue, c, home);
  }

  private static Retention ofLanes(Retention r) {
    return new Retention(r.until(), ofLanes(r.messages()), ofLanes(r.bytes()), r.age());
  }

  /** What is parted evenly among the lanes, so that each has as much as was asked for. */
  private static long ofLanes(long limit) {
    return limit == QueueConfig.NO_LIMIT ? limit : limit * LANES;
  }

  @Override
  public void close() {
    track.close();
  }

  @Override
  public MultiPoll multiPoll() {
    return track.multiPoll();
  }

  @Override
  public List<MessageQueue> queues() {
    return track.queues();
  }

  private static final class OneLane extends ForwardingQueue {
    private final QueueConfig config;

    private final int home;

    private OneLane(MessageQueue queue, QueueConfig config, int home) {
      super(queue);
      this.config = config;
      this.home = home;
    }

    @Override
    public long trim(Trim to) {
      if (to instanceof Trim.ToMessages messages) {
        return super.trim(Trim.toMessages(ofLanes(messages.most())));
      }
      return super.trim(to);
    }

    @Override
    public Reader reader() {
      return new OneLaneReader(super.reader(), home);
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

  /** Reads the lane that is used where the first is asked for. */
  private record OneLaneReader(Reader reader, int home) implements Reader {
    @Override
    public long oldest(int lane) {
      return reader.oldest(lane == 0 ? home : LANES);
    }

    @Override
    public long end(int lane) {
      return reader.end(lane == 0 ? home : LANES);
    }

    @Override
    public Batch from(long position, int max) {
      return reader.from(position, max);
    }

    @Override
    public Batch before(long position, int max) {
      return reader.before(position, max);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
