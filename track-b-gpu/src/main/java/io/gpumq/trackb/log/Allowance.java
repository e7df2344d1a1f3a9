package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Share;

/**
 * How much more a log may keep: up to its limit of entries, and as far as the store has memory.
 * What a writer is let write is reserved before: so it is kept, whatever others take meanwhile.
 *
 * <p>Nearly always a <i>refuge</i> is enough for that, which the writer's chunk has: a block of the
 * store that is used only if there is no other when the entries are claimed. Where there is none,
 * or the queue has a limit in bytes, room in its last segment is promised to the writer.
 *
 * <p>Under the log's lock, where nothing else is said.
 */
final class Allowance {
  private final Tail tail;
  private final Watermarks marks;
  private final Segments segments;
  private final Deletions deletions;
  private final long mostEntries;
  private final int chunkUnits;

  /** Units of an entry that there was no memory for last, or 0. Read under no lock. */
  private volatile int lacking;

  /** Whether that was to have a block of its own. */
  private boolean lacksOwn;

  /**
   * @param mostEntries that are kept at once
   * @param shape of the ring whose chunks entries are written to
   */
  Allowance(
      Tail tail,
      Watermarks marks,
      Segments segments,
      Deletions deletions,
      long mostEntries,
      RingShape shape) {
    this.tail = tail;
    this.marks = marks;
    this.deletions = deletions;
    this.segments = segments;
    this.mostEntries = mostEntries;
    chunkUnits = shape.chunkBytes() / UNIT;
  }

  /** How many entries may be added, by their limit, of so many. */
  int entries(int most) {
    if (left(tail.seenReleased, tail.seenGone) < most) {
      lookAgain();
    }
    return (int) Math.max(0, Math.min(most, left(tail.seenReleased, tail.seenGone)));
  }

  /** What has gone comes back no more: so what was seen is never too much. */
  private void lookAgain() {
    long released = marks.released();
    if (released != tail.seenReleased || deletions.changes() != tail.seenChanges) {
      tail.seenReleased = released;
      tail.seenChanges = deletions.changes();
      tail.seenGone = deletions.goneFrom(released);
    }
  }

  private long left(long released, long gone) {
    return mostEntries - (tail.claimed() - released - gone) - tail.reserved;
  }

  /** Whether one more entry may be kept, by their limit. Under no lock; may take it. */
  boolean mayGrow() {
    if (left(marks.released(), 0) > 0) {
      return true;
    }
    tail.lock();
    try {
      return entries(1) > 0;
    } finally {
      tail.unlock();
    }
  }

  /** Whether the draft's chunk has a refuge that may be used, or can have one. Under no lock. */
  boolean hasRefuge(Draft draft) {
    if (segments.share().isLimited()) {
      return false;
    }
    if (draft.refuge() == Draft.NO_REFUGE) {
      draft.refuge(segments.takeRefuge(chunkUnits));
    }
    return draft.refuge() != Draft.NO_REFUGE;
  }

  /** Reserves room for some entries, 1 or more, if there is memory for one. */
  void reserve(Reservation into, Draft draft, int entries, boolean hasRefuge) {
    int units = hasRefuge ? 0 : segments.pledge(draft.mostUnits(), draft.roomUnits());
    boolean isKept = hasRefuge || units > 0;
    note(isKept, draft.mostUnits());
    if (units > 0) {
      draft.limit(units);
    }
    into.set(isKept ? entries : 0, units);
    tail.reserved += into.entries();
  }

  /** Where the next entries of a draft go, or {@code null} if there is no memory. */
  Segment segment(Draft draft, Reservation reservation) {
    Segment segment = segments.withRoom(draft.nextUnits(), draft.unclaimedUnits());
    if (segment == null && reservation.entries() > 0 && adopt(draft)) {
      reservation.set(reservation.entries(), draft.unclaimedUnits());
      segment = segments.withRoom(draft.nextUnits(), draft.unclaimedUnits());
    }
    note(segment != null, draft.nextUnits());
    return segment;
  }

  /** Where one entry goes that nothing is reserved for, or {@code null} if it may not be kept. */
  Segment segment(int units) {
    if (entries(1) == 0) {
      return null;
    }
    Segment segment = segments.withRoom(units, units);
    note(segment != null, units);
    return segment;
  }

  private boolean adopt(Draft draft) {
    boolean adopted =
        draft.refuge() != Draft.NO_REFUGE
            && segments.adopt(draft.refuge(), chunkUnits, draft.unclaimedUnits());
    if (adopted) {
      draft.refuge(Draft.NO_REFUGE);
    }
    return adopted;
  }

  private void note(boolean hasMemory, int units) {
    note(hasMemory ? 0 : units, false);
  }

  /** Takes note of the units of a large entry that there was no block for, or of 0. */
  void noteOwn(int lacks) {
    note(lacks, true);
  }

  private void note(int lacks, boolean isOwn) {
    lacksOwn = isOwn;
    if (lacks != lacking) {
      lacking = lacks;
    }
  }

  /** Whether there would be memory for what lacked it. */
  boolean hasMemory() {
    int lacks = lacking;
    return lacks == 0 || (lacksOwn ? segments.ownBlocks().mayTake(lacks) : segments.hasRoom(lacks));
  }

  /** Begins to use a reservation: nothing else happens until {@link #endUse}. */
  void beginUse(Reservation reservation) {
    segments.redeem(reservation.units());
  }

  /** Some entries have taken their place. */
  void use(Reservation reservation, int entries) {
    if (reservation.entries() > 0) {
      tail.reserved -= entries;
      reservation.set(reservation.entries() - entries, reservation.units());
    }
  }

  /** Ends the use: what the draft has left is kept, and nothing if that is nothing. */
  void endUse(Reservation reservation, Draft draft) {
    int kept = reservation.units() > 0 ? draft.unclaimedUnits() : 0;
    segments.pledgeAgain(kept);
    if (draft.unclaimed() > 0) {
      reservation.set(reservation.entries(), kept);
    } else {
      tail.reserved -= reservation.entries();
      reservation.set(0, 0);
    }
  }

  /** Gives a reservation back. */
  void end(Reservation reservation) {
    segments.redeem(reservation.units());
    tail.reserved -= reservation.entries();
    reservation.set(0, 0);
  }

  /** Units of the entry that there was no memory for when it was asked last, or 0. No lock. */
  int lacking() {
    return lacking;
  }

  /**
   * Returns the queue's share, if it may hold no entry of so many units more: then no memory of
   * others helps; else {@code null}. No lock.
   */
  Share fullShare(int units) {
    Share share = segments.share();
    return share.mayHold(Segment.blockBytes(units)) ? null : share;
  }
}
