package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.CHECK_MASK;
import static io.gpumq.kernels.LinkLayout.CHECK_SHIFT;
import static io.gpumq.kernels.LinkLayout.EXTENSIONS_SHIFT;
import static io.gpumq.kernels.LinkLayout.LENGTH_BITS;
import static io.gpumq.kernels.LinkLayout.OP_SHIFT;
import static io.gpumq.kernels.LinkLayout.PLACE_SHIFT;
import static io.gpumq.kernels.LinkLayout.PUSH_BIT;
import static io.gpumq.kernels.LinkLayout.STAMP_SHIFT;
import static io.gpumq.kernels.LinkLayout.UNIT_SHIFT;

/**
 * The two words that the host publishes a slot with; {@code link/layout.h} draws their bits. Places
 * and offsets are in units of 16 bytes.
 */
public final class Descriptor16 {
  private Descriptor16() {}

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
        | (place + unit + sequence & CHECK_MASK) << CHECK_SHIFT;
  }

  public static int length(long what) {
    return (int) what & (1 << LENGTH_BITS) - 1;
  }
}
