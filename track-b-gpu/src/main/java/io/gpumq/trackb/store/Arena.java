package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/**
 * The device memory of a track, given out in blocks: whole kilobytes, up to 32 MB each. Places are
 * in units of 16 bytes. Safe for use by many threads; each call takes a short lock.
 *
 * <p>A buddy tree over its megabytes, and one over the kilobytes of each megabyte that is split:
 * memory given out in large blocks costs next to no heap. A block of another size than a power of
 * two is <i>packed</i> unless it is small: it begins where the last packed one ends, if there is
 * room, wherever in a megabyte that is. Else it begins where a power of two would, and leaves the
 * rest of that free. So blocks that are a little longer than a power of two, as those of large
 * entries are, do not leave as much between them.
 */
public final class Arena {
  /** What {@link #allocate} answers when there is no room. */
  public static final long NO_ROOM = -1;

  /** The smallest block, in bytes. Every block is a multiple of it. */
  public static final int BLOCK_BYTES = 1 << 10;

  /** The largest block, in bytes. */
  public static final int MOST_BYTES = 32 << 20;

  /** No block goes across a multiple of it: so memory may be in such pieces. */
  public static final int PIECE_BYTES = 1 << 29;

  private static final int MEGABYTE_ORDER = 10; // of blocks
  private static final int MEGABYTE_BLOCKS = 1 << MEGABYTE_ORDER;

  /** Smaller blocks are not packed: what they leave free serves others. */
  private static final int LEAST_PACKED = 64;

  private static final int BLOCK_UNITS = BLOCK_BYTES / UNIT;

  private final long bytes;
  private final BuddyTree megabytes;
  private final FreeRuns runs;
  private final SplitMegabytes split;
  private long freeBlocks;

  /** Where the last packed block ended, in blocks. */
  private long packedEnd;

  private final Part taking = new Taking();
  private final Part giving = new Giving();
  private final Part looking = new Looking();

  /** Whether all that was looked at is free. */
  private boolean areFree;

  /**
   * @param bytes of the memory, a multiple of a megabyte, at most 256 GB
   */
  public Arena(long bytes) {
    int count = Math.toIntExact(bytes >> 20);
    if (count < 1 || bytes != (long) count << 20 || bytes > 256L << 30) {
      throw new IllegalArgumentException(
          "arena of " + bytes + " bytes: must be whole megabytes, 1 to " + (256 << 10));
    }
    this.bytes = bytes;
    split = new SplitMegabytes(count);
    int order = 32 - Integer.numberOfLeadingZeros(count - 1);
    megabytes = new BuddyTree(order);
    int piece = Integer.numberOfTrailingZeros(PIECE_BYTES >> 20);
    runs = new FreeRuns(order, MOST_BYTES >> 20, piece);
    int absent = (1 << order) - count; // what the tree has and the memory has not
    Range.forEach(count, absent, this::takeMegabytes);
    freeBlocks = (long) count << MEGABYTE_ORDER;
  }

  public long bytes() {
    return bytes;
  }

  /** Bytes that are free now, in blocks of all sizes. */
  public synchronized long freeBytes() {
    return freeBlocks * BLOCK_BYTES;
  }

  /** The largest block that is free now, in bytes. */
  public synchronized long largestFreeBytes() {
    int whole = runs.longest();
    int blocks = whole > 0 ? whole << MEGABYTE_ORDER : split.largestBlocks();
    return (long) blocks * BLOCK_BYTES;
  }

  /** What a request for so many bytes takes: whole blocks. */
  public static int blockBytes(int bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  /** The smallest block of a power of two that has so many bytes. */
  static int powerOfTwo(long bytes) {
    long most = Math.max(BLOCK_BYTES, bytes);
    return (int) (Long.highestOneBit(most - 1) << 1);
  }

  /**
   * Gives out memory.
   *
   * @param bytes 1 to {@link #MOST_BYTES}; {@link #blockBytes} of it are taken
   * @return its place, or {@link #NO_ROOM}
   */
  public synchronized long allocate(int bytes) {
    if (bytes < 1 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "block of " + bytes + " bytes: must be 1 to " + MOST_BYTES);
    }
    int blocks = blockBytes(bytes) / BLOCK_BYTES;
    long first = find(blocks);
    if (first == NO_ROOM) {
      return NO_ROOM;
    }
    if (isPacked(blocks)) {
      packedEnd = first + blocks;
    }
    forEachPart(first, blocks, taking);
    freeBlocks -= blocks;
    return first * BLOCK_UNITS;
  }

  /** Where so many blocks in a row are free: the first of them, or {@link #NO_ROOM}. */
  private long find(int blocks) {
    if (freeBlocks < blocks) {
      return NO_ROOM;
    }
    if (isPacked(blocks) && isFree(packedEnd, blocks)) {
      return packedEnd;
    }
    return blocks < MEGABYTE_BLOCKS ? findSmall(blocks) : findLarge(blocks);
  }

  private static boolean isPacked(int blocks) {
    return blocks >= LEAST_PACKED && Integer.bitCount(blocks) > 1;
  }

  /** Whether {@link #allocate} would have room just now. */
  public synchronized boolean hasRoom(int wanted) {
    return find(blockBytes(wanted) / BLOCK_BYTES) != NO_ROOM;
  }

  private long findSmall(int blocks) {
    SplitMegabyte megabyte = split.find(order(blocks));
    if (megabyte != null) {
      int first = megabyte.blocks().find(order(blocks));
      return ((long) megabyte.index() << MEGABYTE_ORDER) + first;
    }
    int index = megabytes.find(0);
    return index == BuddyTree.NONE ? NO_ROOM : (long) index << MEGABYTE_ORDER;
  }

  private long findLarge(int blocks) {
    int count = blocks + MEGABYTE_BLOCKS - 1 >> MEGABYTE_ORDER;
    int index = megabytes.find(order(count));
    if (index == BuddyTree.NONE) {
      index = runs.find(count); // wherever it begins
    }
    return index == BuddyTree.NONE ? NO_ROOM : (long) index << MEGABYTE_ORDER;
  }

  private boolean isFree(long first, int blocks) {
    long end = first + blocks;
    long inPiece = first & PIECE_BYTES / BLOCK_BYTES - 1;
    if (end > bytes / BLOCK_BYTES || inPiece + blocks > PIECE_BYTES / BLOCK_BYTES) {
      return false;
    }
    areFree = true;
    forEachPart(first, blocks, looking);
    return areFree;
  }

  private void takeMegabytes(int first, int order) {
    megabytes.take(first, order);
    runs.take(first, order);
  }

  private void giveMegabytes(int first, int order) {
    megabytes.give(first, order);
    runs.give(first, order);
  }

  /** What is done with blocks in a row: with whole megabytes, and with parts of others. */
  private interface Part {
    void megabytes(int first, int count);

    void blocks(int megabyte, int first, int count);
  }

  private static void forEachPart(long first, int blocks, Part part) {
    int megabyte = (int) (first >> MEGABYTE_ORDER);
    int from = (int) first & MEGABYTE_BLOCKS - 1;
    int left = blocks;
    if (from > 0) {
      int some = Math.min(left, MEGABYTE_BLOCKS - from);
      part.blocks(megabyte++, from, some);
      left -= some;
    }
    int whole = left >> MEGABYTE_ORDER;
    if (whole > 0) {
      part.megabytes(megabyte, whole);
    }
    int rest = left & MEGABYTE_BLOCKS - 1;
    if (rest > 0) {
      part.blocks(megabyte + whole, 0, rest);
    }
  }

  /**
   * Takes memory where it is free, wherever that begins.
   *
   * @param place a multiple of a kilobyte
   * @return whether all of it was free
   */
  synchronized boolean takeAt(long place, int bytes) {
    long first = place / BLOCK_UNITS;
    int blocks = blockBytes(bytes) / BLOCK_BYTES;
    boolean wasFree = isFree(first, blocks);
    if (wasFree) {
      forEachPart(first, blocks, taking);
      freeBlocks -= blocks;
    }
    return wasFree;
  }

  /** Returns what is free between two places, in order, each piece as long as it is there. */
  Pieces freeBetween(long from, long end) {
    Pieces free = new Pieces();
    addFree(from, end, free);
    return free;
  }

  /** Adds what is free between two places, behind what was added. */
  synchronized void addFree(long from, long end, Pieces to) {
    int last = (int) Math.min(bytes >> 20, (end / BLOCK_UNITS >> MEGABYTE_ORDER) + 1);
    for (int i = (int) (from / BLOCK_UNITS >> MEGABYTE_ORDER); i < last; i++) {
      long first = (long) i << MEGABYTE_ORDER;
      if (split.has(i)) {
        split.eachFree(i, (leaf, order) -> to.add(first + leaf, 1 << order, from, end));
      } else if (megabytes.isFree(i, 0)) {
        to.add(first, MEGABYTE_BLOCKS, from, end);
      }
    }
  }

  private final class Taking implements Part {
    @Override
    public void megabytes(int first, int count) {
      Range.forEach(first, count, Arena.this::takeMegabytes);
    }

    @Override
    public void blocks(int megabyte, int first, int count) {
      if (!split.has(megabyte)) {
        takeMegabytes(megabyte, 0);
        split.add(megabyte);
      }
      split.take(megabyte, first, count);
    }
  }

  private final class Giving implements Part {
    @Override
    public void megabytes(int first, int count) {
      Range.forEach(first, count, Arena.this::giveMegabytes);
    }

    @Override
    public void blocks(int megabyte, int first, int count) {
      if (split.give(megabyte, first, count)) {
        giveMegabytes(megabyte, 0);
      }
    }
  }

  private final class Looking implements Part {
    @Override
    public void megabytes(int first, int count) {
      areFree &= Range.all(first, count, megabytes::isFree);
    }

    @Override
    public void blocks(int megabyte, int first, int count) {
      areFree &=
          split.has(megabyte)
              ? split.isFree(megabyte, first, count)
              : megabytes.isFree(megabyte, 0);
    }
  }

  /**
   * Takes a part of what was given out back: what is left begins where it did.
   *
   * @param bytes as it was asked for
   * @param fewer that are left, 1 to {@code bytes}
   */
  public synchronized void shrink(long place, int bytes, int fewer) {
    int blocks = blockBytes(bytes) / BLOCK_BYTES;
    int left = blockBytes(fewer) / BLOCK_BYTES;
    if (left == blocks) {
      return;
    }
    forEachPart(place / BLOCK_UNITS, blocks, giving);
    forEachPart(place / BLOCK_UNITS, left, taking);
    freeBlocks += blocks - left;
  }

  /**
   * Takes memory back.
   *
   * @param place as it was given out
   * @param bytes as it was asked for
   * @throws IllegalStateException if it is free, as far as that can be told
   */
  public synchronized void free(long place, int bytes) {
    int blocks = blockBytes(bytes) / BLOCK_BYTES;
    forEachPart(place / BLOCK_UNITS, blocks, giving);
    freeBlocks += blocks;
  }

  /** The order of the smallest block that has so many leaves. */
  private static int order(int leaves) {
    return 32 - Integer.numberOfLeadingZeros(leaves - 1);
  }
}
