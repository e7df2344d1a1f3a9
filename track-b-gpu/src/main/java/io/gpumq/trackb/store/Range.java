package io.gpumq.trackb.store;

/** A run of leaves as blocks: the fewest that each begin at a multiple of their size. */
final class Range {
  private Range() {}

  /** Does something with a block. */
  @FunctionalInterface
  interface Block {
    void at(int leaf, int order);
  }

  /** Asks something of a block. */
  @FunctionalInterface
  interface Question {
    boolean of(int leaf, int order);
  }

  static void forEach(int first, int count, Block each) {
    int end = first + count;
    for (int leaf = first; leaf < end; ) {
      int order = order(leaf, end);
      each.at(leaf, order);
      leaf += 1 << order;
    }
  }

  /** Whether the answer is yes for each. */
  static boolean all(int first, int count, Question question) {
    int end = first + count;
    for (int leaf = first; leaf < end; ) {
      int order = order(leaf, end);
      if (!question.of(leaf, order)) {
        return false;
      }
      leaf += 1 << order;
    }
    return true;
  }

  /** Of the largest block that may begin at a leaf. */
  private static int order(int leaf, int end) {
    int fits = 31 - Integer.numberOfLeadingZeros(end - leaf);
    return Math.min(fits, leaf == 0 ? fits : Integer.numberOfTrailingZeros(leaf));
  }
}
