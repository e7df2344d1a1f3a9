package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.Arrays;

/** Pieces of a memory, in the order of their places, none of which touches the next. */
final class Pieces {
  private static final int BLOCK_UNITS = Arena.BLOCK_BYTES / UNIT;

  /** Where each begins and ends, in units. */
  private long[] bounds = new long[16];

  private int count;

  /** Adds what of blocks behind all others lies between two places. */
  void add(long firstBlock, int blocks, long from, long end) {
    long begin = Math.max(from, firstBlock * BLOCK_UNITS);
    long behind = Math.min(end, (firstBlock + blocks) * BLOCK_UNITS);
    if (begin < behind) {
      addUnits(begin, behind);
    }
  }

  private void addUnits(long begin, long end) {
    if (count > 0 && end(count - 1) == begin) {
      bounds[2 * count - 1] = end;
      return;
    }
    if (2 * count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * count] = begin;
    bounds[2 * count + 1] = end;
    count++;
  }

  int count() {
    return count;
  }

  /** Where one begins, in units. */
  long begin(int index) {
    return bounds[2 * index];
  }

  /** Where one ends, in units. */
  long end(int index) {
    return bounds[2 * index + 1];
  }
}
