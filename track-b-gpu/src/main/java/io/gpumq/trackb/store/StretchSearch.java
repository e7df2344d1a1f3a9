package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.List;

/**
 * Looks where a memory can be cleared: a part of it in which as much is free as is wanted in a row,
 * all else can move, and as little as possible has to.
 *
 * <p>Of such a part the longest block moves out first. Every other one is no longer than the hole
 * which that leaves: so the neighbours of the hole move to its other end, one after the other, and
 * all that is free comes together there.
 */
final class StretchSearch {
  private static final long BOUNDARY_UNITS = Arena.PIECE_BYTES / UNIT;

  private static final int FREE = -1;

  /** What {@link #place} answers when there is no room. */
  private static final long NONE = -2;

  // What is free and what can move, in the order of places.
  private final long[] begins;
  private final long[] ends;
  private final int[] blocks;
  private int count;

  /** The longest piece that is free before each of these, and from each of these on. */
  private final long[] longestBefore;

  private final long[] longestFrom;

  private final long reserved;

  /** Units that are wanted now. */
  private long wanted;

  /**
   * @param free pieces
   * @param some that can move, in the order of their places
   * @param reserveBytes of the block that a cleaner has in reserve
   */
  StretchSearch(Pieces free, List<Segment> some, int reserveBytes) {
    int most = free.count() + some.size();
    long boundaries = free.count() == 0 ? 0 : free.end(free.count() - 1) / BOUNDARY_UNITS;
    begins = new long[most + (int) boundaries];
    ends = new long[begins.length];
    blocks = new int[begins.length];
    longestBefore = new long[begins.length + 1];
    longestFrom = new long[begins.length + 1];
    reserved = reserveBytes / UNIT;
    merge(free, some);
  }

  private void merge(Pieces free, List<Segment> some) {
    int piece = 0;
    int block = 0;
    while (piece < free.count() || block < some.size()) {
      boolean isFree =
          block == some.size()
              || piece < free.count() && free.begin(piece) < some.get(block).place();
      if (isFree) {
        addFree(free.begin(piece), free.end(piece));
        piece++;
      } else {
        Segment segment = some.get(block);
        add(segment.place(), segment.place() + segment.bytes() / UNIT, block);
        block++;
      }
    }
    for (int i = 0; i < count; i++) {
      longestBefore[i + 1] = Math.max(longestBefore[i], freeUnits(i));
    }
    for (int i = count - 1; i >= 0; i--) {
      longestFrom[i] = Math.max(longestFrom[i + 1], freeUnits(i));
    }
  }

  private void addFree(long begin, long end) {
    for (long at = begin; at < end; ) {
      long next = Math.min(end, (at / BOUNDARY_UNITS + 1) * BOUNDARY_UNITS);
      add(at, next, FREE);
      at = next;
    }
  }

  private void add(long begin, long end, int block) {
    begins[count] = begin;
    ends[count] = end;
    blocks[count++] = block;
  }

  private long freeUnits(int item) {
    return blocks[item] == FREE ? ends[item] - begins[item] : 0;
  }

  private long movedUnits(int item) {
    return blocks[item] == FREE ? 0 : ends[item] - begins[item];
  }

  /** Returns the best part for so many bytes in a row; {@code null} if there is none. */
  StretchPlan find(int bytes) {
    wanted = Arena.blockBytes(bytes) / UNIT;
    int left = 0;
    long free = 0;
    long moved = 0;
    long least = Long.MAX_VALUE;
    StretchPlan best = null;
    for (int right = 0; right < count; right++) {
      if (right > 0 && !isNext(right)) {
        left = right;
        free = 0;
        moved = 0;
      }
      free += freeUnits(right);
      moved += movedUnits(right);
      while (left < right && free - freeUnits(left) >= wanted) {
        free -= freeUnits(left);
        moved -= movedUnits(left);
        left++;
      }
      if (free >= wanted && moved < least) {
        StretchPlan plan = plan(left, right, free - wanted);
        least = plan == null ? least : moved;
        best = plan == null ? best : plan;
      }
    }
    return best;
  }

  /** Whether one begins where the one before ends, and may join it. */
  private boolean isNext(int item) {
    return begins[item] == ends[item - 1] && begins[item] % BOUNDARY_UNITS != 0;
  }

  /**
   * @param more units that are free beyond what is wanted
   * @return null if there is no room for its longest block elsewhere
   */
  private StretchPlan plan(int left, int right, long more) {
    int longest = -1;
    int first = -1;
    int blockCount = 0;
    for (int i = left; i <= right; i++) {
      if (blocks[i] != FREE) {
        longest = longest < 0 || movedUnits(i) > movedUnits(longest) ? i : longest;
        first = blockCount++ == 0 ? blocks[i] : first;
      }
    }
    long end = blocks[right] == FREE ? Math.max(begins[right], ends[right] - more) : ends[right];
    if (longest < 0) {
      return plan(begins[left], end, 0, 0, -1, StretchPlan.RESERVE);
    }
    long out = place(left, right, movedUnits(longest));
    return out == NONE
        ? null
        : plan(begins[left], end, first, blockCount, blocks[longest] - first, out);
  }

  private StretchPlan plan(long from, long end, int first, int count, int longest, long out) {
    return new StretchPlan((int) wanted * UNIT, from, end, first, count, longest, out);
  }

  /** The shortest free piece outside of a part that has room for so much, or the reserve. */
  private long place(int left, int right, long units) {
    if (longestBefore[left] < units && longestFrom[right + 1] < units) {
      return reserved >= units ? StretchPlan.RESERVE : NONE;
    }
    int shortest = -1;
    for (int i = 0; i < count; i++) {
      boolean isOutside = i < left || i > right;
      if (isOutside
          && freeUnits(i) >= units
          && (shortest < 0 || freeUnits(i) < freeUnits(shortest))) {
        shortest = i;
      }
    }
    return begins[shortest];
  }
}
