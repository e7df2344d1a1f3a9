package io.gpumq.trackb.store;

/** A run of leaves as blocks: the fewest that each begin at a multiple of their size. */
final class Range {
  private Range() {}

  /** Does something with a block. */
  @FunctionalInterface
  interface Block {
    void at(int leaf, int order);
  }

  static void forEach(int first, int count, Block each) {
    int end = first + count;
    for (int leaf = first; leaf < end; ) {
      int fits = 31 - Integer.numberOfLeadingZeros(end - leaf);
      int order = Math.min(fits, leaf == 0 ? fits : Integer.numberOfTrailingZeros(leaf));
      each.at(leaf, order);
      leaf += 1 << order;
    }
  }
}
