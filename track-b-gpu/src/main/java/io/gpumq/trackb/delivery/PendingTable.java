package io.gpumq.trackb.delivery;

import java.util.BitSet;

/**
 * The pending entries of a group, by sequence: of each its owner, when it was delivered, and how
 * often. What is settled takes no memory.
 *
 * <p>Entries of a block of 32 sequences that are alike share one row of 24 bytes, see {@link Page}.
 * So a batch costs about a byte an entry, and an entry that is alone in its block, or unlike the
 * others there, 24. With what {@link Pages} need besides, that is below 32 bytes and 10 KB in all.
 * For one thread at a time.
 */
final class PendingTable {
  /** What a table has before its first entry: nobody changes it. */
  private static final Pages NOTHING = new Pages();

  private Pages pages = NOTHING;
  private long end;

  /** The lowest pending sequence, if there is one. */
  private long start;

  // The entry that find or next came upon last.
  private int index;
  private Page page;
  private int row;
  private int bit;

  /** An empty table; the first entry to come is {@code start}, or lies behind. */
  PendingTable(long start) {
    end = start;
  }

  /** Returns the lowest pending sequence, or the end: every sequence below is settled. */
  long start() {
    return pages.rows() == 0 ? end : start;
  }

  /** Every entry that was ever pending lies below. */
  long end() {
    return end;
  }

  /** Moves the end up; what lies between is settled. */
  void extendTo(long newEnd) {
    end = newEnd;
  }

  /** Makes entries of one block pending that lie behind all others; moves the end up over them. */
  void add(long block, int bits, long time, int owner, int deliveries) {
    if (pages.rows() == 0) {
      pages = pages == NOTHING ? new Pages() : pages;
      start = sequence(block, bits);
    }
    pages.append(block, bits, time, Page.who(owner, deliveries));
    end = (block << Page.BLOCK_SHIFT) + Integer.SIZE - Integer.numberOfLeadingZeros(bits);
  }

  /**
   * Settles those of the entries of a block that are with that owner since that delivery; returns
   * how many they were.
   */
  int settle(long block, int bits, int owner, int deliveries) {
    long who = Page.who(owner, deliveries);
    int left = bits;
    for (int some; left != 0 && (some = settleSome(block, left, who)) != 0; ) {
      left &= ~some;
    }
    return Integer.bitCount(bits & ~left);
  }

  /** Settles those that are in one row, nearly always all; returns which. */
  private int settleSome(long block, int bits, long who) {
    int index = pages.find(block);
    if (index >= 0) {
      Page in = pages.get(index);
      for (int i = in.search(block); i < in.size() && in.block(i) == block; i++) {
        int some = in.who(i) == who ? in.bits(i) & bits : 0;
        if (some != 0) {
          settle(index, i, some);
          return some;
        }
      }
    }
    return 0;
  }

  /** Comes upon an entry, if it is pending. */
  boolean find(long sequence) {
    long block = block(sequence);
    int index = pages.find(block);
    if (index >= 0) {
      Page in = pages.get(index);
      for (int i = in.search(block); i < in.size() && in.block(i) == block; i++) {
        if ((in.bits(i) & bit(sequence)) != 0) {
          comeUpon(index, i, bit(sequence));
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Comes upon the first pending entry of an owner from a sequence on.
   *
   * @param owner or {@link Owners#ANY}
   * @return its sequence, or -1
   */
  long next(long from, int owner) {
    for (int i = Math.max(0, pages.find(block(from))); i < pages.size(); i++) {
      Page in = pages.get(i);
      if ((owner == Owners.ANY || in.mayHave(owner)) && next(i, from, owner)) {
        return sequence(page.block(row), bit);
      }
    }
    return -1;
  }

  private boolean next(int index, long from, int owner) {
    Page in = pages.get(index);
    int first = in.search(block(from));
    for (int i = first, end; i < in.size(); i = end) {
      end = in.endOfBlock(i);
      int mask = in.block(i) == block(from) ? -bit(from) : -1;
      int lowest = 0;
      for (int j = i; j < end; j++) {
        int found = owner == Owners.ANY || in.owner(j) == owner ? in.bits(j) & mask : 0;
        if (Integer.numberOfTrailingZeros(found) < Integer.numberOfTrailingZeros(lowest)) {
          lowest = Integer.lowestOneBit(found);
          comeUpon(index, j, lowest);
        }
      }
      if (lowest != 0) {
        return true;
      }
    }
    if (first == 0) {
      in.lookAtOwners(); // so that it is not looked through for nothing again
    }
    return false;
  }

  private void comeUpon(int of, int at, int which) {
    index = of;
    page = pages.get(of);
    row = at;
    bit = which;
  }

  /** The owner of the entry come upon, or one of {@link Owners}. */
  int owner() {
    return page.owner(row);
  }

  /** When the entry come upon was delivered. */
  long time() {
    return page.time(row);
  }

  /** How often the entry come upon was delivered. */
  int deliveries() {
    return page.deliveries(row);
  }

  /** Changes the entry come upon. */
  void change(long time, int owner, int deliveries) {
    change(page, row, bit, time, owner, deliveries);
  }

  /** Settles the entry come upon. */
  void settle() {
    settle(index, row, bit);
  }

  /**
   * Changes some entries of a row. If they are all of it, it may be another row's then, and the
   * next one has its place.
   */
  void change(Page in, int at, int bits, long time, int owner, int deliveries) {
    long who = Page.who(owner, deliveries);
    long block = in.block(at);
    int rest = in.bits(at) & ~bits;
    int alike = alike(in, at, time, who);
    if (alike == at) {
      return;
    }
    if (alike >= 0) {
      in.setBits(alike, in.bits(alike) | bits);
      in.setBits(at, rest);
      if (rest == 0) {
        pages.removeOneOf(in, at);
      }
    } else if (rest == 0) {
      pages.set(in, at, time, who);
    } else {
      in.setBits(at, rest);
      pages.insert(in, at + 1, block, bits, time, who);
    }
  }

  /** Returns which of a row and its neighbours has entries like that of the same block, or -1. */
  private static int alike(Page in, int row, long time, long who) {
    long block = in.block(row);
    for (int i = Math.max(0, row - 1); i < in.size() && i <= row + 1; i++) {
      if (in.time(i) == time && in.who(i) == who && in.block(i) == block) {
        return i;
      }
    }
    return -1;
  }

  private void settle(int index, int at, int bits) {
    Page in = pages.get(index);
    long lowest = sequence(in.block(at), bits);
    int rest = in.bits(at) & ~bits;
    if (rest == 0) {
      pages.remove(index, at);
    } else {
      in.setBits(at, rest);
    }
    if (lowest == start && pages.rows() > 0) {
      moveStart();
    }
  }

  private void moveStart() {
    Page first = pages.get(0);
    long next = start + 1;
    long block = first.block(0);
    start = Long.MAX_VALUE;
    for (int i = 0; start != next && i < first.size() && first.block(i) == block; i++) {
      start = Math.min(start, sequence(block, first.bits(i)));
    }
  }

  /** Where the rows are. */
  Pages pages() {
    return pages;
  }

  /** Sets a bit for each pending entry from one on, and below another. */
  void markPending(long from, long to, BitSet bits) {
    for (int i = Math.max(0, pages.find(block(from))); i < pages.size(); i++) {
      Page in = pages.get(i);
      for (int at = in.search(block(from)); at < in.size(); at++) {
        long first = in.block(at) << Page.BLOCK_SHIFT;
        if (first >= to) {
          return;
        }
        for (int left = in.bits(at); left != 0; left &= left - 1) {
          long sequence = first + Integer.numberOfTrailingZeros(left);
          if (sequence >= from && sequence < to) {
            bits.set((int) (sequence - from));
          }
        }
      }
    }
  }

  static long block(long sequence) {
    return sequence >>> Page.BLOCK_SHIFT;
  }

  static int bit(long sequence) {
    return 1 << sequence; // by its low five bits
  }

  /** Returns the lowest of a block's sequences. */
  static long sequence(long block, int bits) {
    return (block << Page.BLOCK_SHIFT) + Integer.numberOfTrailingZeros(bits);
  }
}
