package io.gpumq.trackb.store;

import java.util.BitSet;

/** Which entries of a segment were deleted, by their index. For the holder of the lane's lock. */
final class DeletedEntries {
  private final BitSet bits = new BitSet();
  private int count;

  // So many lie below an index, as they were counted last: it mostly rises.
  private int countedTo;
  private int counted;

  /** Adds one; returns whether it was not deleted before. */
  boolean add(int index) {
    if (bits.get(index)) {
      return false;
    }
    bits.set(index);
    count++;
    counted += index < countedTo ? 1 : 0;
    return true;
  }

  boolean has(int index) {
    return bits.get(index);
  }

  /** How many there are from an index on. */
  int countFrom(int index) {
    if (index < countedTo) {
      countedTo = 0;
      counted = 0;
    }
    for (int next = next(countedTo); next >= 0 && next < index; next = next(next + 1)) {
      counted++;
    }
    countedTo = index;
    return count - counted;
  }

  /** The first from an index on, or -1. */
  int next(int index) {
    return bits.nextSetBit(index);
  }

  /** The first index from one on that was not deleted. */
  int nextKept(int index) {
    return bits.nextClearBit(index);
  }

  /** The last index up to one that was not deleted, or -1. */
  int lastKept(int index) {
    return bits.previousClearBit(index);
  }
}
