package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;

import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.waiting.SpinningLock;
import java.util.function.LongFunction;

/**
 * The entries of one lane, in the order in which they were claimed:
 *
 * <pre>
 *      released              landed    completed                claimed
 *   ... gone -+- kept, readable --+- by express --+- under way ------+- to come
 * </pre>
 *
 * Producers append, the ring tells what is completed, and readers find where entries lie. Safe for
 * use by many threads.
 */
public final class EntryLog {
  private final Ring ring;
  private final Progress progress;
  private final long mostEntries;

  /** Orders claims. Held for no longer than it takes to describe what is claimed. */
  private final SpinningLock tail = new SpinningLock();

  // Written under the tail. Who has changed a watermark looks at the others behind it.
  private final Segments segments;
  private long reserved;
  private volatile long freed;
  private volatile boolean isEnded;

  /** Every sequence below is claimed, and so published. Written under the tail. */
  private volatile long claimed;

  /** Every sequence below is released: nobody reads it any more. */
  private volatile long released;

  /** How far the reader has come that is furthest ahead; nothing is pushed while there is none. */
  private volatile long ahead = Long.MIN_VALUE / 2;

  /**
   * @param segments that it fills, whose first entry is its first
   * @param first its first sequence
   * @param mostEntries that it keeps at once
   * @param describer what an entry is called, in words
   */
  public EntryLog(
      Ring ring, Segments segments, long first, long mostEntries, LongFunction<String> describer) {
    this.ring = ring;
    this.segments = segments;
    this.mostEntries = mostEntries;
    claimed = first;
    progress = new Progress(ring, first, this::freeWhatHasLanded, describer);
    released = first;
    freed = first;
  }

  /** Who claims, asked under the lock that orders claims. */
  public interface Claimer {
    /**
     * Throws if nothing may be claimed any more: a close that has held the lock finds all claims.
     */
    void requireOpen();

    /** Hears which sequence the next entry will have, if there is room. */
    default void next(long sequence) {}
  }

  /** What became of an attempt to append. */
  public enum Room {
    /** All of it is claimed. */
    ENOUGH,
    /** The log keeps as many entries as it may. */
    NO_ENTRIES,
    /** The store has no memory for it. */
    NO_MEMORY,
    /** The ring has no slot free now. */
    NO_SLOTS
  }

  /**
   * Keeps room for entries that are about to be written, by the limit of entries.
   *
   * @return for how many, 0 to {@code most}; what is not appended is to be given back
   */
  public int reserve(int most) {
    tail.lock();
    try {
      int some = (int) Math.min(most, released + mostEntries - claimed - reserved);
      some = Math.max(0, some);
      reserved += some;
      return some;
    } finally {
      tail.unlock();
    }
  }

  /** Gives back what was reserved, whether or not it was appended. */
  public void unreserve(int entries) {
    tail.lock();
    try {
      reserved -= entries;
    } finally {
      tail.unlock();
    }
  }

  /**
   * Claims what was drafted, as far as there is room, and publishes it.
   *
   * @param isReserved whether room for it was reserved, by the limit of entries
   * @param claimer is asked under the lock that orders claims
   */
  public Room append(Draft draft, boolean isReserved, Claimer claimer) {
    tail.lock();
    try {
      claimer.requireOpen();
      while (draft.claimed() < draft.count()) {
        int most = draft.count() - draft.claimed();
        if (!isReserved) {
          most = (int) Math.min(most, released + mostEntries - claimed - reserved);
        }
        if (most <= 0) {
          return Room.NO_ENTRIES;
        }
        claimer.next(claimed);
        Room room = appendRun(draft, most);
        if (room != Room.ENOUGH) {
          return room;
        }
      }
      return Room.ENOUGH;
    } finally {
      tail.unlock();
    }
  }

  /** Appends entries that follow each other in the store. */
  private Room appendRun(Draft draft, int most) {
    int from = draft.claimed();
    if (!segments.makeRoom(draft.units(from), wanted(draft, from, most))) {
      return Room.NO_MEMORY;
    }
    long place = segments.place();
    int count = 0;
    while (count < most && segments.room() >= draft.units(from + count)) {
      segments.append(draft.units(from + count));
      count++;
    }
    // Behind the store's part: who hears of an entry finds its place.
    long gap = claimed - ahead;
    boolean isAwaited = gap < EXPRESS_SLOTS;
    boolean isNear = isAwaited || isNear(gap, (segments.place() - place) / count);
    int some = draft.claim(progress, claimed, count, place, isNear, isAwaited);
    while (count > some) {
      segments.cut(draft.units(from + --count));
    }
    claimed += some;
    return some > 0 ? Room.ENOUGH : Room.NO_SLOTS;
  }

  private static long wanted(Draft draft, int from, int count) {
    long units = 0;
    for (int i = from; i < from + count; i++) {
      units += draft.units(i);
    }
    return units;
  }

  /**
   * Whether a reader is so near that what is appended will be in the window when it comes. Others
   * fill the window, too: so not all of it is counted on.
   *
   * @param gap entries that it has before it
   * @param units of an entry
   */
  private boolean isNear(long gap, long units) {
    return gap * Math.max(1, units) < ring.windowUnits() / 8 * 7;
  }

  /** A reader has come to a sequence. */
  public void readTo(long sequence) {
    if (sequence > ahead) {
      ahead = sequence;
    }
  }

  /** Whether one more entry may be kept, by the limit of entries alone. */
  public boolean mayGrow() {
    return claimed + reserved - released < mostEntries;
  }

  /** What the ring tells of its entries. */
  public Progress progress() {
    return progress;
  }

  /** What was released before it had landed. Called by who tells that something has. */
  private void freeWhatHasLanded() {
    if (isEnded || released > freed) {
      free();
    }
  }

  /** The ring that it goes through. */
  public Ring ring() {
    return ring;
  }

  /** The next sequence to be claimed. */
  public long claimed() {
    return claimed;
  }

  /**
   * Up to where a segment may be read now, in units: behind its last entry that has landed, of
   * which there is one.
   */
  public long readableEnd(Segment segment) {
    tail.lock();
    try {
      long end = progress.landed();
      return end >= segment.end() ? segment.next() : segment.place(end);
    } finally {
      tail.unlock();
    }
  }

  /** Where an entry ends in the store, in units. */
  public long endOf(Segment segment, long sequence) {
    tail.lock();
    try {
      return sequence + 1 < segment.end() ? segment.place(sequence + 1) : segment.next();
    } finally {
      tail.unlock();
    }
  }

  /** Returns the segment behind one, or {@code null}. */
  public Segment behind(Segment segment) {
    tail.lock();
    try {
      return segments.behind(segment);
    } finally {
      tail.unlock();
    }
  }

  /** Returns the segment of a completed entry that is not released. */
  public Segment segmentOf(long sequence) {
    tail.lock();
    try {
      return segments.of(sequence);
    } finally {
      tail.unlock();
    }
  }

  /** Every sequence below was released. */
  public long released() {
    return released;
  }

  /** Nobody wants what lies below a completed sequence any more: its memory is given back. */
  public void release(long sequence) {
    if (sequence > released) {
      released = sequence;
      progress.dropBelow(sequence);
      free();
    }
  }

  /** What has not landed, the device may still write to. */
  private void free() {
    tail.lock();
    try {
      freed = Math.min(isEnded ? claimed : released, progress.landed());
      segments.releaseBelow(freed);
    } finally {
      tail.unlock();
    }
  }

  /** Waits for whoever is claiming now: who claims from now on asks again whether it may. */
  public void fence() {
    tail.lock();
    tail.unlock();
  }

  /** Nothing is claimed any more: all memory is given back, as soon as all has landed. */
  public void end() {
    tail.lock();
    try {
      isEnded = true;
    } finally {
      tail.unlock();
    }
    ring.advance();
    free();
  }

  /** Bytes of the store that it holds. */
  public long heldBytes() {
    tail.lock();
    try {
      return segments.heldBytes();
    } finally {
      tail.unlock();
    }
  }
}
