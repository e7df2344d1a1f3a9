package io.gpumq.trackb.log;

/**
 * Room that a log keeps for entries that a producer's call is about to write: how many these may
 * be, and, where the store is short, the units of a segment that they may take. Of one producer,
 * and written under the log's lock; for each of its calls anew.
 */
public final class Reservation {
  private int entries;
  private int units;

  /** Entries that it is for. */
  public int entries() {
    return entries;
  }

  /** Units of a segment that are promised to it; 0 where a refuge takes the place of such. */
  int units() {
    return units;
  }

  /** Whether nothing is kept. */
  boolean isNone() {
    return entries == 0 && units == 0;
  }

  void set(int forEntries, int ofUnits) {
    entries = forEntries;
    units = ofUnits;
  }
}
