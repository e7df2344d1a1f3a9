package io.gpumq.trackb.delivery;

/**
 * The pages of a {@link PendingTable}: where a row comes in, and what becomes of its memory when it
 * goes. Pages are begun, split and joined here. For one thread at a time.
 *
 * <p>However rows come and go, there is memory for an eighth more than there are, and for {@link
 * #MAX_IDLE} and a spare page besides.
 */
final class Pages {
  /** So many rows' memory lies idle without being given back: it is needed again at once. */
  private static final long MAX_IDLE = 2 * Page.MAX_ROWS;

  /**
   * A page of fewer rows joins its neighbour, if that has few, too: pages have as many on average.
   */
  private static final int FEW_ROWS = 3 * Page.MAX_ROWS / 8;

  private static final int MOST_JOINED = 2 * FEW_ROWS;

  private final PageList list = new PageList();
  private final PageHeap byTime = new PageHeap();

  /** An empty page to go on with, or null. */
  private Page spare;

  private long rows;
  private long room;

  /** How many pages there are; the last may be empty. */
  int size() {
    return list.size();
  }

  Page get(int index) {
    return list.get(index);
  }

  /** Returns the index of the page that has a block's rows, if any has; -1 if none can. */
  int find(long block) {
    return list.find(block);
  }

  /** The pages by their earliest row that may come to be due. */
  PageHeap byTime() {
    return byTime;
  }

  /** Adds a row behind all others; its block is not below theirs. */
  void append(long block, int bits, long time, long who) {
    Page last = list.isEmpty() ? begin(block) : list.last();
    if (!last.takes(block)) {
      last = beginBehind(last, block);
    }
    put(last, last.size(), block, bits, time, who);
  }

  private Page beginBehind(Page last, long block) {
    if (last.size() == 0) {
      drop(list.size() - 1);
      return begin(block);
    }
    Page page = begin(block);
    move(last, last.search(block), page); // a block lies in one page
    return page;
  }

  /** Puts a row in between, beside one of its block. */
  void insert(Page page, int row, long block, int bits, long time, long who) {
    Page upper = page.takes(block) ? null : split(page);
    if (upper == null || block < upper.firstBlock()) {
      put(page, row, block, bits, time, who);
    } else {
      put(upper, row - page.size(), block, bits, time, who);
    }
  }

  private void put(Page page, int row, long block, int bits, long time, long who) {
    room += page.insert(row, block, bits, time, who);
    rows++;
    placed(page, row);
  }

  /** Changes what a row's entries have in common. */
  void set(Page page, int row, long time, long who) {
    page.set(row, time, who);
    placed(page, row);
  }

  private void placed(Page page, int row) {
    if (page.owner(row) >= Owners.NOBODY) {
      byTime.add(page, page.time(row));
    }
  }

  /** Removes a row of a page that has others. */
  void removeOneOf(Page page, int row) {
    page.remove(row);
    rows--;
  }

  /** Removes a row of the page at {@code index}, which may be gone then, or another. */
  void remove(int index, int row) {
    Page page = list.get(index);
    page.remove(row);
    rows--;
    if (page.size() == 0) {
      if (index == list.size() - 1) {
        room -= page.rest(); // it is the next to be used
      } else {
        drop(index);
      }
    } else if (page.size() >= FEW_ROWS) {
      trim(page);
    } else if (!join(index - 1)) {
      join(index);
    }
  }

  private Page begin(long block) {
    Page page = spare != null ? spare : new Page();
    spare = null;
    page.begin(block);
    list.insert(list.size(), page);
    room += page.room();
    return page;
  }

  /** Moves the upper half of a page to a new one, and returns that. */
  private Page split(Page page) {
    int half = page.search(page.block(page.size() / 2));
    int at = half > 0 ? half : page.endOfBlock(0); // a page has rows of several blocks
    Page upper = new Page();
    upper.begin(page.block(at));
    list.insert(list.find(page.firstBlock()) + 1, upper);
    move(page, at, upper);
    room -= page.trim();
    return upper;
  }

  private void move(Page from, int row, Page to) {
    room += from.moveTo(to, row);
    if (from.place >= 0 && to.size() > 0) {
      byTime.add(to, from.earliest);
      to.isEarliestRight = false;
    }
  }

  /** Joins a page and the next one, if both are there and it is worth it; returns whether. */
  private boolean join(int index) {
    if (index < 0 || index + 1 >= list.size()) {
      return false;
    }
    Page page = list.get(index);
    Page next = list.get(index + 1);
    boolean few = page.size() + next.size() <= MOST_JOINED;
    if (!few || next.size() == 0 || !page.takes(next.block(next.size() - 1))) {
      return false;
    }
    move(next, 0, page);
    drop(index + 1);
    trim(page);
    return true;
  }

  private void drop(int index) {
    Page page = list.get(index);
    list.remove(index);
    byTime.remove(page);
    room -= page.room();
    page.rest();
    if (spare == null || spare.room() < page.room()) {
      spare = page;
    }
  }

  private void trim(Page page) {
    long idle = page.room() - page.size();
    boolean isLast = page == list.last();
    if (room - rows > MAX_IDLE && idle > page.size() / 8 && !isLast) {
      room -= page.trim();
    }
  }

  /** How many rows there are. */
  long rows() {
    return rows;
  }

  /** How many rows there is memory for, but for a spare page's. */
  long room() {
    return room;
  }
}
