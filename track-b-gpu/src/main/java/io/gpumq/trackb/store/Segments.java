package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.ArrayList;

/**
 * The segments of a lane, in the order of its sequences. The next one is twice as large as what the
 * last one came to hold, up to a megabyte, but not much larger than all that the lane holds: so a
 * small queue takes little, and a large one has few segments. One that is drained may keep its last
 * segment, if that is small: else each message of one that is read at once would take and give back
 * memory. A large entry has a segment of its own, of just its size. For the holder of the lane's
 * lock.
 */
public final class Segments {
  /** What {@link #freeable} answers while nothing can be given back. */
  public static final long NOTHING = Long.MAX_VALUE;

  /** What it answers while that is so until all entries are released. */
  public static final long ALL = -1;

  /** Where none is left, as mostly; never written to. */
  private static final ArrayList<Segment> NONE = new ArrayList<>(0);

  private static final int MOST_BYTES = 1 << 20;

  /** An entry beyond it is large. Of smaller ones a full segment leaves little at its end. */
  private static final int LARGE_UNITS = (64 << 10) / UNIT;

  /** A lane that is read at once has segments of so much at most, and keeps one. */
  private static final int MOST_KEPT_BYTES = 32 << 10;

  /** It keeps no more than this part of the store. */
  private static final int KEPT_PART = 1 << 16;

  /** A lane that has more is large: what else it takes of the heap matters little. */
  private static final int MOST_FOLDED = 16;

  private final Store store;
  private final Share share;
  private final int keptBytes;

  private final SegmentList all = new SegmentList();

  /** Those that were left, and are not given back yet, the last one last: mostly none. */
  private ArrayList<Segment> left = NONE;

  private long heldBytes;

  /** What the last segment of entries that are not large came to hold, in bytes. */
  private int lastUsed;

  /** The sequence of the next entry while there is no segment. */
  private long next;

  /**
   * Units of the last segment that are promised to writers: their entries are to go there. One that
   * is opened meanwhile has room for these, too, and is the one that they go to from then on.
   */
  private int pledged;

  /**
   * @param first the sequence of the lane's first entry
   */
  public Segments(Store store, Share share, long first) {
    this.store = store;
    this.share = share;
    this.next = first;
    keptBytes = (int) Math.min(MOST_KEPT_BYTES, store.bytes() / KEPT_PART);
  }

  /**
   * Returns the segment that the next entry goes to, and those behind it while it has room.
   *
   * @param units of the entry
   * @param wanted units of all that is about to be added
   * @return {@code null} if the store has no room for it
   */
  public Segment withRoom(int units, long wanted) {
    boolean isThere = room() >= units || open(units, wanted, units > LARGE_UNITS);
    return isThere ? last() : null;
  }

  /** Whether there is room for an entry of so many units, or could be. */
  public boolean hasRoom(int units) {
    return room() >= units || store.mayAllocate(share, Segment.bytes(units + pledged));
  }

  /** Units of the last segment that are promised to nobody. */
  private int room() {
    return all.size() == 0 ? 0 : last().room() - pledged;
  }

  /**
   * Promises room to a writer, in one segment, until {@link #redeem}.
   *
   * @return units, {@code least} to {@code most}; 0 if the store has no room
   */
  public int pledge(int least, int most) {
    boolean isThere = room() >= least || open(least, least, false);
    int units = isThere ? Math.min(most, room()) : 0;
    pledged += units;
    return units;
  }

  /** Takes a promise of so many units back: they are used next, or are not wanted. */
  public void redeem(int units) {
    pledged -= units;
  }

  /** Promises so many units again that were redeemed, and were not used. */
  public void pledgeAgain(int units) {
    pledged += units;
  }

  /** Units of the last segment that are promised now. */
  int pledged() {
    return pledged;
  }

  /** Returns a refuge for so many units of entries, or {@link Store#NO_ROOM}. */
  public long takeRefuge(int units) {
    return store.allocateRefuge(Segment.bytes(units));
  }

  /**
   * Makes a refuge its last segment.
   *
   * @param units as it was taken for
   * @param wanted units that are about to be added
   * @return whether it did: not while so much is promised that both have no room there
   */
  public boolean adopt(long refuge, int units, int wanted) {
    if (pledged > 0 && wanted + pledged > units) {
      return false;
    }
    store.adopt(share, Segment.bytes(units));
    add(refuge, Segment.bytes(units), false);
    return true;
  }

  /** Blocks for large entries that are to be written before they are claimed. */
  public OwnBlocks ownBlocks() {
    return new OwnBlocks(store, share);
  }

  /** What is promised moves there: so who has the promise holds up nobody. */
  private boolean open(int units, long wanted, boolean isLarge) {
    int least = Segment.bytes(units + pledged);
    boolean isOwn = isLarge && pledged == 0;
    if (!isOwn && least > MOST_BYTES) {
      return false; // so far an offset tells
    }
    int bytes = isOwn ? least : Math.max(least, Arena.powerOfTwo(usual(wanted + pledged)));
    long place = store.allocate(share, bytes);
    while (place == Store.NO_ROOM && bytes > least) {
      bytes = Math.max(least, bytes / 2);
      place = store.allocate(share, bytes);
    }
    if (place == Store.NO_ROOM) {
      store.wish(share, least);
      return false;
    }
    add(place, bytes, isOwn);
    return true;
  }

  /** What the next segment of entries that are not large should have, in bytes. */
  private long usual(long wanted) {
    if (all.size() > 0 && !last().isOwn()) {
      lastUsed = last().usedBytes();
    }
    long more = Math.min(2L * lastUsed, Math.max(heldBytes, keptBytes));
    return Math.min(MOST_BYTES, Math.max(Segment.bytes(wanted), more));
  }

  /** As {@link SegmentList#of}. */
  public Segment of(long sequence) {
    return all.of(sequence);
  }

  /** The segment behind one that is or was one of these, or null. */
  public Segment behind(Segment segment) {
    int index = all.from(segment.end());
    return index < all.size() ? all.get(index) : null;
  }

  /** So many are about to be left: for that no memory is wanted any more. */
  void expectToLeave(int some) {
    left = left == NONE ? new ArrayList<>(some) : left;
    left.ensureCapacity(left.size() + some);
  }

  /** One of these is so no more, and not given back yet. It was expected. */
  void leave(Segment segment) {
    segment.retire();
    left.add(segment);
  }

  /**
   * Returns the segment that a reader finds an entry in who has held it since it lived; null if
   * there is none. What has gone since is in the segment that was left last.
   */
  public Segment readable(long sequence) {
    Segment found = of(sequence);
    for (int i = left.size() - 1; found == null && i >= 0; i--) {
      found = left.get(i).lies(sequence) ? left.get(i) : null;
    }
    return found;
  }

  /** Gives back the block of a segment that was left, or never was one of these. */
  public void free(Segment segment) {
    if (left != NONE) {
      left.remove(segment);
      left = left.isEmpty() ? NONE : left;
    }
    store.freeSpare(segment.place(), segment.bytes());
  }

  /** The largest block that {@link #takeSpare} would return now, up to a full segment. */
  public int spareBytes() {
    return (int) Math.min(MOST_BYTES, store.spareBytes());
  }

  /** Returns a block for what lives on of others, or {@link Store#NO_ROOM}. */
  public long takeSpare(int bytes) {
    return store.allocateSpare(bytes);
  }

  /**
   * Gives the segments back that hold nothing from {@code sequence} on.
   *
   * @param keepsLast whether the last may stay for what comes next, if it is small
   */
  public void releaseBelow(long sequence, boolean keepsLast) {
    while (freeable(keepsLast) != NOTHING && get(0).end() <= sequence) {
      Segment gone = all.removeFirst();
      next = gone.end();
      gone.seal(); // whoever still has it finds nothing later in it
      heldBytes -= gone.bytes();
      store.free(share, gone.place(), gone.bytes());
    }
  }

  /**
   * The sequence below which {@link #releaseBelow} gives something back; {@link #ALL} if it does so
   * only once the lane is drained.
   */
  public long freeable(boolean keepsLast) {
    if (all.size() > 0 && get(0).isPinned()) {
      return NOTHING;
    }
    if (all.size() > 1) {
      return get(0).end();
    }
    boolean mayStay = all.size() == 0 || pledged > 0 || keepsLast && last().bytes() <= keptBytes;
    return mayStay ? NOTHING : ALL;
  }

  /** Bytes of the store that these take. */
  public long heldBytes() {
    return heldBytes;
  }

  public int count() {
    return all.size();
  }

  /** As {@link Store#epoch}. */
  public long epoch() {
    return store.epoch();
  }

  /** Whose memory they are. */
  public Share share() {
    return share;
  }

  /** The sequence of the next entry. */
  long next() {
    return all.size() > 0 ? last().end() : next;
  }

  Segment last() {
    return all.last();
  }

  /** All of them. */
  SegmentList all() {
    return all;
  }

  /** What all of them take is so much more, since entries have moved. */
  void hold(int more) {
    heldBytes += more;
    store.hold(share, more);
  }

  /** From the oldest on. */
  Segment get(int index) {
    return all.get(index);
  }

  void add(long place, int bytes, boolean isOwn) {
    int block = Arena.blockBytes(bytes);
    if (all.size() > 0) {
      last().seal();
    }
    all.add(new Segment(place, block, next(), isOwn, store.nextNumber()));
    heldBytes += block;
  }

  /** Takes the last one out, which is empty: its block is the caller's. */
  Segment takeLast() {
    Segment last = all.removeLast();
    next = last.end();
    last.seal();
    heldBytes -= last.bytes();
    return last;
  }

  /** Whether they are few, and nothing is about to be done with one. */
  public boolean areStill() {
    boolean areStill = pledged == 0 && left.isEmpty() && all.size() <= MOST_FOLDED;
    for (int i = 0; areStill && i < all.size(); i++) {
      boolean isSealed = i < all.size() - 1;
      areStill = !get(i).isPinned() && (!isSealed || get(i).isAsItStays());
    }
    return areStill;
  }

  /** Returns all that are here, to be another's from {@link #leave} on. */
  public FoldedSegments fold() {
    int used = all.size() > 0 && !last().isOwn() ? last().usedBytes() : lastUsed;
    return all.size() == 0 ? FoldedSegments.NONE : new FoldedSegments(all.toArray(), used);
  }

  /** Has none any more. Throws nothing. */
  public void leave() {
    next = next();
    heldBytes = 0;
    all.clear();
  }

  /**
   * Takes in what was folded. Before any other.
   *
   * @param claimed the sequence of the next entry
   */
  public void unfold(FoldedSegments folded, long claimed) {
    next = claimed;
    lastUsed = folded.lastUsed();
    for (Segment segment : folded.all()) {
      all.add(segment);
      heldBytes += segment.bytes();
    }
  }
}
