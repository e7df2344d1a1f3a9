package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;

import io.gpumq.trackb.link.Ring;

/**
 * How near the foremost reader of a lane is to what is appended, which says by what ways that goes
 * to it. For the tail's holder.
 */
final class Nearness {
  private final Ring ring;
  private final Tail tail;
  private final Watermarks marks;

  Nearness(Ring ring, Tail tail, Watermarks marks) {
    this.ring = ring;
    this.tail = tail;
    this.marks = marks;
  }

  /**
   * Whether a reader is so near that one alone should take the express, if that is free. Where it
   * was not, it will hardly be soon.
   */
  boolean isAwaited(long sequence) {
    if (sequence < tail.awaitedFrom) {
      return false;
    }
    tail.seenAhead = marks.ahead();
    boolean isAwaited = sequence - tail.seenAhead < EXPRESS_SLOTS && ring.isQuick();
    tail.awaitedFrom = isAwaited ? sequence : sequence + EXPRESS_SLOTS;
    return isAwaited;
  }

  /**
   * Whether a reader is so near that what is appended will be in the window when it comes. Others
   * fill the window, too: so not all of it is counted on.
   *
   * @param units of an entry
   */
  boolean isNear(long sequence, long units) {
    int most = ring.windowUnits() / 8 * 7;
    if ((sequence - tail.seenAhead) * units >= most) {
      tail.seenAhead = marks.ahead();
    }
    return (sequence - tail.seenAhead) * units < most;
  }
}
