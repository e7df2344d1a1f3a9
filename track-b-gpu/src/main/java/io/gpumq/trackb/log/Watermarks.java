package io.gpumq.trackb.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far a lane's entries have come, as those say who complete and read them. What the ring's
 * words tell and what readers tell lie in cache lines of their own: each is written by others than
 * the other, and read by all.
 */
final class Watermarks {
  private static final int LINE = 8; // words; the first line keeps the array's length away
  private static final int COMPLETED = LINE;
  private static final int LANDED = LINE + 1;
  private static final int RELEASED = 2 * LINE;
  private static final int AHEAD = 2 * LINE + 1;

  private final AtomicLongArray words = new AtomicLongArray(AHEAD + 1 + LINE);

  Watermarks(long first, long ahead) {
    words.set(COMPLETED, first);
    words.set(LANDED, first);
    words.set(RELEASED, first);
    words.set(AHEAD, ahead);
  }

  /** Begins further on, where all that was claimed has landed. Before anybody looks. */
  void begin(long claimed, long released) {
    words.set(COMPLETED, claimed);
    words.set(LANDED, claimed);
    words.set(RELEASED, released);
  }

  /** Every sequence below is completed. */
  long completed() {
    return words.get(COMPLETED);
  }

  /** Who sees it may look at the entries below. */
  void completeTo(long sequence) {
    words.setRelease(COMPLETED, sequence);
  }

  /** Every sequence below has landed. */
  long landed() {
    return words.get(LANDED);
  }

  void landTo(long sequence) {
    words.set(LANDED, sequence);
  }

  /** Every sequence below is released: nobody reads it any more. */
  long released() {
    return words.get(RELEASED);
  }

  /** It never falls: beside the end of a log, which releases all, some may be released late. */
  void releaseTo(long sequence) {
    words.accumulateAndGet(RELEASED, sequence, Math::max);
  }

  /** How far the reader has come that is furthest ahead. */
  long ahead() {
    return words.get(AHEAD);
  }

  void readTo(long sequence) {
    words.setRelease(AHEAD, sequence); // a hint: it may be late
  }
}
