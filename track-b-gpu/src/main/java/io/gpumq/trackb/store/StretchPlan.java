package io.gpumq.trackb.store;

/**
 * Which part of a store is to be cleared, and of what. Places are in units.
 *
 * @param bytes that are wanted in a row, whole blocks
 * @param firstBlock the first of those that were given that lies there
 * @param blockCount how many do, all behind it
 * @param longest which of these moves out first
 * @param out where it goes, or {@link #RESERVE}
 */
public record StretchPlan(
    int bytes, long from, long end, int firstBlock, int blockCount, int longest, long out) {
  /** To the block that a cleaner has in reserve. */
  static final long RESERVE = -1;
}
