package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * Some rows of a {@link PendingTable}, one behind the other in the order of their blocks. A block
 * is 32 sequences. A row has those of its entries that are alike in owner, time and deliveries:
 *
 * <pre>
 *   63                              32 31                               0
 *  +----------------------------------+----------------------------------+
 *  | block, less the page's first one | one bit for each entry           |
 *  +----------------------------------+----------------------------------+
 *  | when they were delivered, in nanoseconds of the group's clock       |
 *  +----------------------------------+----------------------------------+
 *  | deliveries                       | owner                            |
 *  +----------------------------------+----------------------------------+
 * </pre>
 *
 * Rows of one block have no entry in common, and lie in one page. For one thread at a time.
 */
final class Page {
  /** The most rows of a page, twice as many as a block can have. */
  static final int MAX_ROWS = 64;

  static final int BLOCK_SHIFT = 5;

  private static final int ROW = 3; // words
  private static final int TIME = 1;
  private static final int WHO = 2;
  private static final int MIN_ROWS = 4;
  private static final int COUNT_BITS = 6;
  private static final long MAX_LATER = -1L >>> 1 + COUNT_BITS;
  private static final long MAX_DISTANCE = 0xFFFF_FFFFL;
  private static final long[] NOTHING = {};

  /** No row that may come to be due was delivered before. Says nothing unless in a PageHeap. */
  long earliest;

  /** Whether a row was delivered at that time. */
  boolean isEarliestRight;

  /** Where it stands in its PageHeap, or -1. */
  int place = -1;

  /** The bit of each row's owner, and perhaps others. */
  private long owners;

  private long firstBlock;
  private long[] words = NOTHING;
  private int from;
  private int to;

  /** The highest {@code to} since the page was empty. */
  private int most;

  static long who(int owner, int deliveries) {
    return (long) deliveries << 32 | owner & 0xFFFF_FFFFL;
  }

  /** Begins an empty page: no block of it will lie below. */
  void begin(long block) {
    firstBlock = block;
  }

  long firstBlock() {
    return firstBlock;
  }

  int size() {
    return to - from;
  }

  /** How many rows its memory has room for. */
  int room() {
    return words.length / ROW;
  }

  /** Whether one more row of that block may be added. */
  boolean takes(long block) {
    return block - firstBlock <= MAX_DISTANCE && (to < MAX_ROWS || from > MAX_ROWS / 8);
  }

  long block(int row) {
    return firstBlock + (words[at(row)] >>> 32);
  }

  int bits(int row) {
    return (int) words[at(row)];
  }

  long time(int row) {
    return words[at(row) + TIME];
  }

  long who(int row) {
    return words[at(row) + WHO];
  }

  int owner(int row) {
    return (int) who(row);
  }

  int deliveries(int row) {
    return (int) (who(row) >>> 32);
  }

  void setBits(int row, int bits) {
    int at = at(row);
    words[at] = words[at] & ~0xFFFF_FFFFL | bits & 0xFFFF_FFFFL;
  }

  void set(int row, long time, long who) {
    int at = at(row);
    isEarliestRight &= words[at + TIME] != earliest;
    words[at + TIME] = time;
    words[at + WHO] = who;
    owners |= ownerBit((int) who);
  }

  /** Whether some row may be of that owner. */
  boolean mayHave(int owner) {
    return (owners & ownerBit(owner)) != 0;
  }

  /** Finds out anew which owners there are. */
  void lookAtOwners() {
    owners = 0;
    for (int row = 0; row < size(); row++) {
      owners |= ownerBit(owner(row));
    }
  }

  /** Returns the first row whose block is not below that one, or the size. */
  int search(long block) {
    long distance = block - firstBlock;
    int low = 0;
    int high = size();
    if (high == 0 || distance <= distance(0)) {
      return 0;
    }
    if (distance > distance(high - 1)) {
      return high;
    }
    while (low < high) {
      int middle = low + high >>> 1;
      if (distance(middle) < distance) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns the row behind the last one of the same block. */
  int endOfBlock(int row) {
    long distance = distance(row);
    int end = row + 1;
    while (end < size() && distance(end) == distance) {
      end++;
    }
    return end;
  }

  /**
   * Whether a row may come to be due by itself, and was delivered at that time or before.
   *
   * @param time on a clock that may wrap
   */
  boolean isDeliveredBy(int row, long time) {
    return owner(row) >= Owners.NOBODY && time(row) - time <= 0;
  }

  /** Returns how many entries there are of such rows. */
  int countDeliveredBy(long time) {
    int count = 0;
    for (int at = from * ROW; at < to * ROW; at += ROW) {
      if ((int) words[at + WHO] >= Owners.NOBODY && words[at + TIME] - time <= 0) {
        count += Integer.bitCount((int) words[at]);
      }
    }
    return count;
  }

  /**
   * Returns when the last of so many of their entries was delivered, the earliest first.
   *
   * @param number of those delivered by {@code time}; there are as many
   * @param times to be used for it, as long as a page
   */
  long timeOf(int number, long time, long[] times) {
    int rows = 0;
    for (int row = 0; row < size(); row++) {
      if (isDeliveredBy(row, time)) {
        long later = Math.min(time(row) - earliest, MAX_LATER); // 4 years
        times[rows++] = later << COUNT_BITS | Integer.bitCount(bits(row));
      }
    }
    Arrays.sort(times, 0, rows);
    int last = -1;
    for (int left = number; left > 0; ) {
      left -= (int) times[++last] & (1 << COUNT_BITS) - 1;
    }
    return earliest + (times[last] >>> COUNT_BITS);
  }

  /** Finds out anew when the earliest was delivered of such rows; returns whether there is any. */
  boolean lookAtTimes() {
    boolean some = false;
    for (int at = from * ROW; at < to * ROW; at += ROW) {
      if ((int) words[at + WHO] >= Owners.NOBODY && (!some || words[at + TIME] - earliest < 0)) {
        earliest = words[at + TIME];
        some = true;
      }
    }
    isEarliestRight = some;
    return some;
  }

  /**
   * Puts a row in between, which the page {@link #takes}.
   *
   * @return for how many more rows there is memory then
   */
  int insert(int row, long block, int bits, long time, long who) {
    int more = makeRoom(row);
    int at = at(row);
    words[at] = block - firstBlock << 32 | bits & 0xFFFF_FFFFL;
    words[at + TIME] = time;
    words[at + WHO] = who;
    owners |= ownerBit((int) who);
    most = Math.max(most, to);
    return more;
  }

  void remove(int row) {
    isEarliestRight &= time(row) != earliest;
    if (row < size() / 2) {
      shift(0, row, 1);
      from++;
    } else {
      shift(row + 1, size(), -1);
      to--;
    }
  }

  /** Moves the rows from that one on to the end of another page; returns as {@link #insert}. */
  int moveTo(Page other, int row) {
    int more = 0;
    for (int i = row; i < size(); i++) {
      more += other.insert(other.size(), block(i), bits(i), time(i), who(i));
    }
    to = from + row;
    isEarliestRight = false;
    return more;
  }

  /** Gives memory back that no row needs; returns for how many rows. */
  int trim() {
    int less = room() - size();
    resize(size());
    return less;
  }

  /**
   * Makes ready for new rows; the page is empty. Gives memory back that was of little use since it
   * was last so; returns for how many rows.
   */
  int rest() {
    boolean isLarge = room() > MIN_ROWS && most <= room() / 4;
    from = 0;
    to = 0;
    most = 0;
    owners = 0;
    if (!isLarge) {
      return 0;
    }
    resize(room() / 2);
    return room();
  }

  /** Makes room for one more row, which the caller fills; returns as {@link #insert}. */
  private int makeRoom(int row) {
    int more = 0;
    if (row < size() / 2 && from > 0) {
      shift(0, row, -1);
      from--;
      return 0;
    }
    if (to * ROW == words.length) {
      more = slideOrGrow(row == size());
    }
    shift(row, size(), 1);
    to++;
    return more;
  }

  private int slideOrGrow(boolean atTheEnd) {
    int room = room();
    if (from > room / 8) {
      slide();
      return 0;
    }
    int more = Math.max(MIN_ROWS, atTheEnd ? room : room / 8);
    resize(Math.min(MAX_ROWS, room + more));
    return room() - room;
  }

  private void slide() {
    System.arraycopy(words, from * ROW, words, 0, size() * ROW);
    to -= from;
    from = 0;
  }

  private void resize(int room) {
    slide();
    words = Arrays.copyOf(words, room * ROW);
  }

  private void shift(int row, int end, int by) {
    if (row < end) {
      System.arraycopy(words, at(row), words, at(row + by), (end - row) * ROW);
    }
  }

  private long distance(int row) {
    return words[at(row)] >>> 32;
  }

  private int at(int row) {
    return (from + row) * ROW;
  }

  private static long ownerBit(int owner) {
    return 1L << owner; // by its low six bits
  }
}
