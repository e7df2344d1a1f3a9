package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/**
 * The segments of a lane, in the order of its sequences. The next one is twice as large as what the
 * last one came to hold, up to a megabyte, but no larger than all that the lane holds: so a small
 * queue takes little, a large one has few segments, and an empty one none. A large entry has a
 * segment of its own, of just its size. For the holder of the lane's lock.
 */
public final class Segments {
  private static final int MOST_BYTES = 1 << 20;

  /** An entry beyond it is large. Of smaller ones a full segment leaves little at its end. */
  private static final int LARGE_UNITS = (64 << 10) / UNIT;

  private static final Segment[] NONE = {};

  private final Store store;
  private final Share share;

  /** A ring of a power of two; empty while there is none. */
  private Segment[] all = NONE;

  private int head;
  private int size;
  private long heldBytes;

  /** What the last segment of entries that are not large came to hold, in bytes. */
  private int lastUsed;

  /** The sequence of the next entry. */
  private long next;

  /**
   * @param first the sequence of the lane's first entry
   */
  public Segments(Store store, Share share, long first) {
    this.store = store;
    this.share = share;
    this.next = first;
  }

  /**
   * Sees to it that the last segment has room for an entry.
   *
   * @param units of the entry
   * @param wanted units of all that is about to be added
   * @return false if the store has none
   */
  public boolean makeRoom(int units, long wanted) {
    return size > 0 && last().room() >= units || open(units, wanted);
  }

  private boolean open(int units, long wanted) {
    int least = bytes(units);
    boolean isLarge = units > LARGE_UNITS;
    int bytes = isLarge ? least : Math.max(least, powerOfTwo(usual(wanted)));
    long place = store.allocate(share, bytes);
    while (place == Store.NO_ROOM && bytes > least) {
      bytes = Math.max(least, bytes / 2);
      place = store.allocate(share, bytes);
    }
    if (place == Store.NO_ROOM) {
      return false;
    }
    int block = Arena.blockBytes(bytes);
    add(new Segment(place, block, next, isLarge));
    heldBytes += block;
    return true;
  }

  /** What the next segment of entries that are not large should have, in bytes. */
  private long usual(long wanted) {
    if (size > 0 && !last().isOwn()) {
      lastUsed = last().usedBytes();
    }
    long more = Math.min(2L * lastUsed, heldBytes);
    return Math.min(MOST_BYTES, Math.max(bytes(wanted), more));
  }

  /** What a segment of so many units of entries takes. */
  private static int bytes(long units) {
    return (int) Math.min(Arena.MOST_BYTES, (Segment.HEADER_UNITS + units) * UNIT);
  }

  private static int powerOfTwo(long bytes) {
    long most = Math.max(Arena.BLOCK_BYTES, bytes);
    return (int) (Long.highestOneBit(most - 1) << 1);
  }

  /** Units that the last segment has left, of which there must be one. */
  public int room() {
    return last().room();
  }

  /** Where the next entry goes; the one behind it follows, while there is room. */
  public long place() {
    return last().next();
  }

  /** Adds the next entry, for which the last segment has room. */
  public void append(int units) {
    last().append(units);
    next++;
  }

  /** Takes back the entry that was added last, of so many units: it is nobody's yet. */
  public void cut(int units) {
    last().cut(units);
    next--;
  }

  /** Returns the segment of an entry that was added, and not released. */
  public Segment of(long sequence) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (get(middle).first() <= sequence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return get(low);
  }

  /** The segment behind one of these, or null. */
  public Segment behind(Segment segment) {
    Segment other = size > 0 && segment.end() < next ? of(segment.end()) : null;
    return other == segment ? null : other;
  }

  /** Gives the segments back that hold nothing from {@code sequence} on. */
  public void releaseBelow(long sequence) {
    while (size > 0 && get(0).end() <= sequence) {
      Segment gone = get(0);
      all[head] = null;
      head = head + 1 & all.length - 1;
      size--;
      heldBytes -= gone.bytes();
      store.free(share, gone.place(), gone.bytes());
    }
    if (size == 0) {
      all = NONE;
      head = 0;
    }
  }

  /** Bytes of the store that these take. */
  public long heldBytes() {
    return heldBytes;
  }

  public int count() {
    return size;
  }

  private Segment last() {
    return get(size - 1);
  }

  private Segment get(int index) {
    return all[head + index & all.length - 1];
  }

  private void add(Segment segment) {
    if (size == all.length) {
      Segment[] more = new Segment[Math.max(2, 2 * size)];
      for (int i = 0; i < size; i++) {
        more[i] = get(i);
      }
      all = more;
      head = 0;
    }
    all[head + size & all.length - 1] = segment;
    size++;
  }
}
