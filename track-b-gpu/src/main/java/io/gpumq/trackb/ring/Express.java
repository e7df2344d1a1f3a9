package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;

import io.gpumq.kernels.RingLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The host's side of the express way, a short cut for a message that finds the queue nearly empty;
 * {@code ring_layout.h} draws its cells. Each cell carries the word of its message, so neither side
 * needs a second trip or a fence to know that it has the bytes of that message.
 *
 * <p>What is offered here lies in the ingress ring as well, and what comes out here in VRAM:
 * whoever finds a slot overwritten takes the usual way.
 *
 * <p>A stamp comes back after 2^32 sequences, and a queue under load may offer nothing for that
 * long: so a cell counts only for the sequence that was offered in its slot last, and an old one is
 * made nobody's.
 */
final class Express {
  private static final int WORD_OFFSET = CELL_PAYLOAD;

  /** Long before a stamp comes back, and long enough to be seldom. */
  private static final long OLD = 1L << 30;

  private static final long NONE = -1;

  private final ByteBuffer cells;
  private final ByteBuffer ingress;
  private final int slotBytes;
  private final int resultBytes;
  private final int ingressMask;
  private final int expressBytes;
  private final int resultCell;

  /** The whole sequence that was offered in each slot last. */
  private final AtomicLongArray offered = new AtomicLongArray(EXPRESS_SLOTS);

  Express(SharedFile file, RingGeometry g) {
    this.cells = file.express();
    this.ingress = file.ingress();
    this.slotBytes = g.slotBytes();
    this.resultBytes = g.resultBytes();
    this.ingressMask = g.ingressSlots() - 1;
    this.expressBytes = g.expressBytes();
    this.resultCell = g.expressResultCell();
    for (int slot = 0; slot < EXPRESS_SLOTS; slot++) {
      offered.set(slot, NONE);
      Words.setOpaque(cells, slotOf(slot) + WORD_OFFSET, nobodys(slot));
      Words.setOpaque(cells, outOf(slot) + WORD_OFFSET, nobodys(slot));
    }
  }

  /** A word of no sequence of this one's slot: theirs end in one more. Zero is that of 2^32 - 1. */
  private static long nobodys(long sequence) {
    return (long) indexOf(sequence) << RingLayout.STAMP_SHIFT;
  }

  /**
   * Makes what was offered long before {@code head} nobody's, lest the device take it for the
   * message that has its stamp next. One that is being offered just now may be lost with it, and
   * goes the usual way.
   */
  void forgetOld(long head) {
    for (int slot = 0; slot < EXPRESS_SLOTS; slot++) {
      long last = offered.get(slot);
      if (last != NONE && head - last > OLD && offered.compareAndSet(slot, last, NONE)) {
        Words.setRelease(cells, slotOf(slot) + WORD_OFFSET, nobodys(slot));
      }
    }
  }

  /** Cells of so many bytes: one even for none, to carry the word. */
  static int cells(int length) {
    return Math.max(1, (length + CELL_PAYLOAD - 1) / CELL_PAYLOAD);
  }

  /**
   * Puts a message that lies in the ingress ring on the express way, unless it is too long, or the
   * queue not empty enough: the message that had its slot before must have landed.
   *
   * @param landed every sequence below has
   */
  void offer(long sequence, int length, long landed) {
    if (length > EXPRESS_PAYLOAD
        || sequence - landed >= EXPRESS_SLOTS
        || Completion.isOf(Words.getOpaque(cells, outOf(sequence) + WORD_OFFSET), sequence)) {
      return; // the last: the device wrote it 2^32 sequences ago
    }
    offered.set(indexOf(sequence), sequence);
    int from = (int) (sequence & ingressMask) * slotBytes;
    int to = slotOf(sequence);
    long word = Descriptor.message(sequence, length);
    // The first cell last: the device reads the others once it has seen that one.
    for (int cell = cells(length) - 1; cell >= 0; cell--) {
      int at = to + cell * CELL_BYTES;
      for (int i = 0; i < CELL_PAYLOAD; i += Long.BYTES) {
        int offset = cell * CELL_PAYLOAD + i;
        if (offset < length) {
          Words.set(cells, at + i, Words.get(ingress, from + offset));
        }
      }
      Words.setRelease(cells, at + WORD_OFFSET, word); // pairs with poll_half() of the device
    }
  }

  /** The completion word that a sequence came out with, or one that is not of it. */
  long word(long sequence) {
    long word = Words.getAcquire(cells, outOf(sequence) + WORD_OFFSET);
    return offered.get(indexOf(sequence)) == sequence ? word : nobodys(sequence);
  }

  /**
   * Copies a completed message into {@code memory}: its payload to {@code at}, its result a slot's
   * bytes behind.
   *
   * @param word the message's completion word
   * @return false if some of it is not there, or no longer
   */
  boolean copy(long sequence, long word, ByteBuffer memory, int at) {
    int out = outOf(sequence);
    int length = Completion.length(word);
    return length <= EXPRESS_PAYLOAD
        && offered.get(indexOf(sequence)) == sequence
        && copyCells(out, word, length, memory, at)
        && (resultBytes == 0
            || copyCells(out + resultCell * CELL_BYTES, word, resultBytes, memory, at + slotBytes));
  }

  private boolean copyCells(int from, long word, int length, ByteBuffer memory, int to) {
    for (int cell = 0; cell < cells(length); cell++) {
      int at = from + cell * CELL_BYTES;
      if (Words.getAcquire(cells, at + WORD_OFFSET) != word) {
        return false;
      }
      for (int i = 0; i < CELL_PAYLOAD; i += Long.BYTES) {
        int offset = cell * CELL_PAYLOAD + i;
        if (offset < length) {
          Words.set(memory, to + offset, Words.get(cells, at + i));
        }
      }
      // The device may have overwritten the cell meanwhile: then its word has changed, too.
      VarHandle.loadLoadFence();
      if (Words.getOpaque(cells, at + WORD_OFFSET) != word) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(long sequence) {
    return (int) (sequence & EXPRESS_SLOTS - 1);
  }

  private int slotOf(long sequence) {
    return indexOf(sequence) * expressBytes;
  }

  private int outOf(long sequence) {
    return slotOf(sequence) + EXPRESS_SLOTS * expressBytes;
  }
}
