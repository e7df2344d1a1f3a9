package io.gpumq.trackb.store;

/**
 * Blocks for large entries of a queue, one each, which are written before their entry is claimed
 * and has {@link OwnSegments a segment} there. Safe for use by many threads, under no lock.
 */
public final class OwnBlocks {
  private final Store store;
  private final Share share;

  OwnBlocks(Store store, Share share) {
    this.store = store;
    this.share = share;
  }

  /**
   * Takes a block for an entry of so many units.
   *
   * @return its place, or {@link Store#NO_ROOM}
   */
  public long take(int units) {
    long place = store.allocate(share, Segment.bytes(units));
    if (place == Store.NO_ROOM) {
      store.wish(share, Segment.bytes(units));
    }
    return place;
  }

  /** Whether {@link #take} would find room. */
  public boolean mayTake(int units) {
    return store.mayAllocate(share, Segment.bytes(units));
  }

  /** Gives back what a block has beyond fewer units. */
  public void shrink(long place, int units, int fewer) {
    store.shrink(share, place, Segment.bytes(units), Segment.bytes(fewer));
  }

  /** Gives a block back which no entry has taken. */
  public void giveBack(long place, int units) {
    store.free(share, place, Segment.bytes(units));
  }
}
