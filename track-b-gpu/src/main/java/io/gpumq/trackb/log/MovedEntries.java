package io.gpumq.trackb.log;

import io.gpumq.trackb.link.KeyOrder;
import io.gpumq.trackb.link.Move;
import io.gpumq.trackb.log.EntryLog.Room;
import io.gpumq.trackb.store.OwnBlocks;
import io.gpumq.trackb.store.OwnSegments;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Store;

/**
 * How entries join a log whose payload lies in the store already: at another place, or in a block
 * of their own, where it was copied before the claim. And how a log keeps what is copied from there
 * to another. Safe for use by many threads.
 */
public final class MovedEntries {
  private final Tail tail;
  private final OwnSegments owns;
  private final OwnBlocks blocks;
  private final Allowance allowance;
  private final Kept kept;
  private final Progress progress;
  private final Upkeep upkeep;

  /** Null where handlers run in any order. */
  private final KeyOrder order;

  MovedEntries(
      Tail tail,
      Segments segments,
      Allowance allowance,
      Kept kept,
      Progress progress,
      Upkeep upkeep,
      KeyOrder order) {
    this.tail = tail;
    owns = new OwnSegments(segments);
    blocks = segments.ownBlocks();
    this.allowance = allowance;
    this.kept = kept;
    this.progress = progress;
    this.upkeep = upkeep;
    this.order = order;
  }

  /**
   * Keeps a block, and a place among the log's entries, for one large entry.
   *
   * @param into has none; used up by {@link #append}, or to be given back by {@link #giveBack}
   * @param units of the entry
   * @return whether there is room
   */
  public boolean reserve(OwnBlock into, int units) {
    if (!reserveEntry()) {
      return false;
    }
    long place = blocks.take(units);
    while (place == Store.NO_ROOM && upkeep.makeRoom(allowance.fullShare(units))) {
      place = blocks.take(units);
    }
    if (place == Store.NO_ROOM) {
      giveBackEntry(units);
      return false;
    }
    into.set(place, units);
    return true;
  }

  private boolean reserveEntry() {
    tail.lock();
    try {
      int most = allowance.entries(1);
      tail.reserved += most;
      return most > 0;
    } finally {
      tail.unlock();
    }
  }

  /**
   * Gives a place among the entries back.
   *
   * @param lacking units that there was no block for, or 0
   */
  private void giveBackEntry(int lacking) {
    tail.lock();
    try {
      tail.reserved--;
      allowance.noteOwn(lacking);
    } finally {
      tail.unlock();
    }
  }

  /** Gives back what a block has beyond fewer units. */
  public void shrink(OwnBlock block, int units) {
    blocks.shrink(block.place(), block.units(), units);
    block.set(block.place(), units);
  }

  /** Gives back what was reserved and is not used up; nothing may be copied there any more. */
  public void giveBack(OwnBlock block) {
    if (!block.isNone()) {
      blocks.giveBack(block.place(), block.units());
      block.clear();
      giveBackEntry(0);
    }
  }

  /**
   * Claims and publishes an entry whose payload its owner keeps elsewhere until it has landed.
   *
   * @param claimer is asked under the lock that orders claims
   */
  public Room append(Move move, Claimer claimer) {
    Room room = tryAppend(move, claimer);
    if (room == Room.NO_SLOTS) {
      kept.giveBackWhatIsDue(); // it may keep a segment that nothing went to
    }
    return room;
  }

  private Room tryAppend(Move move, Claimer claimer) {
    tail.lock();
    try {
      claimer.requireOpen();
      claimer.next(tail.claimed());
      if (allowance.entries(1) == 0) {
        return Room.NO_ENTRIES;
      }
      Segment segment = allowance.segment(move.units());
      if (segment == null) {
        return Room.NO_MEMORY;
      }
      if (!move.claim()) {
        kept.note();
        return Room.NO_SLOTS;
      }
      publish(move, segment);
      return Room.ENOUGH;
    } finally {
      tail.unlock();
    }
  }

  /**
   * The same of an entry whose payload was copied to a block of its own, which is used up if there
   * is room.
   */
  public Room append(Move move, OwnBlock block, Claimer claimer) {
    tail.lock();
    try {
      claimer.requireOpen();
      claimer.next(tail.claimed());
      int promised = owns.promised();
      long behind = promised == 0 ? Store.NO_ROOM : blocks.take(promised);
      if (promised > 0 && behind == Store.NO_ROOM) {
        return Room.NO_MEMORY; // what is promised lies in the last segment, and that comes first
      }
      if (!move.claim()) {
        if (promised > 0) {
          blocks.giveBack(behind, promised);
        }
        return Room.NO_SLOTS;
      }
      publish(move, owns.open(block.place(), block.units()));
      owns.openBehind(behind, promised);
      tail.reserved--;
      block.clear();
      return Room.ENOUGH;
    } finally {
      tail.unlock();
    }
  }

  private void publish(Move move, Segment segment) {
    long sequence = tail.claimed();
    long place = segment.next();
    segment.append(1, move.units());
    tail.claimTo(sequence + 1); // before the fence of the publishing, as EntryLog has it
    move.publish(progress, sequence, place, order);
    tail.payloadBytes += move.length();
    kept.note();
  }

  /**
   * An entry of this log is about to be copied to another: its bytes stay where they are, though
   * this log ends, until {@link #endCopy}.
   *
   * @return false if it has ended
   */
  public boolean beginCopy() {
    return kept.beginCopy();
  }

  /** The copy has landed, or has failed. */
  public void endCopy() {
    kept.endCopy();
  }
}
