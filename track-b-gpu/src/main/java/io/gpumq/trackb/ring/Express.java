package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_LENGTH_BITS;
import static io.gpumq.kernels.RingLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The host's side of the express way, a short cut for a message that finds the queue nearly empty;
 * {@code ring_layout.h} draws its cells. Each cell carries the word of its message, so neither side
 * needs a second trip or a fence to know that it has the bytes of that message.
 *
 * <p>What is offered here lies in the ingress ring as well, and what comes out here in VRAM:
 * whoever finds a slot overwritten takes the usual way.
 */
final class Express {
  /** What {@link #length} answers of a sequence that is not here. */
  static final int NONE = -1;

  private static final int WORD_OFFSET = CELL_PAYLOAD;

  private final ByteBuffer cells;
  private final ByteBuffer ingress;
  private final int slotBytes;
  private final int resultBytes;
  private final int ingressMask;
  private final int expressBytes;
  private final int resultCell;

  Express(SharedFile file, RingGeometry g) {
    this.cells = file.express();
    this.ingress = file.ingress();
    this.slotBytes = g.slotBytes();
    this.resultBytes = g.resultBytes();
    this.ingressMask = g.ingressSlots() - 1;
    this.expressBytes = g.expressBytes();
    this.resultCell = g.expressResultCell();
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
    if (length > EXPRESS_PAYLOAD || sequence - landed >= EXPRESS_SLOTS) {
      return;
    }
    int from = (int) (sequence & ingressMask) * slotBytes;
    int to = slotOf(sequence);
    long word = word(sequence, length);
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

  /** The payload length of a sequence that has come out here, or {@link #NONE}. */
  int length(long sequence) {
    long word = Words.getAcquire(cells, outOf(sequence) + WORD_OFFSET);
    int length = (int) word & (1 << EXPRESS_LENGTH_BITS) - 1;
    return word == word(sequence, length) ? length : NONE;
  }

  private static long word(long sequence, int length) {
    return sequence + 1 << EXPRESS_LENGTH_BITS | length;
  }

  /**
   * Copies a completed message into {@code memory}: its payload to {@code at}, its result a slot's
   * bytes behind.
   *
   * @param length of the payload
   * @return false if some of it is not there, or no longer
   */
  boolean copy(long sequence, int length, ByteBuffer memory, int at) {
    int out = outOf(sequence);
    long word = word(sequence, length);
    return length <= EXPRESS_PAYLOAD
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

  private int slotOf(long sequence) {
    return (int) (sequence & EXPRESS_SLOTS - 1) * expressBytes;
  }

  private int outOf(long sequence) {
    return slotOf(sequence) + EXPRESS_SLOTS * expressBytes;
  }
}
