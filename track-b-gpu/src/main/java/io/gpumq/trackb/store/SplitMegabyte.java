package io.gpumq.trackb.store;

/** A megabyte that is given out in kilobytes, and its neighbours in a list of such. */
final class SplitMegabyte {
  private final BuddyTree blocks;
  private int index;

  SplitMegabyte before;
  SplitMegabyte behind;

  SplitMegabyte(int order) {
    blocks = new BuddyTree(order);
  }

  BuddyTree blocks() {
    return blocks;
  }

  /** Which megabyte of the arena it is. */
  int index() {
    return index;
  }

  void index(int megabyte) {
    index = megabyte;
  }
}
