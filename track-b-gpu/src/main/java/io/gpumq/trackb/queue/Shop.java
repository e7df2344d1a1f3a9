package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.OpenQueues;
import io.gpumq.spi.Steps;
import io.gpumq.spi.waiting.Waiters;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.store.Store;

/**
 * What the queues of a track have in common.
 *
 * @param copier copies what no kernel carries, or reads
 * @param upkeep looks after the lanes' logs
 * @param aging lanes whose messages go by their age
 * @param folding queues that nobody uses
 * @param queues those that are open: a queue's dead letters go to another, and back
 */
public record Shop(
    Rings rings,
    Store store,
    Copier copier,
    Upkeep upkeep,
    Aging aging,
    Folding folding,
    Waiters waiters,
    OpenQueues<OpenQueue> queues) {
  /** Their cleaner may move what these have. */
  public Shop {
    upkeep.cleaner().lookIn(each -> queues.each(queue -> queue.eachStill(each)));
  }

  /** Opens a queue. Where it cannot be made, its rings are left again. */
  public OpenQueue open(QueueConfig config) {
    OpenRing[] lanes = rings.forLanesOf(config);
    Share share = null;
    try {
      requireRoomForLargest(config, lanes[0].ring().shape().resultBytes());
      if (config.maxPayloadBytes() > RingShape.LARGEST_PAYLOAD) {
        copier.largeArea().open();
      }
      share = share(config);
      return new OpenQueue(config, this, share, lanes);
    } catch (Throwable e) {
      if (share != null) {
        store.end(share);
      }
      for (OpenRing lane : lanes) {
        Steps.undo(e, () -> rings.leave(lane));
      }
      throw e;
    }
  }

  private void requireRoomForLargest(QueueConfig config, int resultBytes) {
    int units = Draft.mostUnits(config.maxPayloadBytes(), resultBytes);
    if (Segment.blockBytes(units) > store.mostBytes()) {
      throw new ConfigException(
          "max-payload-bytes "
              + config.maxPayloadBytes()
              + " of queue '"
              + config.name()
              + "': a message of it has no room in the store of "
              + store.bytes()
              + " bytes; ask for less, or set store.bytes");
    }
    long least = (long) config.lanes() * Segment.blockBytes(units);
    if (config.maxBytes() < least) {
      throw new ConfigException(
          "max-bytes "
              + config.maxBytes()
              + " of queue '"
              + config.name()
              + "': must be "
              + least
              + " or more, for a message of "
              + config.maxPayloadBytes()
              + " bytes in each of its lanes");
    }
  }

  private Share share(QueueConfig config) {
    Share share = store.share(config.maxBytes(), config.minBytes());
    while (share == null && upkeep.makeRoomFor(missing(config))) {
      share = store.share(config.maxBytes(), config.minBytes());
    }
    if (share == null) {
      throw new ConfigException(
          "min-bytes "
              + config.minBytes()
              + " of queue '"
              + config.name()
              + "': must be at most "
              + store.unpromisedBytes()
              + ", which the store of "
              + store.bytes()
              + " bytes has free and not reserved; ask for less, or set store.bytes");
    }
    return share;
  }

  private long missing(QueueConfig config) {
    return Math.max(1, config.minBytes() - store.unpromisedBytes());
  }

  /** Returns a way to read from the store, for one thread at a time. */
  Reading reading() {
    return new RingReading(rings, copier);
  }
}
