package io.gpumq.trackb.store;

import java.util.ArrayDeque;

/**
 * The megabytes of an arena that are split into kilobytes, by the largest block that each has free.
 * For one thread at a time.
 */
final class SplitMegabytes {
  private static final int ORDER = 10;

  /** Trees kept for the next megabyte to be split: some 2 KB each. */
  private static final int MAX_SPARE = 64;

  /** By its number in the arena; null where a megabyte is not split. */
  private final SplitMegabyte[] all;

  private final ArrayDeque<SplitMegabyte> spare = new ArrayDeque<>(MAX_SPARE + 1);

  /** The first of those whose largest free block has that order; none for those that are full. */
  private final SplitMegabyte[] byOrder = new SplitMegabyte[ORDER + 1];

  /**
   * @param megabytes that the arena has
   */
  SplitMegabytes(int megabytes) {
    all = new SplitMegabyte[megabytes];
  }

  /** Whether a megabyte of the arena is split. */
  boolean has(int index) {
    return all[index] != null;
  }

  /** Adds a megabyte, all of it free. */
  void add(int index) {
    SplitMegabyte megabyte = spare.isEmpty() ? new SplitMegabyte(ORDER) : spare.pollLast();
    megabyte.index(index);
    all[index] = megabyte;
    link(megabyte);
  }

  /** Returns one that has a free block of that order, the fullest by its largest, or null. */
  SplitMegabyte find(int order) {
    for (int at = order; at <= ORDER; at++) {
      if (byOrder[at] != null) {
        return byOrder[at];
      }
    }
    return null;
  }

  /** Blocks of the largest free one, or 0. */
  int largestBlocks() {
    for (int order = ORDER; order >= 0; order--) {
      if (byOrder[order] != null) {
        return 1 << order;
      }
    }
    return 0;
  }

  /** Whether blocks of one that follow each other are free. */
  boolean isFree(int index, int first, int blocks) {
    return Range.all(first, blocks, all[index].blocks()::isFree);
  }

  /** Tells of the free blocks of one, in order. */
  void eachFree(int index, Range.Block each) {
    all[index].blocks().eachFree(0, 1 << ORDER, each);
  }

  /** Takes blocks that follow each other out of one. They must be free. */
  void take(int index, int first, int blocks) {
    SplitMegabyte megabyte = all[index];
    unlink(megabyte);
    Range.forEach(first, blocks, megabyte.blocks()::take);
    link(megabyte);
  }

  /** Gives blocks back; returns whether their megabyte is whole again, and no more split. */
  boolean give(int index, int first, int blocks) {
    SplitMegabyte megabyte = all[index];
    if (megabyte == null) {
      throw new IllegalStateException("megabyte " + index + " is not split");
    }
    unlink(megabyte);
    Range.forEach(first, blocks, megabyte.blocks()::give);
    if (!megabyte.blocks().isWhole()) {
      link(megabyte);
      return false;
    }
    all[index] = null;
    if (spare.size() < MAX_SPARE) {
      spare.addLast(megabyte);
    }
    return true;
  }

  private void link(SplitMegabyte megabyte) {
    int order = megabyte.blocks().largestOrder();
    if (order >= 0) {
      megabyte.before = null;
      megabyte.behind = byOrder[order];
      if (megabyte.behind != null) {
        megabyte.behind.before = megabyte;
      }
      byOrder[order] = megabyte;
    }
  }

  private void unlink(SplitMegabyte megabyte) {
    int order = megabyte.blocks().largestOrder();
    if (order < 0) {
      return;
    }
    if (megabyte.before == null) {
      byOrder[order] = megabyte.behind;
    } else {
      megabyte.before.behind = megabyte.behind;
    }
    if (megabyte.behind != null) {
      megabyte.behind.before = megabyte.before;
    }
  }
}
