package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.link.KeyOrder;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Share;
import java.util.function.Consumer;
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
  /** So far before a lane's first entry is its reader while there is none: nothing is pushed. */
  private static final long FAR = 1L << 40; // its product with the units of an entry is a long

  private final Ring ring;
  private final Progress progress;
  private final long first;

  /** Orders claims. Held for no longer than it takes to describe what is claimed. */
  private final Tail tail;

  private final Watermarks marks;
  private final Nearness nearness;

  // Of the tail's holder.
  private final Segments segments;
  private final Allowance allowance;

  /** Null where handlers run in any order. */
  private final KeyOrder order;

  private final Deletions deletions;
  private final KeptBytes keptBytes;
  private final Kept kept;
  private final GoneEntries gone;
  private final Upkeep upkeep;

  /**
   * @param segments that it fills, whose first entry is its first
   * @param first its first sequence
   * @param mostEntries that it keeps at once
   * @param upkeep which looks after it
   * @param describer what an entry is called, in words
   */
  public EntryLog(
      Ring ring,
      Segments segments,
      long first,
      long mostEntries,
      Upkeep upkeep,
      LongFunction<String> describer) {
    this.ring = ring;
    this.upkeep = upkeep;
    this.segments = segments;
    this.first = first;
    order = ring.keyOrder();
    tail = new Tail(first, first - FAR);
    marks = new Watermarks(first, first - FAR);
    nearness = new Nearness(ring, tail, marks);
    deletions = new Deletions(tail, segments);
    allowance = new Allowance(tail, marks, segments, deletions, mostEntries, ring.shape());
    keptBytes = new KeptBytes(tail, segments);
    kept = new Kept(tail, marks, segments, deletions, upkeep);
    gone = new GoneEntries(kept.sealed(), tail, marks, deletions);
    progress = new Progress(ring, first, marks, kept::giveBackWhatIsDue, describer);
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
   * Keeps room for entries that are about to be written to a draft: these are sure of their place
   * in the store.
   *
   * @param into is set; used up by {@link #append}, or to be given back by {@link #giveBack}
   * @param most how many entries, 1 or more; the draft may be limited to fewer
   * @param claimer is asked under the lock that orders claims
   */
  public void reserve(Reservation into, Draft draft, int most, Claimer claimer) {
    int slots = draft.slots(most);
    if (slots == 0) {
      return;
    }
    tryReserve(into, draft, slots, claimer);
    while (into.isNone() && allowance.lacking() > 0 && upkeep.makeRoom(fullShare())) {
      tryReserve(into, draft, slots, claimer);
    }
  }

  private void tryReserve(Reservation into, Draft draft, int most, Claimer claimer) {
    boolean hasRefuge = allowance.hasRefuge(draft); // first: it may take the store's lock
    tail.lock();
    try {
      claimer.requireOpen(); // a log that has folded would keep for ever what is taken here
      int some = allowance.entries(most);
      if (some > 0) {
        allowance.reserve(into, draft, some, hasRefuge);
      }
    } finally {
      tail.unlock();
    }
  }

  /** Gives back what was reserved and is not used up. */
  public void giveBack(Reservation reservation) {
    if (reservation.isNone()) {
      return;
    }
    tail.lock();
    try {
      allowance.end(reservation);
      kept.note();
    } finally {
      tail.unlock();
    }
    kept.giveBackWhatIsDue(); // it may keep a segment that nobody writes to now
  }

  /**
   * Whether one more entry may be kept: by the limit of entries, and by what the last one lacked
   * that there was no memory for.
   */
  public boolean mayGrow() {
    if (!allowance.mayGrow() && !(gone.look() && allowance.mayGrow())) {
      return false;
    }
    if (allowance.lacking() == 0 || hasMemory()) {
      return true;
    }
    upkeep.cleaner().want();
    return upkeep.yielding().giveBack(fullShare());
  }

  private boolean hasMemory() {
    tail.lock();
    try {
      return allowance.hasMemory();
    } finally {
      tail.unlock();
    }
  }

  /** Says who tells which entries live. Before the first is claimed. */
  public void ask(Living who) {
    kept.sealed().ask(who);
  }

  /** Tells of its segments that could move: nothing is under way there, or about to be. */
  public void eachStill(Consumer<Segment> each) {
    kept.sealed().eachStill(each);
  }

  /** Its segments, as the cleaner deals with them. */
  SealedSegments sealed() {
    return kept.sealed();
  }

  /** Bytes of the block that there was no memory for when it was asked for last, or 0. */
  public int lackedBytes() {
    int units = allowance.lacking();
    return units == 0 ? 0 : Segment.blockBytes(units);
  }

  /**
   * Claims what was drafted, as far as there is room, and publishes it.
   *
   * @param reservation the room that is kept for it, used up by what is claimed; may be none
   * @param claimer is asked under the lock that orders claims
   */
  public Room append(Draft draft, Reservation reservation, Claimer claimer) {
    Room room = tryAppend(draft, reservation, claimer);
    if (room == Room.NO_SLOTS) {
      ring.advance(); // not under the lock: others would wait
      room = tryAppend(draft, reservation, claimer);
    }
    while (room == Room.NO_MEMORY && upkeep.makeRoom(fullShare())) {
      room = tryAppend(draft, reservation, claimer);
    }
    if (room != Room.ENOUGH || draft.claimed() == 0) {
      kept.giveBackWhatIsDue(); // it may keep a segment that nothing went to
    }
    return room;
  }

  private Share fullShare() {
    return allowance.fullShare(allowance.lacking());
  }

  private Room tryAppend(Draft draft, Reservation reservation, Claimer claimer) {
    tail.lock();
    try {
      claimer.requireOpen();
      Room room = Room.ENOUGH;
      allowance.beginUse(reservation);
      while (room == Room.ENOUGH && draft.unclaimed() > 0) {
        int most = draft.unclaimed();
        most = reservation.entries() > 0 ? most : allowance.entries(most);
        claimer.next(tail.claimed());
        room = most > 0 ? appendRun(draft, reservation, most) : Room.NO_ENTRIES;
      }
      allowance.endUse(reservation, draft);
      kept.note();
      return room;
    } finally {
      tail.unlock();
    }
  }

  /** Appends entries that follow each other in the store. */
  private Room appendRun(Draft draft, Reservation reservation, int most) {
    Segment segment = allowance.segment(draft, reservation);
    if (segment == null) {
      return Room.NO_MEMORY;
    }
    long sequence = tail.claimed();
    boolean isAwaited = draft.unclaimed() == 1 && nearness.isAwaited(sequence);
    boolean isNear = isAwaited || nearness.isNear(sequence, draft.nextUnits());
    int count = draft.claim(most, segment.room(), isNear, isAwaited);
    if (count == 0) {
      return Room.NO_SLOTS;
    }
    long place = segment.next();
    if (draft.isRunAlike()) {
      segment.append(count, draft.runUnits(0));
    } else {
      for (int i = 0; i < count; i++) {
        segment.append(draft.runUnits(i));
      }
    }
    // Behind the store's part: who hears of an entry finds its place. Before the fence of the
    // publishing: who waits for entries sees that one is under way, or is rung for behind it.
    tail.claimTo(sequence + count);
    draft.publish(progress, sequence, place, order);
    allowance.use(reservation, count);
    tail.payloadBytes += draft.runBytes();
    return Room.ENOUGH;
  }

  /** How entries join it whose payload lies in the store already. */
  public MovedEntries moved() {
    return new MovedEntries(tail, segments, allowance, kept, progress, upkeep, order);
  }

  /** How it folds, and goes on where another was folded. */
  public LogFolding folding() {
    return new LogFolding(tail, marks, progress, deletions, segments, kept);
  }

  /** A reader has come to a sequence. */
  public void readTo(long sequence) {
    if (sequence > marks.ahead()) {
      marks.readTo(sequence);
    }
  }

  /** What the ring tells of its entries. */
  public Progress progress() {
    return progress;
  }

  /** Which of its entries were deleted. */
  public Deletions deletions() {
    return deletions;
  }

  /** How its bytes lie. */
  public KeptBytes keptBytes() {
    return keptBytes;
  }

  /** The ring that it goes through. */
  public Ring ring() {
    return ring;
  }

  /** The next sequence to be claimed. */
  public long claimed() {
    return tail.claimed();
  }

  /** Entries that were ever appended. */
  public long appended() {
    return tail.claimed() - first;
  }

  /** Bytes of their payloads. */
  public long payloadBytes() {
    tail.lock();
    try {
      return tail.payloadBytes;
    } finally {
      tail.unlock();
    }
  }

  /** Where an entry that has landed ends in the store, in units. */
  public long endOf(Segment segment, long sequence) {
    if (sequence + 1 < progress.landed()) {
      return segment.endOf(sequence); // the next one is known as well
    }
    tail.lock();
    try {
      return segment.endOf(sequence);
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

  /** Returns the segment of a completed entry that is held. */
  public Segment segmentOf(long sequence) {
    tail.lock();
    try {
      return segments.readable(sequence);
    } finally {
      tail.unlock();
    }
  }

  /** Entries from one on that are kept: what has gone of them is not. */
  public long keptFrom(long sequence) {
    tail.lock();
    try {
      return tail.claimed() - sequence - deletions.goneFrom(sequence);
    } finally {
      tail.unlock();
    }
  }

  /** Every sequence below was released. */
  public long released() {
    return marks.released();
  }

  /** Nobody wants what lies below a completed sequence any more: its memory is given back. */
  public void release(long sequence) {
    if (sequence > marks.released()) {
      marks.releaseTo(sequence);
      progress.dropBelow(sequence);
      kept.giveBackWhatIsDue();
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
      kept.end();
    } finally {
      tail.unlock();
    }
    ring.advance();
    if (progress.isStill(tail.claimed())) {
      progress.letGo();
    }
  }

  /** Gives all memory back: the ring's device writes nothing any more. */
  public void endWithRing() {
    kept.giveBackAll();
  }
}
