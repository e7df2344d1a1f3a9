package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.CHECK_MASK;
import static io.gpumq.kernels.LinkLayout.CHECK_SHIFT;
import static io.gpumq.kernels.LinkLayout.CONDEMNED_BIT;
import static io.gpumq.kernels.LinkLayout.EXTENSIONS_SHIFT;
import static io.gpumq.kernels.LinkLayout.LENGTH_BITS;
import static io.gpumq.kernels.LinkLayout.OP_CARRY;
import static io.gpumq.kernels.LinkLayout.OP_KEEP;
import static io.gpumq.kernels.LinkLayout.OP_MOVE;
import static io.gpumq.kernels.LinkLayout.OP_SHIFT;
import static io.gpumq.kernels.LinkLayout.PLACE_SHIFT;
import static io.gpumq.kernels.LinkLayout.PUSH_BIT;
import static io.gpumq.kernels.LinkLayout.STAMP_SHIFT;
import static io.gpumq.kernels.LinkLayout.TRIES_SHIFT;
import static io.gpumq.kernels.LinkLayout.UNIT_BITS;
import static io.gpumq.kernels.LinkLayout.UNIT_SHIFT;

import io.gpumq.kernels.LinkLayout;

/**
 * The two words that the host publishes a slot with; {@code link/layout.h} draws their bits. Places
 * and offsets are in units of 16 bytes.
 */
public final class SlotWords {
  private SlotWords() {}

  /** Low 32 bits of sequence + 1: never that of another sequence still in the ring. */
  public static long stamp(long sequence) {
    return sequence + 1 & 0xffff_ffffL;
  }

  /** The first word: what is to be done, and how long the payload is, in bytes. */
  public static long what(long sequence, int op, boolean push, int length) {
    return stamp(sequence) << STAMP_SHIFT
        | (long) op << OP_SHIFT
        | (push ? 1L << PUSH_BIT : 0)
        | length;
  }

  /** The second word: where it lies. */
  public static long where(long sequence, long place, int unit, int extensions) {
    return place << PLACE_SHIFT
        | (long) unit << UNIT_SHIFT
        | (long) extensions << EXTENSIONS_SHIFT
        | check(sequence, place, unit) << CHECK_SHIFT;
  }

  /** Whether the first word is the one of {@code sequence}, not of another lap. */
  public static boolean isOf(long what, long sequence) {
    return what >>> STAMP_SHIFT == stamp(sequence);
  }

  /** Whether the second word is. */
  public static boolean isWhereOf(long where, long sequence) {
    return (where >> CHECK_SHIFT & CHECK_MASK) == check(sequence, place(where), unit(where));
  }

  private static long check(long sequence, long place, int unit) {
    return place + unit + sequence & CHECK_MASK;
  }

  public static int op(long what) {
    return (int) (what >> OP_SHIFT) & 3;
  }

  /** Whether it is a message that the handler runs on. */
  public static boolean isHandled(long what) {
    return op(what) == OP_CARRY || op(what) == OP_MOVE;
  }

  /** Whether it is an entry whose payload lies in the arena. */
  public static boolean isMoved(long what) {
    return op(what) == OP_MOVE || op(what) == OP_KEEP;
  }

  public static boolean isPushed(long what) {
    return (what >> PUSH_BIT & 1) != 0;
  }

  /**
   * Runs of the handler that a device did not survive; {@link LinkLayout#MOST_TRIES} may be more.
   */
  public static int tries(long what) {
    return (int) (what >> TRIES_SHIFT) & LinkLayout.MOST_TRIES;
  }

  /** The first word, when so many runs of the handler have ended their device. */
  public static long afterTries(long what, int tries) {
    long mask = (long) LinkLayout.MOST_TRIES << TRIES_SHIFT;
    return what & ~mask | (long) tries << TRIES_SHIFT;
  }

  public static int length(long what) {
    return (int) what & (1 << LENGTH_BITS) - 1;
  }

  public static long place(long where) {
    return where >>> PLACE_SHIFT;
  }

  public static int unit(long where) {
    return (int) (where >> UNIT_SHIFT) & (1 << UNIT_BITS) - 1;
  }

  public static int extensions(long where) {
    return (int) (where >> EXTENSIONS_SHIFT) & 3;
  }

  /** Whether the message is not to be handled any more, but to fail. */
  public static boolean isCondemned(long where) {
    return (where >> CONDEMNED_BIT & 1) != 0;
  }

  /** The second word of a message that is not to be handled any more. */
  public static long condemned(long where) {
    return where | 1L << CONDEMNED_BIT;
  }
}
