package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.SegmentReads;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.waiting.Waiters;
import java.nio.ByteBuffer;

/**
 * What the queues of a track have in common.
 *
 * @param segments reads whole segments of the store
 */
public record Shop(Rings rings, Store store, SegmentReads segments, Waiters waiters) {
  /** Returns a way to read from the store, for one thread at a time. */
  Reading reading() {
    return new Own(this);
  }

  private static final class Own implements Reading {
    private final Shop shop;
    private Fetch fetch;

    private Own(Shop shop) {
      this.shop = shop;
    }

    @Override
    public SegmentReads segments() {
      return shop.segments();
    }

    @Override
    public int fetch(Fetch.Wanted wanted, int from, ByteBuffer memory, Runnable alive) {
      if (fetch == null) {
        fetch = shop.rings().fetch();
      }
      int bytes = wanted.units(from) * UNIT;
      if (bytes > fetch.mostBytes()) {
        shop.segments().copy(wanted.place(from), bytes, memory, wanted.target(from));
        return 1;
      }
      return fetch.read(wanted, from, memory, alive);
    }
  }
}
