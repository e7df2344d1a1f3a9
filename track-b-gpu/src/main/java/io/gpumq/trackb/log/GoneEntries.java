package io.gpumq.trackb.log;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds what has gone of a log behind an entry that still lives, so that it does not count against
 * the log's limit. Nobody counts that as entries are settled: it is looked for where somebody finds
 * the limit reached. Safe for use by many threads.
 */
final class GoneEntries {
  /** Of so few entries each that goes is found at once. */
  private static final int FEW = 1 << 10;

  /** Of more it is worth to look when this part has gone since the last time. */
  private static final int WORTH_SHIFT = 6;

  /** Or when nothing more has for so long. */
  private static final long LULL_NANOS = 1_000_000;

  /** Entries that are looked at together, under the groups' locks. */
  private static final int STEP = 1 << 13;

  private final SealedSegments sealed;
  private final Tail tail;
  private final Watermarks marks;
  private final Deletions deletions;
  private final AtomicBoolean isLooking = new AtomicBoolean();

  /** As it was when somebody was about to look, and when that was. */
  private volatile long releasedBefore = -1;

  private volatile long nanosBefore = System.nanoTime() - LULL_NANOS;

  // Of whoever looks.
  private final BitSet alive = new BitSet();
  private long goneBefore = -1;
  private long goneAtLook = -1;
  private long nanosAtLook;

  GoneEntries(SealedSegments sealed, Tail tail, Watermarks marks, Deletions deletions) {
    this.sealed = sealed;
    this.tail = tail;
    this.marks = marks;
    this.deletions = deletions;
  }

  /**
   * Looks, if it is worth it, and nobody else does. The caller has no lock.
   *
   * @return whether it has found some
   */
  boolean look() {
    Living living = sealed.living();
    if (living == null || isMoving() || !isLooking.compareAndSet(false, true)) {
      return false;
    }
    try {
      return isWorth(living.gone()) && find(living);
    } finally {
      isLooking.set(false);
    }
  }

  /**
   * Whether many are kept, and released one after the other: room comes without a look. Of who
   * comes after a while nothing is known.
   */
  private boolean isMoving() {
    long released = marks.released();
    long now = System.nanoTime();
    boolean isMoved = released != releasedBefore && now - nanosBefore < LULL_NANOS;
    releasedBefore = released;
    nanosBefore = now;
    return isMoved && tail.claimed() - released > FEW;
  }

  private boolean isWorth(long gone) {
    long now = System.nanoTime();
    if (gone != goneAtLook) {
      goneAtLook = gone;
      nanosAtLook = now;
    }
    long span = tail.claimed() - marks.released();
    boolean isMuch = span <= FEW || gone - goneBefore > span >> WORTH_SHIFT;
    boolean isWorth = gone > goneBefore && (isMuch || now - nanosAtLook > LULL_NANOS);
    goneBefore = isWorth ? gone : goneBefore;
    return isWorth;
  }

  private boolean find(Living living) {
    long revivals = living.revivals(); // first
    long end = Math.min(living.allFrom(), marks.landed());
    boolean found = false;
    long from = marks.released();
    while ((from = deletions.firstKeptFrom(from, end)) < end) {
      long to = Math.min(end, from + STEP);
      alive.clear();
      living.mark(from, (int) (to - from), alive);
      found |= tell(living, revivals, from, to);
      from = to;
    }
    return found;
  }

  private boolean tell(Living living, long revivals, long from, long to) {
    boolean[] found = {false};
    boolean isDone =
        living.unlessRevived(revivals, () -> found[0] = deletions.haveGone(from, to, alive));
    goneBefore = isDone ? goneBefore : -1; // it is worth another look
    return found[0];
  }
}
