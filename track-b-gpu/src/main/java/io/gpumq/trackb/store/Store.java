package io.gpumq.trackb.store;

/**
 * An arena that queues share. Each has a {@link Share}: what it holds, what it may hold at most,
 * and what is kept free for it, so that no queue can starve one that has a reserved minimum. Safe
 * for use by many threads.
 */
public final class Store {
  /** What {@link #allocate} answers when there is no room. */
  public static final long NO_ROOM = Arena.NO_ROOM;

  private final Arena arena;

  /** Bytes that the cleaner alone may use, who needs room before it can make any. */
  private final long spareBytes;

  /** What is kept free for those that hold less than their minimum. */
  private long promised;

  /**
   * @param spareBytes that only {@link #allocateSpare} gives out
   */
  public Store(Arena arena, long spareBytes) {
    this.arena = arena;
    this.spareBytes = spareBytes;
  }

  /** Bytes of the arena. */
  public long bytes() {
    return arena.bytes();
  }

  public long freeBytes() {
    return arena.freeBytes();
  }

  /**
   * Begins a share.
   *
   * @param mostBytes that it may hold
   * @param leastBytes that are kept free for it, 0 for none
   * @return {@code null} if there is not as much free that is not promised to others
   */
  public synchronized Share share(long mostBytes, long leastBytes) {
    if (leastBytes > arena.freeBytes() - spareBytes - promised) {
      return null;
    }
    promised += leastBytes;
    return new Share(mostBytes, leastBytes);
  }

  /** Ends a share, which holds nothing any more. */
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
    long after = promised - share.promised() + share.promisedWith(block);
    boolean fits = share.held() + block <= share.mostBytes();
    if (!fits || arena.freeBytes() - block < spareBytes + after) {
      return NO_ROOM;
    }
    return take(share, bytes, block, after);
  }

  /** As {@link #allocate}, for a cleaner, who gives more back: it may dip into what is spared. */
  public synchronized long allocateSpare(Share share, int bytes) {
    int block = Arena.blockBytes(bytes);
    return take(share, bytes, block, promised - share.promised() + share.promisedWith(block));
  }

  private long take(Share share, int bytes, int block, long promisedAfter) {
    long place = arena.allocate(bytes);
    if (place != NO_ROOM) {
      share.hold(block);
      promised = promisedAfter;
    }
    return place;
  }

  /** Takes memory back, as it was given out. */
  public synchronized void free(Share share, long place, int bytes) {
    int block = Arena.blockBytes(bytes);
    arena.free(place, bytes);
    promised += share.promisedWith(-block) - share.promised();
    share.hold(-block);
  }
}
