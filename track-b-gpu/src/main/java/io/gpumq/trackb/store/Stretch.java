package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/**
 * A part of a store that is being cleared: what is free there, or gets free, is given to nobody
 * until so much of it lies in a row. Then it is <i>ready</i>, and for whoever asks for about that
 * much. Places are in units. Guarded by its store.
 */
public final class Stretch {
  private final Arena arena;
  private final int bytes;
  private long from;
  private long end;

  /** What it has, as it was taken from the arena. */
  private Pieces kept = new Pieces();

  private boolean isReady;
  private long readySince;

  /**
   * @param bytes that are wanted in a row
   */
  Stretch(Arena arena, long from, long end, int bytes) {
    this.arena = arena;
    this.from = from;
    this.end = end;
    this.bytes = Arena.blockBytes(bytes);
    take();
  }

  /** Whether a place lies in it. */
  boolean has(long place) {
    return place >= from && place < end;
  }

  /** Some of its memory has come back to the arena: it takes that. */
  void take() {
    giveBack();
    kept = arena.freeBetween(from, end);
    int longest = 0;
    for (int i = 0; i < kept.count(); i++) {
      arena.takeAt(kept.begin(i), bytes(i));
      longest = bytes(i) > bytes(longest) ? i : longest;
    }
    if (!isReady && kept.count() > 0 && bytes(longest) >= bytes) {
      isReady = true;
      readySince = System.nanoTime();
      trimTo(kept.begin(longest));
    }
  }

  /** Keeps no more than what is wanted. */
  private void trimTo(long begin) {
    giveBack();
    from = begin;
    end = begin + bytes / UNIT;
    take();
  }

  private int bytes(int piece) {
    return (int) (kept.end(piece) - kept.begin(piece)) * UNIT;
  }

  /** Gives all that it has back to the arena. */
  void giveBack() {
    for (int i = 0; i < kept.count(); i++) {
      arena.free(kept.begin(i), bytes(i));
    }
    kept = new Pieces();
  }

  /** Takes some of its memory out of it; returns whether it has so much there. */
  boolean takeOut(long place, int some) {
    giveBack();
    boolean isThere = arena.takeAt(place, some);
    take();
    return isThere;
  }

  /** Bytes that it has. */
  long keptBytes() {
    long all = 0;
    for (int i = 0; i < kept.count(); i++) {
      all += bytes(i);
    }
    return all;
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
    for (int i = 0; i < kept.count(); i++) {
      if (place >= kept.begin(i) && place < kept.end(i)) {
        return new long[] {kept.begin(i), kept.end(i)};
      }
    }
    return null;
  }
}
