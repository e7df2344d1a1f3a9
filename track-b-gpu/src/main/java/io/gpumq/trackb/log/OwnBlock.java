package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Store;

/**
 * A block of the store that a log keeps for one large entry: its payload is copied there before the
 * entry is claimed. Of one producer, for each of its large entries anew.
 */
public final class OwnBlock {
  private long place = Store.NO_ROOM;
  private int units;

  /** Whether there is none now. */
  boolean isNone() {
    return place == Store.NO_ROOM;
  }

  /** Where it begins, in units. */
  long place() {
    return place;
  }

  /** Units of the entry that it is for. */
  int units() {
    return units;
  }

  /** Where the entry will begin, in units. */
  public long entry() {
    return place + Segment.HEADER_UNITS;
  }

  void set(long at, int ofUnits) {
    place = at;
    units = ofUnits;
  }

  void clear() {
    set(Store.NO_ROOM, 0);
  }
}
