package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.SEGMENT_HEADER_BYTES;

import io.gpumq.trackb.layout.SegmentHeader;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.SegmentMoves;
import io.gpumq.trackb.store.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The segments of a log to which nothing is added any more, as the cleaner deals with them. Safe
 * for use by many threads; takes the log's lock where it says so.
 */
final class SealedSegments {
  /** Segments that are looked at under the lock at a time. */
  private static final int STEP = 64;

  private final Kept kept;
  private final Tail tail;
  private final Watermarks marks;
  private final Segments segments;
  private final SegmentMoves moves;
  private final Deletions deletions;

  /** Which entries live; {@code null} where nobody says. */
  private volatile Living living;

  /**
   * @param tail the log's lock
   */
  SealedSegments(Kept kept, Tail tail, Watermarks marks, Segments segments, Deletions deletions) {
    this.kept = kept;
    this.tail = tail;
    this.marks = marks;
    this.segments = segments;
    moves = new SegmentMoves(segments);
    this.deletions = deletions;
  }

  /** Says who tells which entries live. Before the first is claimed. */
  void ask(Living who) {
    living = who;
  }

  Living living() {
    return living;
  }

  /** Sets a bit for each sequence of a segment, from its first on, that lives. */
  BitSet alive(Segment segment) {
    int count = (int) (segment.end() - segment.first());
    BitSet alive = new BitSet(count);
    living.mark(segment.first(), count, alive);
    return alive;
  }

  /** What the header of a segment says to which nothing is added any more. */
  ByteBuffer header(Segment segment) {
    long first = segment.first();
    int live = segment.entries();
    long firstLive = first;
    long lastLive = segment.end() - 1;
    if (!segment.isCleaned() && living != null) { // else what lived was moved there, no more
      BitSet alive = alive(segment);
      live = alive.cardinality();
      firstLive = first + Math.max(0, alive.nextSetBit(0));
      lastLive = first + Math.max(0, alive.length() - 1);
    }
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_BYTES);
    new SegmentHeader(
            segments.share().number(),
            segments.epoch(),
            first,
            segment.end(),
            segment.entries(),
            segment.usedUnits(),
            segment.bytes(),
            live,
            firstLive,
            lastLive,
            segment.isOwn(),
            segment.isCleaned())
        .write(header);
    return header;
  }

  /** Whether there are any; else the cleaner is told again when there are. Takes the lock. */
  boolean stay() {
    return kept.staysUntidy();
  }

  /** As {@link SegmentMoves#sealed}. Takes the lock. */
  List<Segment> from(long sequence, int most) {
    tail.lock();
    try {
      return moves.sealed(sequence, most);
    } finally {
      tail.unlock();
    }
  }

  /** Pins those of some segments that are still here, and returns them. Takes the lock. */
  List<Segment> pin(List<Segment> some) {
    tail.lock();
    try {
      some.removeIf(segment -> segments.of(segment.first()) != segment);
      some.forEach(Segment::pin);
      return some;
    } finally {
      tail.unlock();
    }
  }

  /** Lets go of pinned segments, with their headers or without. Takes the lock. */
  void unpin(List<Segment> some, boolean areWritten) {
    tail.lock();
    try {
      some.forEach(segment -> segment.unpin(areWritten));
      kept.note();
    } finally {
      tail.unlock();
    }
    kept.giveBackWhatIsDue(); // it may rest now
  }

  /**
   * As {@link SegmentMoves#replace}, unless an entry has come to life since. Takes the lock.
   *
   * @param revivals as they were before anybody looked what lives
   */
  boolean replace(List<Segment> some, Segment other, long revivals) {
    boolean[] done = {false};
    living.unlessRevived(revivals, () -> done[0] = replace(some, other));
    return done[0];
  }

  private boolean replace(List<Segment> some, Segment other) {
    tail.lock();
    try {
      boolean done = moves.replace(some, other);
      if (done) {
        deletions.haveGoneBelow(some.get(some.size() - 1).end());
        kept.note();
      }
      return done;
    } finally {
      tail.unlock();
    }
  }

  /**
   * Tells of all that could move, as {@link SegmentMoves#still} says. Takes the lock, for some at a
   * time.
   */
  void eachStill(Consumer<Segment> each) {
    if (living == null) {
      return; // nobody says who reads there
    }
    List<Segment> some = new ArrayList<>();
    for (long next = 0; next != SegmentMoves.NO_MORE; ) {
      tail.lock();
      try {
        next = moves.still(next, marks.landed(), STEP, some);
      } finally {
        tail.unlock();
      }
    }
    some.forEach(each);
  }

  /** As {@link SegmentMoves#at}. Takes the lock. */
  Segment at(Segment segment, long place) {
    tail.lock();
    try {
      return moves.at(segment, place, marks.landed());
    } finally {
      tail.unlock();
    }
  }

  /** As {@link SegmentMoves#move}. Takes the lock. */
  boolean move(Segment from, Segment to) {
    tail.lock();
    try {
      return moves.move(from, to); // what can be given back, and when, is as before
    } finally {
      tail.unlock();
    }
  }

  /** As {@link Segments#spareBytes}. */
  int spareBytes() {
    return segments.spareBytes();
  }

  /** As {@link Segments#takeSpare}. */
  long takeSpare(int bytes) {
    return segments.takeSpare(bytes);
  }

  /** As {@link Segments#free}. Takes the lock. */
  void free(Segment segment) {
    tail.lock();
    try {
      segments.free(segment);
    } finally {
      tail.unlock();
    }
  }
}
