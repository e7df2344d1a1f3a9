package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * The pages of a {@link PendingTable}, in the order of their blocks. Pages come at the end and go
 * from the beginning, or now and then from between. For one thread at a time.
 */
final class PageList {
  private static final Page[] NOTHING = {};
  private static final long[] NO_BLOCKS = {};

  /** Memory for so few pages is not given back: they come and go with each take. */
  private static final int MIN_KEPT = 16;

  /** Each page's first block, so that a search looks at no page. */
  private long[] blocks = NO_BLOCKS;

  private Page[] pages = NOTHING;
  private int from;
  private int to;

  int size() {
    return to - from;
  }

  boolean isEmpty() {
    return from == to;
  }

  Page get(int index) {
    return pages[from + index];
  }

  /** Returns the last page. There must be one. */
  Page last() {
    return pages[to - 1];
  }

  /** Returns the page in which a block would lie: the last that begins at or below; or -1. */
  int find(long block) {
    if (from == to || block < blocks[from]) {
      return -1;
    }
    if (block >= blocks[to - 1]) {
      return to - from - 1;
    }
    int found = Arrays.binarySearch(blocks, from, to, block);
    return (found >= 0 ? found : -found - 2) - from;
  }

  /** Puts a page in between. */
  void insert(int index, Page page) {
    if (to == pages.length) {
      makeRoom();
    }
    shift(index, size(), 1);
    to++;
    pages[from + index] = page;
    blocks[from + index] = page.firstBlock();
  }

  void remove(int index) {
    if (index < size() / 2) {
      shift(0, index, 1);
      pages[from++] = null;
    } else {
      shift(index + 1, size(), -1);
      pages[--to] = null;
    }
    if (size() < pages.length / 4 && pages.length > MIN_KEPT) {
      move(pages.length / 2);
    }
  }

  private void makeRoom() {
    boolean isRoomBelow = from > pages.length / 2;
    move(isRoomBelow ? pages.length : Math.max(2, pages.length + pages.length / 2));
  }

  /** Moves all to the beginning of arrays of that length, new ones where it is another. */
  private void move(int length) {
    int size = size();
    Page[] oldPages = pages;
    long[] oldBlocks = blocks;
    if (length != pages.length) {
      pages = new Page[length];
      blocks = new long[length];
    }
    System.arraycopy(oldPages, from, pages, 0, size);
    System.arraycopy(oldBlocks, from, blocks, 0, size);
    if (pages == oldPages) {
      Arrays.fill(pages, Math.max(from, size), to, null);
    }
    from = 0;
    to = size;
  }

  private void shift(int index, int end, int by) {
    System.arraycopy(pages, from + index, pages, from + index + by, end - index);
    System.arraycopy(blocks, from + index, blocks, from + index + by, end - index);
  }
}
