package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * The pages that have rows which may come to be due, the one with the earliest on top: a binary
 * heap by {@link Page#earliest}. For one thread at a time.
 */
final class PageHeap {
  private static final Page[] NOTHING = {};

  /** Memory for so few pages is not given back: they come and go with each take. */
  private static final int MIN_KEPT = 16;

  private Page[] pages = NOTHING;
  private int size;

  /** Returns that time, or an earlier one before which no row was delivered but the top's. */
  long earliestBelowTop(long time) {
    long earliest = time;
    for (int i = 1; i < Math.min(3, size); i++) {
      earliest = pages[i].earliest - earliest < 0 ? pages[i].earliest : earliest;
    }
    return earliest;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** No row was delivered before that time. There must be a page. */
  long earliest() {
    return pages[0].earliest;
  }

  /** Takes a page in, or moves it up, for a row of that time. */
  void add(Page page, long time) {
    if (page.place < 0) {
      if (size == pages.length) {
        pages = Arrays.copyOf(pages, Math.max(2, size + size / 2));
      }
      page.earliest = time;
      page.isEarliestRight = true;
      up(size++, page);
    } else if (time - page.earliest <= 0) {
      page.earliest = time;
      page.isEarliestRight = true;
      up(page.place, page);
    }
  }

  /** Returns the page that has the earliest row of all, if that was delivered by then, or null. */
  Page earliest(long time) {
    while (size > 0 && pages[0].earliest - time <= 0) {
      Page top = pages[0];
      if (top.isEarliestRight) {
        return top;
      }
      if (top.lookAtTimes()) {
        down(0, top);
      } else {
        remove(top);
      }
    }
    return null;
  }

  /** Takes a page out, if it is in. */
  void remove(Page page) {
    int hole = page.place;
    if (hole < 0) {
      return;
    }
    page.place = -1;
    Page last = pages[--size];
    pages[size] = null;
    if (last != page) {
      down(hole, last);
      up(last.place, last);
    }
    if (size < pages.length / 4 && pages.length > MIN_KEPT) {
      pages = Arrays.copyOf(pages, pages.length / 2);
    }
  }

  private void up(int from, Page page) {
    int hole = from;
    for (int parent; hole > 0; hole = parent) {
      parent = hole - 1 >>> 1;
      if (!isEarlier(page, pages[parent])) {
        break;
      }
      put(hole, pages[parent]);
    }
    put(hole, page);
  }

  private void down(int from, Page page) {
    int hole = from;
    for (int child; (child = 2 * hole + 1) < size; hole = child) {
      if (child + 1 < size && isEarlier(pages[child + 1], pages[child])) {
        child++;
      }
      if (!isEarlier(pages[child], page)) {
        break;
      }
      put(hole, pages[child]);
    }
    put(hole, page);
  }

  private void put(int place, Page page) {
    pages[place] = page;
    page.place = place;
  }

  private static boolean isEarlier(Page page, Page other) {
    return page.earliest - other.earliest < 0;
  }
}
