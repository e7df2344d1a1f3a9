package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.Resting;
import io.gpumq.trackb.log.SegmentReads;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.waiting.Waiters;
import java.nio.ByteBuffer;

/**
 * What the queues of a track have in common.
 *
 * @param segments reads whole segments of the store
 * @param resting lanes that keep a segment for what comes next
 */
public record Shop(
    Rings rings, Store store, SegmentReads segments, Resting resting, Waiters waiters) {
  /** Opens a queue. Where it cannot be made, its rings are left again. */
  public TrackQueue open(QueueConfig config) {
    OpenRing[] lanes = rings.forLanesOf(config);
    try {
      return new Queue(config, this, lanes);
    } catch (Throwable e) {
      for (OpenRing lane : lanes) {
        Steps.undo(e, () -> rings.leave(lane));
      }
      throw e;
    }
  }

  /** Returns a way to read from the store, for one thread at a time. */
  Reading reading() {
    return new Own(this);
  }

  private static final class Own implements Reading {
    private final Shop shop;
    private OpenRing ring;
    private Fetch fetch;

    private Own(Shop shop) {
      this.shop = shop;
    }

    @Override
    public SegmentReads segments() {
      return shop.segments();
    }

    @Override
    public void fetch(Fetch.Wanted wanted, ByteBuffer memory) {
      OpenRing now = shop.rings().reads();
      if (!now.tryHold()) {
        throw new TrackFailedException("the ring for reads is closed");
      }
      try {
        fetchBy(now, wanted, memory);
      } finally {
        now.letGo();
      }
    }

    private void fetchBy(OpenRing now, Fetch.Wanted wanted, ByteBuffer memory) {
      if (now != ring) {
        ring = now;
        fetch = new Fetch(now.ring(), now.window());
      }
      for (int done = 0; done < wanted.count(); ) {
        int bytes = wanted.units(done) * UNIT;
        if (bytes > fetch.mostBytes() || ring.isAway()) {
          shop.segments().copy(wanted.place(done), bytes, memory, wanted.target(done));
          done++;
        } else {
          done += fetch.read(wanted, done, memory, ring::requireRunning);
        }
      }
    }
  }
}
