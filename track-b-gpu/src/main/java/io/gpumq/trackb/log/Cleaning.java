package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Gathering;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Store;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What the cleaner does in one log, a step at a time, in <i>rounds</i> over the segments to which
 * nothing is added any more, from the oldest on. It begins a round when so much has gone since the
 * last that there may be something to do. For one thread at a time.
 */
final class Cleaning {
  /** Segments that are looked at in one step, and entries. */
  private static final int STEP = 64;

  private static final int STEP_ENTRIES = 1 << 14;

  /** Much has gone when this part has of what the last round left. */
  private static final int WORTH_SHIFT = 4;

  private final SealedSegments sealed;
  private final Watermarks marks;
  private final Cleaner cleaner;

  /** Every segment below has its header. */
  private long describedTo;

  /** Those below stood at the last look, and had landed: one that goes at once needs no header. */
  private long stoodTo;

  private boolean isRound;

  /** Whether what lives on is moved in this round. */
  private boolean isMoving;

  private long next;

  /** Entries that the last round has left, or that this one has so far. */
  private long kept;

  // What had gone when a round began last, and when one did in which entries are moved.
  private long goneBefore = -1;
  private long goneBeforeMoving = -1;

  /** What had gone at the last look. */
  private long goneAtLook = -1;

  Cleaning(SealedSegments sealed, Watermarks marks, Cleaner cleaner) {
    this.sealed = sealed;
    this.marks = marks;
    this.cleaner = cleaner;
  }

  /**
   * Begins a step; what needs no device is done when this returns.
   *
   * @param isShort whether memory is wanted
   * @return what the device is to do, or {@code null}
   */
  CleaningStep step(boolean isShort) {
    List<Segment> without = withoutHeader();
    if (!without.isEmpty()) {
      return new Describing(sealed, without);
    }
    return giveBackOrMove(isShort);
  }

  /** The part of a step that needs no device: gives back what nothing lives in. */
  void giveBack() {
    if (isMoving) {
      isMoving = false;
      goneBeforeMoving = -1; // the rest of the round moves nothing: the next one does
    }
    giveBackOrMove(false);
  }

  private CleaningStep giveBackOrMove(boolean isShort) {
    Living living = sealed.living();
    return living != null && (isRound || beginsRound(living, isShort)) ? goOn(living) : null;
  }

  /** Segments that have stood for a while and have no header, pinned. */
  private List<Segment> withoutHeader() {
    List<Segment> without = new ArrayList<>();
    long landed = marks.landed();
    long stood = stoodTo;
    for (Segment segment : sealed.from(describedTo, STEP)) {
      if (segment.end() > landed) {
        break;
      }
      stoodTo = segment.end();
      if (stoodTo > stood) {
        continue;
      }
      describedTo = segment.end();
      if (!segment.isDescribed()) {
        without.add(segment);
      }
    }
    return sealed.pin(without);
  }

  /**
   * It is worth it when much has gone since the last, or some, and nothing just now. Where memory
   * is wanted each entry may have been the last of many.
   */
  private boolean beginsRound(Living living, boolean isShort) {
    long gone = living.gone();
    boolean isLull = gone == goneAtLook && gone > goneBefore;
    goneAtLook = gone;
    isMoving = isShort && gone > goneBeforeMoving;
    isRound = isMoving || isLull || gone - goneBefore > kept >> WORTH_SHIFT;
    if (isRound) {
      goneBefore = gone;
      goneBeforeMoving = isMoving ? gone : goneBeforeMoving;
      next = marks.released();
      kept = 0;
    }
    return isRound;
  }

  /** Of entries from here on none has gone, or the device may still write there. */
  private long end(Living living) {
    return Math.min(living.allFrom(), marks.landed());
  }

  private CleaningStep goOn(Living living) {
    long revivals = living.revivals(); // first
    long end = end(living);
    List<Segment> dead = new ArrayList<>();
    List<Segment> sparse = new ArrayList<>();
    Gathering gathering = new Gathering(isMoving ? sealed.spareBytes() : 0);
    List<Segment> some = sealed.from(Math.max(next, marks.released()), STEP);
    isRound = some.size() == STEP;
    int looked = 0;
    for (Segment segment : some) {
      if (segment.end() > end) {
        isRound = false;
        break;
      }
      BitSet alive = sealed.alive(segment);
      kept += alive.cardinality();
      if (alive.isEmpty()) {
        dead.add(segment);
      } else if (isMoving && isSparse(segment, alive) && gathering.add(segment, alive)) {
        sparse.add(segment);
      } else if (!sparse.isEmpty()) {
        isRound = true; // this one comes first in the next step
        kept -= alive.cardinality();
        break;
      }
      next = segment.end();
      looked += segment.entries();
      if (looked >= STEP_ENTRIES) {
        isRound = true;
        break;
      }
    }
    if (!giveBack(dead, revivals)) { // and some would lie among those that are moved
      isRound = false;
      goneBefore = -1; // they are looked at again
      return null;
    }
    return sparse.isEmpty() ? null : move(sparse, gathering, revivals);
  }

  private static boolean isSparse(Segment segment, BitSet alive) {
    return !segment.isOwn() && 2 * alive.cardinality() <= segment.entries();
  }

  private boolean giveBack(List<Segment> dead, long revivals) {
    boolean isGone = dead.isEmpty() || sealed.replace(dead, null, revivals);
    if (isGone) {
      dead.forEach(this::leave);
    }
    return isGone;
  }

  /** Begins to move what lives on, if half of the memory comes back at least. */
  private CleaningStep move(List<Segment> sparse, Gathering gathering, long revivals) {
    long bytes = 0;
    for (Segment segment : sparse) {
      bytes += segment.bytes();
    }
    long place =
        2L * gathering.blockBytes() <= bytes
            ? sealed.takeSpare(gathering.blockBytes())
            : Store.NO_ROOM;
    return place == Store.NO_ROOM
        ? null
        : new Moving(sealed, sparse, gathering, gathering.at(place), revivals, this::leave);
  }

  private void leave(Segment segment) {
    cleaner.leave(sealed, segment);
  }

  /** Whether a round has begun, and is not over. */
  boolean isInRound() {
    return isRound;
  }

  /** Whether there is something to look at; else it is to be added to the cleaner's again. */
  boolean stays() {
    return sealed.stay();
  }
}
