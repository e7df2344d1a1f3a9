package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/**
 * What of a store nobody has: the free blocks of its arena, the cleaner's reserve, and a stretch
 * that is being cleared. Guarded by its store.
 */
final class FreeMemory {
  static final long NO_ROOM = Arena.NO_ROOM;

  private final Arena arena;

  /** Of what is spared so much lies in one block, as long as a cleaner has no use for it. */
  private final int reserveBytes;

  private long reserve = NO_ROOM;

  /** What is being cleared, or was and is for whoever wanted it; or {@code null}. */
  private Stretch stretch;

  private final Wishes wishes = new Wishes();

  FreeMemory(Arena arena, int reserveBytes) {
    this.arena = arena;
    this.reserveBytes = reserveBytes;
    keepReserve();
  }

  /** Bytes of the arena. */
  long bytes() {
    return arena.bytes();
  }

  /** Bytes that are free. */
  long freeBytes() {
    return arena.freeBytes() + reserved() + (stretch == null ? 0 : stretch.keptBytes());
  }

  /** Returns the place of a block, or {@link #NO_ROOM}. */
  long allocate(int bytes) {
    long place = allocateLeft(bytes);
    if (place == NO_ROOM && isReadyFor(bytes)) {
      long from = stretch.from();
      place = stretch.takeOut(from, bytes) ? from : NO_ROOM;
      endStretch();
    }
    return place;
  }

  /** As {@link #allocate}, for who can do without: nothing of what was cleared for somebody. */
  long allocateLeft(int bytes) {
    return arena.allocate(bytes);
  }

  /** Whether {@link #allocate} would find room just now. */
  boolean hasRoom(int bytes) {
    return arena.hasRoom(bytes) || isReadyFor(bytes);
  }

  private boolean isReadyFor(int bytes) {
    return stretch != null && stretch.suits(Arena.blockBytes(bytes));
  }

  /** Takes a block back, as it was given out. For want of memory it fails behind that alone. */
  void free(long place, int bytes) {
    arena.free(place, bytes);
    takeBack(place, Arena.blockBytes(bytes));
  }

  /** Takes a part of a block back: what is left, fewer bytes, begins where it did. */
  void shrink(long place, int bytes, int fewer) {
    arena.shrink(place, bytes, fewer);
    int left = Arena.blockBytes(fewer);
    takeBack(place + left / UNIT, Arena.blockBytes(bytes) - left);
  }

  /** Memory has come back at a place: a stretch takes it, or the reserve what it lacks. */
  private void takeBack(long place, int bytes) {
    if (stretch != null) {
      stretch.take(place, bytes);
    }
    keepReserve();
  }

  // ---- the reserve

  /** Where the store is full what is free lies in pieces: too small for what lives on. */
  private void keepReserve() {
    if (reserve == NO_ROOM && reserveBytes > 0) {
      reserve = arena.allocate(reserveBytes);
    }
  }

  private void yieldReserve() {
    if (reserve != NO_ROOM) {
      arena.free(reserve, reserveBytes);
      reserve = NO_ROOM;
    }
  }

  /** Where that lies, or {@link #NO_ROOM}. */
  long reserve() {
    return reserve;
  }

  int reserved() {
    return reserve == NO_ROOM ? 0 : Arena.blockBytes(reserveBytes);
  }

  /** As {@link #allocate}, and may use the reserve. */
  long allocateSpare(int bytes) {
    if (arena.largestFreeBytes() < bytes) {
      yieldReserve();
    }
    long place = allocate(bytes);
    keepReserve();
    return place;
  }

  /** The largest block that {@link #allocateSpare} would give out just now. */
  long spareBytes() {
    return Math.max(arena.largestFreeBytes(), reserved());
  }

  // ---- what lies in pieces

  /** Somebody wants a block of which there is none so long, though as much is free. */
  void wish(int bytes) {
    wishes.add(bytes);
  }

  /** As {@link Wishes#take}. */
  int[] takeWishes() {
    return wishes.take();
  }

  /** Adds what the arena has free between two places, in their order. */
  void addPieces(long from, long end, Pieces to) {
    arena.addFree(from, end, to);
  }

  /** Begins to clear a part, so that what is wanted lies in a row there; another ends with that. */
  Stretch begin(StretchPlan plan) {
    endStretch();
    wishes.begin(plan.bytes());
    stretch = new Stretch(arena, plan);
    return stretch;
  }

  /** What is being cleared, or is ready; or {@code null}. */
  Stretch stretch() {
    return stretch;
  }

  /** What a stretch has is free for all. */
  void endStretch() {
    if (stretch != null) {
      stretch.giveBack();
      stretch = null;
      keepReserve();
    }
  }

  /** Takes memory at a place in a stretch; returns whether that still has it, and needs more. */
  boolean takeIn(Stretch which, long place, int bytes) {
    return stretch == which && !which.isReady() && which.takeOut(place, bytes);
  }

  /** Takes memory in no stretch, where a plan says or elsewhere; or returns {@link #NO_ROOM}. */
  long takeOutside(StretchPlan plan, int bytes) {
    boolean isThere = plan.out() != StretchPlan.RESERVE && arena.takeAt(plan.out(), bytes);
    return isThere ? plan.out() : allocateSpare(bytes);
  }
}
