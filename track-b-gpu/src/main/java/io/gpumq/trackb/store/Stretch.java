package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.Map;
import java.util.TreeMap;

/**
 * A part of a store that is being cleared: what is free there, or gets free, is given to nobody
 * until so much of it lies in a row. Then it is <i>ready</i>, and for whoever asks for about that
 * much. Places are in units. However many pieces it has, a step looks at those alone that touch.
 * Guarded by its store.
 */
public final class Stretch {
  private final Arena arena;
  private final int bytes;
  private long from;
  private long end;

  /** What it has, as it was taken from the arena: where each piece begins, and ends. */
  private final TreeMap<Long, Long> kept = new TreeMap<>();

  /** Units of all of these. */
  private long keptUnits;

  private boolean isReady;
  private long readySince;

  Stretch(Arena arena, StretchPlan plan) {
    this.arena = arena;
    from = plan.from();
    end = plan.end();
    bytes = plan.bytes();
    Pieces free = arena.freeBetween(from, end);
    for (int i = 0; i < free.count(); i++) {
      keep(free.begin(i), free.end(i));
    }
  }

  /** Memory has come back to the arena: it takes what of that lies here. */
  void take(long place, int some) {
    long begin = Math.max(from, place);
    long behind = Math.min(end, place + some / UNIT);
    if (begin < behind) {
      keep(begin, behind);
    }
  }

  /** Takes what is free, with the pieces beside it; none once more than what is wanted is here. */
  private void keep(long free, long behind) {
    if (free < from || behind > end) {
      return; // it is ready since, and keeps no more
    }
    Map.Entry<Long, Long> before = kept.lowerEntry(free);
    boolean joinsBefore = before != null && before.getValue() == free;
    long begin = joinsBefore ? before.getKey() : free;
    long stop = kept.getOrDefault(behind, behind);
    if (joinsBefore) {
      giveBack(begin);
    }
    if (stop > behind) {
      giveBack(behind);
    }
    takeOf(begin, stop);
    if (!isReady && (stop - begin) * UNIT >= bytes) {
      isReady = true;
      readySince = System.nanoTime();
      trimTo(begin);
    }
  }

  private void takeOf(long begin, long stop) {
    kept.put(begin, stop); // first: where that fails for want of memory nothing was taken
    boolean isTaken = false;
    try {
      isTaken = arena.takeAt(begin, (int) (stop - begin) * UNIT);
    } finally {
      if (isTaken) {
        keptUnits += stop - begin;
      } else {
        kept.remove(begin);
      }
    }
  }

  /** Keeps no more than what is wanted. */
  private void trimTo(long begin) {
    giveBack();
    from = begin;
    end = begin + bytes / UNIT;
    takeOf(from, end);
  }

  /** Gives a piece back to the arena, by where it begins. */
  private void giveBack(long begin) {
    long units = kept.remove(begin) - begin;
    keptUnits -= units;
    arena.free(begin, (int) units * UNIT);
  }

  /** Gives all that it has back to the arena. */
  void giveBack() {
    while (!kept.isEmpty()) {
      giveBack(kept.firstKey());
    }
  }

  /** Takes some of its memory out of it; returns whether it has so much there. */
  boolean takeOut(long place, int some) {
    Map.Entry<Long, Long> piece = kept.floorEntry(place);
    long behind = place + Arena.blockBytes(some) / UNIT;
    if (piece == null || piece.getValue() < behind) {
      return false;
    }
    giveBack(piece.getKey());
    boolean isThere = arena.takeAt(place, some);
    takeRest(piece.getKey(), place);
    takeRest(behind, piece.getValue());
    return isThere;
  }

  private void takeRest(long begin, long stop) {
    if (begin < stop) {
      takeOf(begin, stop);
    }
  }

  /** Bytes that it has. */
  long keptBytes() {
    return keptUnits * UNIT;
  }

  /** Whether all that is wanted lies in a row. */
  boolean isReady() {
    return isReady;
  }

  /** When it became ready, by {@link System#nanoTime}. */
  long readySince() {
    return readySince;
  }

  /** Whether it is ready for so many bytes: not for few, which have room elsewhere soon. */
  boolean suits(int wanted) {
    return isReady && wanted <= bytes && wanted > bytes / 2;
  }

  /** What is wanted in a row. */
  int bytes() {
    return bytes;
  }

  /** Where it begins. */
  long from() {
    return from;
  }

  /** Returns the piece that it has around a place, as where that begins and ends; or null. */
  long[] around(long place) {
    Map.Entry<Long, Long> piece = kept.floorEntry(place);
    boolean isAround = piece != null && piece.getValue() > place;
    return isAround ? new long[] {piece.getKey(), piece.getValue()} : null;
  }
}
