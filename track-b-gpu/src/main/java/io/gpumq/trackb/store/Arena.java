package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

/**
 * The device memory of a track, given out in blocks: whole kilobytes, up to 32 MB each. Places are
 * in units of 16 bytes. Safe for use by many threads; each call takes a short lock.
 *
 * <p>A buddy tree over its megabytes, and one over the kilobytes of each megabyte that is split:
 * memory given out in large blocks costs next to no heap. A block of another size than a power of
 * two is one that begins where such a block would, and leaves the rest of that free.
 */
public final class Arena {
  /** What {@link #allocate} answers when there is no room. */
  public static final long NO_ROOM = -1;

  /** The smallest block, in bytes. Every block is a multiple of it. */
  public static final int BLOCK_BYTES = 1 << 10;

  /** The largest block, in bytes. */
  public static final int MOST_BYTES = 32 << 20;

  private static final int MEGABYTE_ORDER = 10; // of blocks
  private static final int MEGABYTE_BLOCKS = 1 << MEGABYTE_ORDER;
  private static final int BLOCK_UNITS = BLOCK_BYTES / UNIT;

  private final long bytes;
  private final BuddyTree megabytes;
  private final SplitMegabytes split;
  private long freeBlocks;

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
    takeMegabytes(count, (1 << order) - count); // what the tree has and the memory has not
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
    int order = megabytes.largestOrder();
    int blocks = order >= 0 ? 1 << order + MEGABYTE_ORDER : split.largestBlocks();
    return Math.min(MOST_BYTES, (long) blocks * BLOCK_BYTES);
  }

  /** What a request for so many bytes takes: whole blocks. */
  public static int blockBytes(int bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
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
    long first = blocks < MEGABYTE_BLOCKS ? allocateSmall(blocks) : allocateLarge(blocks);
    if (first == NO_ROOM) {
      return NO_ROOM;
    }
    freeBlocks -= blocks;
    return first * BLOCK_UNITS;
  }

  private long allocateSmall(int blocks) {
    SplitMegabyte megabyte = split.find(order(blocks));
    if (megabyte == null) {
      int index = megabytes.find(0);
      if (index == BuddyTree.NONE) {
        return NO_ROOM;
      }
      megabytes.take(index, 0);
      megabyte = split.add(index);
    }
    return ((long) megabyte.index() << MEGABYTE_ORDER) + split.take(megabyte, blocks);
  }

  private long allocateLarge(int blocks) {
    int whole = blocks >> MEGABYTE_ORDER;
    int rest = blocks & MEGABYTE_BLOCKS - 1;
    int index = megabytes.find(order(rest > 0 ? whole + 1 : whole));
    if (index == BuddyTree.NONE) {
      return NO_ROOM;
    }
    takeMegabytes(index, whole);
    if (rest > 0) {
      megabytes.take(index + whole, 0);
      split.take(split.add(index + whole), rest);
    }
    return (long) index << MEGABYTE_ORDER;
  }

  private void takeMegabytes(int first, int count) {
    Range.forEach(first, count, megabytes::take);
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
    long first = place / BLOCK_UNITS;
    int megabyte = (int) (first >> MEGABYTE_ORDER);
    int whole = blocks >> MEGABYTE_ORDER;
    int rest = blocks & MEGABYTE_BLOCKS - 1;
    Range.forEach(megabyte, whole, megabytes::give);
    if (rest > 0) {
      int from = (int) first & MEGABYTE_BLOCKS - 1;
      if (split.give(megabyte + whole, from, rest)) {
        megabytes.give(megabyte + whole, 0);
      }
    }
    freeBlocks += blocks;
  }

  /** The order of the smallest block that has so many leaves. */
  private static int order(int leaves) {
    return 32 - Integer.numberOfLeadingZeros(leaves - 1);
  }
}
