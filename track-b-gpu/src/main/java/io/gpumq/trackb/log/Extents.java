package io.gpumq.trackb.log;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Which parts of a memory are free: each is some pages in a row. They are given out in the order in
 * which they are asked for. Safe for use by many threads.
 */
final class Extents {
  /** What {@link #take} answers when there is no room. */
  static final int NO_ROOM = -1;

  private static final int PAGE_BYTES = 4 << 10;

  private final int pages;
  private final BitSet taken = new BitSet();

  /** Threads that wait, in order of arrival. */
  private final ArrayDeque<Thread> line = new ArrayDeque<>();

  Extents(int bytes) {
    pages = bytes / PAGE_BYTES;
  }

  /**
   * Takes an extent.
   *
   * @param nanos how long to wait for it at most; an interrupt, which stays set, ends the wait
   * @return where it begins, in bytes, or {@link #NO_ROOM}
   */
  synchronized int take(int bytes, long nanos) {
    int wanted = pages(bytes);
    int at = line.isEmpty() ? find(wanted) : NO_ROOM;
    if (at == NO_ROOM && nanos > 0) {
      at = await(wanted, System.nanoTime() + nanos);
    }
    if (at == NO_ROOM) {
      return NO_ROOM;
    }
    taken.set(at, at + wanted);
    return at * PAGE_BYTES;
  }

  private int await(int wanted, long deadline) {
    Thread self = Thread.currentThread();
    line.addLast(self);
    try {
      int at = NO_ROOM;
      for (long left; at == NO_ROOM && (left = deadline - System.nanoTime()) > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        at = line.peekFirst() == self ? find(wanted) : NO_ROOM;
      }
      return at;
    } catch (InterruptedException e) {
      self.interrupt();
      return NO_ROOM;
    } finally {
      line.remove(self);
      notifyAll(); // the next in line is the first now
    }
  }

  private int find(int wanted) {
    for (int at = 0; ; ) {
      int begin = taken.nextClearBit(at);
      int end = taken.nextSetBit(begin);
      if ((end < 0 ? pages : end) - begin >= wanted) {
        return begin;
      }
      if (end < 0) {
        return NO_ROOM;
      }
      at = end;
    }
  }

  /** Gives an extent back. */
  synchronized void giveBack(int at, int bytes) {
    int first = at / PAGE_BYTES;
    taken.clear(first, first + pages(bytes));
    notifyAll();
  }

  /** Whether all is free. */
  synchronized boolean isWhole() {
    return taken.isEmpty();
  }

  /** Whether somebody waits. */
  synchronized boolean isAwaited() {
    return !line.isEmpty();
  }

  private static int pages(int bytes) {
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
  }
}
