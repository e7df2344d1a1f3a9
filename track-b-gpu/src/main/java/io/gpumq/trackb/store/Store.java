package io.gpumq.trackb.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An arena that queues share. Each has a {@link Share}: what it holds, what it may hold at most,
 * and what is kept free for it, so that no queue can starve one that has a reserved minimum. Safe
 * for use by many threads.
 */
public final class Store {
  /** What {@link #allocate} answers when there is no room. */
  public static final long NO_ROOM = Arena.NO_ROOM;

  /** As much as a segment of entries that are not large. */
  private static final int MOST_RESERVE_BYTES = 1 << 20;

  private final FreeMemory memory;
  private final Stretches stretches;

  /** Bytes that the cleaner alone may use, who needs room before it can make any. */
  private final long sparedBytes;

  /** When it was made, in milliseconds since 1970. */
  private final long epoch = System.currentTimeMillis();

  /** Shares that ever began. */
  private int shares;

  private final Runnable freed;

  /** What is kept free for those that hold less than their minimum. */
  private long promised;

  /** Bytes of refuges that no share has adopted. */
  private long refuges;

  /** How many segments were made of it. */
  private final AtomicLong numbers = new AtomicLong();

  /** Whether somebody was refused memory since some came back. */
  private boolean isLacking;

  /**
   * @param spareBytes that only {@link #allocateSpare} gives out
   * @param freed run when memory has come back, and somebody was refused some before; under no lock
   *     of this
   */
  public Store(Arena arena, long spareBytes, Runnable freed) {
    int reserveBytes = (int) Math.min(MOST_RESERVE_BYTES, spareBytes);
    memory = new FreeMemory(arena, reserveBytes);
    stretches = new Stretches(this, memory, freed);
    this.sparedBytes = spareBytes;
    this.freed = freed;
  }

  /** Bytes of the arena. */
  public long bytes() {
    return memory.bytes();
  }

  /** What one queue could hold of it if there were no other. */
  public long mostBytes() {
    return memory.bytes() - sparedBytes;
  }

  /** How what is free in pieces comes together. */
  public Stretches stretches() {
    return stretches;
  }

  /** What nobody has. Guarded by this. */
  FreeMemory memory() {
    return memory;
  }

  /** When it was made, in milliseconds since 1970: tells its segments from those of others. */
  public long epoch() {
    return epoch;
  }

  /** Returns how many segments were made before. */
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  /** Bytes that are free, what is spared included. */
  public synchronized long freeBytes() {
    return memory.freeBytes();
  }

  /**
   * Begins a share.
   *
   * @param mostBytes that it may hold
   * @param leastBytes that are kept free for it, 0 for none
   * @return {@code null} if there is not as much free that is not promised to others
   */
  public synchronized Share share(long mostBytes, long leastBytes) {
    if (leastBytes > unpromisedBytes()) {
      return null;
    }
    promised += leastBytes;
    return new Share(++shares, mostBytes, leastBytes);
  }

  /** Bytes that are free and neither promised nor spared. */
  public synchronized long unpromisedBytes() {
    return Math.max(0, freeBytes() - sparedBytes - promised);
  }

  /** Ends a share: nothing is kept free for it any more. */
  public synchronized void end(Share share) {
    promised -= share.promised();
    share.end();
  }

  /**
   * Gives out memory to a share.
   *
   * @param bytes 1 to {@link Arena#MOST_BYTES}
   * @return its place, or {@link #NO_ROOM}: the share is full, or the store but for what is
   *     promised to others
   */
  public synchronized long allocate(Share share, int bytes) {
    int block = Arena.blockBytes(bytes);
    long place = isFree(share, block) ? hold(share, memory.allocate(bytes), bytes) : NO_ROOM;
    isLacking |= place == NO_ROOM;
    return place;
  }

  /**
   * Gives out memory to a cleaner, who gives more back: it may dip into what is spared. It is no
   * share's until entries have moved there: so no share holds them twice.
   */
  public synchronized long allocateSpare(int bytes) {
    return memory.allocateSpare(bytes);
  }

  /** Takes back what a cleaner has, and no share: what it has no use for, or entries have left. */
  public void freeSpare(long place, int bytes) {
    boolean wasLacking;
    synchronized (this) {
      wasLacking = free(place, bytes);
    }
    if (wasLacking) {
      freed.run();
    }
  }

  /** The largest block that {@link #allocateSpare} would give out just now. */
  public synchronized long spareBytes() {
    return memory.spareBytes();
  }

  /** Whether it has less than a megabyte for those that nothing is promised to. */
  public boolean isShort() {
    return unpromisedBytes() < 1 << 20;
  }

  /** Whether {@link #allocate} would have had room just now. */
  public synchronized boolean mayAllocate(Share share, int bytes) {
    boolean may = isFree(share, Arena.blockBytes(bytes)) && memory.hasRoom(bytes);
    isLacking |= !may;
    if (!may) {
      wish(share, bytes);
    }
    return may;
  }

  /**
   * Somebody wants a block, and there is none of that length. If as much is free, a cleaner may
   * have it come together.
   */
  public synchronized void wish(Share share, int bytes) {
    if (isFree(share, Arena.blockBytes(bytes))) {
      memory.wish(bytes);
    }
  }

  /** What is promised to a share is there for it, whatever a cleaner has of what is spared. */
  private boolean isFree(Share share, int block) {
    long spared = block <= share.promised() ? 0 : sparedBytes;
    return share.mayHold(block) && freeBytes() - block >= spared + promisedAfter(share, block);
  }

  private long promisedAfter(Share share, int more) {
    return promised - share.promised() + share.promisedWith(more);
  }

  private long hold(Share share, long place, int bytes) {
    if (place != NO_ROOM) {
      hold(share, Arena.blockBytes(bytes));
    }
    return place;
  }

  /** A share holds so many bytes more: they were a cleaner's, and entries have moved there. */
  synchronized void hold(Share share, int more) {
    promised = promisedAfter(share, more);
    share.hold(more);
  }

  /** Takes memory back, as it was given out. */
  public void free(Share share, long place, int bytes) {
    boolean wasLacking;
    synchronized (this) {
      hold(share, -Arena.blockBytes(bytes)); // first: the other may fail where it has freed all
      wasLacking = free(place, bytes);
    }
    if (wasLacking) {
      freed.run();
    }
  }

  /** Returns whether somebody was refused some since some came back last. */
  private boolean free(long place, int bytes) {
    boolean wasLacking = isLacking;
    isLacking = false;
    memory.free(place, bytes);
    return wasLacking;
  }

  /** Takes a part of what was given out back: what is left, fewer bytes, begins where it did. */
  public void shrink(Share share, long place, int bytes, int fewer) {
    boolean wasLacking;
    synchronized (this) {
      hold(share, Arena.blockBytes(fewer) - Arena.blockBytes(bytes)); // first, as above
      memory.shrink(place, bytes, fewer);
      wasLacking = isLacking;
      isLacking = false;
    }
    if (wasLacking) {
      freed.run();
    }
  }

  /**
   * Gives out memory that is no queue's: what a ring keeps for itself.
   *
   * @return its place, or {@link #NO_ROOM}
   */
  public synchronized long allocateForRing(int bytes) {
    if (!isFreeForRing(bytes)) {
      return NO_ROOM;
    }
    long place = memory.allocate(bytes);
    if (place == NO_ROOM) {
      memory.wish(bytes);
    }
    return place;
  }

  private boolean isFreeForRing(int bytes) {
    return freeBytes() - Arena.blockBytes(bytes) >= sparedBytes + promised;
  }

  /** Takes back what {@link #allocateForRing} gave out. */
  public synchronized void freeOfRing(long place, int bytes) {
    memory.free(place, bytes);
  }

  /**
   * Gives out a <i>refuge</i>: a place for what is written while the store has room, and has none
   * any more when that is to be kept. All refuges together are as much as is spared at most.
   *
   * @return its place, or {@link #NO_ROOM}
   */
  public synchronized long allocateRefuge(int bytes) {
    int block = Arena.blockBytes(bytes);
    boolean may = refuges + block <= sparedBytes && isFreeForRing(bytes);
    long place = may ? memory.allocateLeft(bytes) : NO_ROOM;
    refuges += place == NO_ROOM ? 0 : block;
    return place;
  }

  /** Takes back a refuge that nobody has adopted. */
  public synchronized void freeRefuge(long place, int bytes) {
    refuges -= Arena.blockBytes(bytes);
    freeOfRing(place, bytes);
  }

  /** A refuge becomes a share's, which may hold any number of bytes. */
  public synchronized void adopt(Share share, int bytes) {
    int block = Arena.blockBytes(bytes);
    refuges -= block;
    hold(share, block);
  }
}
