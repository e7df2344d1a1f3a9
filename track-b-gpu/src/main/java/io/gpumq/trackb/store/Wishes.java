package io.gpumq.trackb.store;

import java.util.Collection;
import java.util.TreeSet;

/**
 * How long blocks are that were wanted lately, and are free in pieces only. Each has its turn:
 * where the longest cannot come together, or never does, shorter ones still can. For one thread at
 * a time.
 */
final class Wishes {
  private static final int[] NONE = {};

  /** Of more lengths between two looks some wait for the next: who wishes wishes again. */
  private static final int MOST = 64;

  private final TreeSet<Integer> lengths = new TreeSet<>();

  /** What was begun to be cleared last. */
  private int last = Integer.MAX_VALUE;

  /** Somebody wants a block of so many bytes. */
  void add(int bytes) {
    if (lengths.size() < MOST) {
      lengths.add(Arena.blockBytes(bytes));
    }
  }

  /**
   * Returns what was wished for since this was asked last: from the longest that is shorter than
   * what was begun last down to the shortest, then the others from the longest on.
   */
  int[] take() {
    if (lengths.isEmpty()) {
      return NONE;
    }
    int[] taken = new int[lengths.size()];
    int count = copy(lengths.headSet(last, false).descendingSet(), taken, 0);
    copy(lengths.tailSet(last, true).descendingSet(), taken, count);
    lengths.clear();
    return taken;
  }

  private static int copy(Collection<Integer> some, int[] to, int at) {
    int next = at;
    for (int each : some) {
      to[next++] = each;
    }
    return next;
  }

  /** So many bytes are being cleared now. */
  void begin(int bytes) {
    last = bytes;
  }
}
