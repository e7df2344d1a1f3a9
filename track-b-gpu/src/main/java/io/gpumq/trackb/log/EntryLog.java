package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Carried;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.NearRun;
import io.gpumq.trackb.link.NearRuns;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.link.Run;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.waiting.Backoff;
import io.gpumq.trackb.waiting.SpinningLock;
import java.nio.ByteBuffer;

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
public final class EntryLog implements Carried {
  private final Ring ring;
  private final Failures failures = new Failures();
  private final NearRuns near = new NearRuns();
  private final long mostEntries;
  private final long start;

  /** Orders claims. Held for no longer than it takes to describe what is claimed. */
  private final SpinningLock tail = new SpinningLock();

  // Written under the tail. Who has changed a watermark looks at the others behind it.
  private final Segments segments;
  private long reserved;
  private volatile long freed;
  private volatile boolean isEnded;

  /** Every sequence below is claimed, and so published. Written under the tail. */
  private volatile long claimed;

  // Written by the ring's caller, one at a time.
  private volatile long completed;
  private volatile long landed;
  private int landing;

  /** Made with the first entry that comes by express. */
  private volatile ExpressEntries express;

  /** Every sequence below is released: nobody reads it any more. */
  private volatile long released;

  /** How far the reader has come that is furthest ahead; nothing is pushed while there is none. */
  private volatile long ahead = Long.MIN_VALUE / 2;

  /**
   * @param segments that it fills, whose first entry is its first
   * @param first its first sequence
   * @param mostEntries that it keeps at once
   */
  public EntryLog(Ring ring, Segments segments, long first, long mostEntries) {
    this.ring = ring;
    this.segments = segments;
    this.mostEntries = mostEntries;
    this.start = first;
    claimed = first;
    completed = first;
    landed = first;
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
    int some = draft.claim(this, claimed, count, place, isNear(count, place));
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

  /** Whether a reader is so near that what is appended will be in the window when it comes. */
  private boolean isNear(int count, long place) {
    long each = Math.max(1, (segments.place() - place) / count);
    return (claimed - ahead) * each < ring.windowUnits() / 2;
  }

  /** A reader has come to a sequence. */
  public void readTo(long sequence) {
    if (sequence > ahead) {
      ahead = sequence;
    }
  }

  @Override
  public void completed(Run run, int first, int count, boolean hasLanded) {
    if (first == 0 && run.isPushed()) {
      near.add(run);
    }
    if (!hasLanded) {
      remember(run);
    }
    settle(run.sequence() + first + count, hasLanded);
  }

  /** Before it counts as completed: who sees that finds it. */
  private void remember(Run run) {
    if (express == null) {
      express = new ExpressEntries();
    }
    express.add(run.sequence(), run.slot());
  }

  @Override
  public void failed(Run run, int index, long word) {
    failures.add(run.sequence() + index, word);
    settle(run.sequence() + index + 1, true);
  }

  private void settle(long end, boolean hasLanded) {
    landing += hasLanded ? 0 : 1;
    completed = end;
    if (landing == 0) {
      land(end);
    }
  }

  @Override
  public void landed(Run run) {
    landing--;
    land(landing == 0 ? completed : run.sequence() + 1);
  }

  private void land(long end) {
    landed = end;
    if (isEnded || released > freed) {
      free(); // what was released before it had landed
    }
  }

  /** Whether one more entry may be kept, by the limit of entries alone. */
  public boolean mayGrow() {
    return claimed + reserved - released < mostEntries;
  }

  /** The ring that it goes through. */
  public Ring ring() {
    return ring;
  }

  /** The next sequence to be claimed. */
  public long claimed() {
    return claimed;
  }

  /** Every sequence below is completed, as far as this can tell now. Waits for nothing. */
  public long completed() {
    ring.advance();
    return completed;
  }

  /** Every sequence below is completed, and its failure, if any, taken note of. */
  public long passed() {
    long done = completed();
    return Math.min(done, failures.firstOpen()); // behind it: a failure is there before it counts
  }

  /** Every sequence below has landed, as it was found last. */
  public long landed() {
    return landed;
  }

  /** {@link #passed()}, when a sink has taken note of what it could. Under no lock. */
  public long pass(FailureSink sink) {
    failures.pass(sink);
    return passed();
  }

  /** Entries that the device has handled, those that failed included. */
  public long handled() {
    return completed - start;
  }

  /** Entries whose handler failed for good. */
  public long failed() {
    return failures.count();
  }

  /** Whether there is a failure to take note of, and nobody does so now. */
  public boolean owesFailure() {
    return failures.isOwed();
  }

  /** Whether a completed entry is a message for consumers. */
  public boolean isMessage(long sequence) {
    return !failures.has(sequence);
  }

  /** Where the run of such entries ends, which may begin at {@code from}. */
  public long messagesFrom(long from, long end) {
    long next = from;
    if (failures.isNoneFrom(from)) {
      return end;
    }
    while (next < end && isMessage(next)) {
      next++;
    }
    return next;
  }

  /** Finds an entry in the window, as {@link NearRuns#hold}. */
  public boolean holdNear(long sequence, NearRun into) {
    return near.hold(sequence, into);
  }

  /**
   * Copies an entry that came by express, and may not have landed.
   *
   * @return whether it did, and all of it is still there
   */
  public boolean copyExpress(long sequence, ByteBuffer memory, int at) {
    ExpressEntries entries = express;
    long slot = entries == null ? ExpressEntries.NONE : entries.slot(sequence);
    int results = ring.shape().resultBytes();
    return slot != ExpressEntries.NONE && ring.copyExpress(slot, results, memory, at);
  }

  /**
   * Waits until a completed entry has landed: before that the store may not show it.
   *
   * @param alive throws when nothing lands any more
   */
  public void awaitLanded(long sequence, Runnable alive) {
    Backoff backoff = new Backoff();
    while (landed <= sequence) {
      ring.advance();
      if (landed <= sequence) {
        alive.run();
        backoff.pause();
      }
    }
  }

  /**
   * Up to where a segment may be read now, in units: behind its last entry that has landed, of
   * which there is one.
   */
  public long readableEnd(Segment segment) {
    tail.lock();
    try {
      long end = landed;
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
      failures.dropBelow(sequence);
      free();
    }
  }

  /** What has not landed, the device may still write to. */
  private void free() {
    tail.lock();
    try {
      freed = Math.min(isEnded ? claimed : released, landed);
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
