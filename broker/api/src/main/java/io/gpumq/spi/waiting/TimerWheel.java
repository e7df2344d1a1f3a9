package io.gpumq.spi.waiting;

/**
 * Timers by the tick at which they are due. To add one, to remove it, and to find the next takes a
 * few steps, however many there are.
 *
 * <p>A tick is a number in base 64. A timer lies in the level of the highest digit in which its
 * tick differs from {@link #now}, in the slot of that digit. So all of a level come before those of
 * the next. When {@code now} reaches a slot, its timers go on to lower levels, or are due. That is
 * the hierarchical wheel of Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987.
 *
 * <p>For one thread at a time.
 */
final class TimerWheel {
  /** What {@link #next} answers where there is no timer. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int DIGIT_BITS = 6;
  private static final int SLOTS = 1 << DIGIT_BITS;
  private static final int LEVELS = 7;

  /** No timer may be due behind it. */
  static final long LAST = (1L << DIGIT_BITS * LEVELS) - 1;

  private final Timer[] slots = new Timer[LEVELS * SLOTS];

  /** A bit for each slot of a level that has timers. */
  private final long[] occupied = new long[LEVELS];

  /** Whatever was due until then has expired. */
  private long now;

  /** Adds a timer that is in no wheel; what is due already is due with the next tick. */
  void add(Timer timer, long due) {
    timer.due = due;
    long tick = Math.max(due, now + 1);
    int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ now)) / DIGIT_BITS;
    int digit = digit(tick, level);
    int slot = level * SLOTS + digit;
    timer.slot = (short) slot;
    timer.earlier = null;
    timer.later = slots[slot];
    if (timer.later != null) {
      timer.later.earlier = timer;
    }
    slots[slot] = timer;
    occupied[level] |= 1L << digit;
  }

  /** Removes a timer, if it is here. */
  void remove(Timer timer) {
    int slot = timer.slot;
    if (slot == Timer.NOWHERE) {
      return;
    }
    timer.slot = Timer.NOWHERE;
    if (timer.later != null) {
      timer.later.earlier = timer.earlier;
    }
    if (timer.earlier != null) {
      timer.earlier.later = timer.later;
    } else {
      slots[slot] = timer.later;
      if (timer.later == null) {
        occupied[slot / SLOTS] &= ~(1L << slot % SLOTS);
      }
    }
    timer.earlier = null;
    timer.later = null;
  }

  /** Returns a tick at which there is something to do, and none before it; or {@link #NEVER}. */
  long next() {
    int level = firstLevel();
    return level == LEVELS ? NEVER : start(level, firstDigit(level));
  }

  /** Lets timers expire that are due until a tick, those of one tick in any order. */
  void advance(long to) {
    for (int level; (level = firstLevel()) < LEVELS; ) {
      int digit = firstDigit(level);
      long start = start(level, digit);
      if (start > to) {
        break;
      }
      now = start;
      empty(level * SLOTS + digit);
    }
    now = Math.max(now, to);
  }

  /** What lies in the slot that has been reached is due, or goes on to a lower level. */
  private void empty(int slot) {
    for (Timer timer; (timer = slots[slot]) != null; ) {
      remove(timer);
      if (timer.due <= now) {
        timer.expire();
      } else {
        add(timer, timer.due);
      }
    }
  }

  private int firstLevel() {
    int level = 0;
    while (level < LEVELS && occupied[level] == 0) {
      level++;
    }
    return level;
  }

  private int firstDigit(int level) {
    return Long.numberOfTrailingZeros(occupied[level]);
  }

  private long start(int level, int digit) {
    int shift = level * DIGIT_BITS;
    return now >>> shift + DIGIT_BITS << shift + DIGIT_BITS | (long) digit << shift;
  }

  private static int digit(long tick, int level) {
    return (int) (tick >>> level * DIGIT_BITS) & SLOTS - 1;
  }
}
