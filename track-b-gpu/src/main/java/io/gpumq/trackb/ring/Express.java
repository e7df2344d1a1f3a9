package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_LENGTH_BITS;
import static io.gpumq.kernels.RingLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;

import io.gpumq.trackb.layout.Words;
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

  /** The word of a cell that nothing was ever written to: of no message. */
  private static final long UNTOUCHED = 0;

  private static final int WORD_OFFSET = CELL_PAYLOAD;

  /** Looks for a cell that the others have outrun: some microseconds. */
  private static final int TURNS = 4096;

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
   * queue not empty enough: the message that had its slot before must have landed. Nor may its word
   * be that of an untouched cell.
   *
   * @param landed every sequence below has
   */
  void offer(long sequence, int length, long landed) {
    long word = word(sequence, length);
    if (length > EXPRESS_PAYLOAD || sequence - landed >= EXPRESS_SLOTS || word == UNTOUCHED) {
      return;
    }
    int from = (int) (sequence & ingressMask) * slotBytes;
    int to = slotOf(sequence);
    // The first cell last: the device takes the message once it has seen that one.
    int cell = cells(length) - 1;
    if (length < (cell + 1) * CELL_PAYLOAD) {
      copySome(
          ingress,
          from + cell * CELL_PAYLOAD,
          cells,
          to + cell * CELL_BYTES,
          length % CELL_PAYLOAD);
      Words.setRelease(cells, to + cell * CELL_BYTES + WORD_OFFSET, word);
      cell--;
    }
    for (; cell >= 0; cell--) {
      int at = to + cell * CELL_BYTES;
      copyCell(ingress, from + cell * CELL_PAYLOAD, cells, at);
      Words.setRelease(cells, at + WORD_OFFSET, word); // pairs with poll_half() of the device
    }
  }

  /** Copies what one cell carries. */
  private static void copyCell(ByteBuffer from, int at, ByteBuffer to, int target) {
    Words.set(to, target, Words.get(from, at));
    Words.set(to, target + Long.BYTES, Words.get(from, at + Long.BYTES));
    Words.set(to, target + 2 * Long.BYTES, Words.get(from, at + 2 * Long.BYTES));
  }

  /** Copies less than that, by whole words: both sides have room for the last. */
  private static void copySome(ByteBuffer from, int at, ByteBuffer to, int target, int length) {
    for (int i = 0; i < length; i += Long.BYTES) {
      Words.set(to, target + i, Words.get(from, at + i));
    }
  }

  /** The payload length of a sequence that has come out here, or {@link #NONE}. */
  int length(long sequence) {
    long word = Words.getAcquire(cells, outOf(sequence) + WORD_OFFSET);
    int length = (int) word & (1 << EXPRESS_LENGTH_BITS) - 1;
    return word == word(sequence, length) && word != UNTOUCHED ? length : NONE;
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
    int count = cells(length);
    for (int cell = 0; cell < count; cell++) {
      if (!await(from + cell * CELL_BYTES + WORD_OFFSET, word)) {
        return false;
      }
    }
    int whole = length / CELL_PAYLOAD;
    for (int cell = 0; cell < whole; cell++) {
      copyCell(cells, from + cell * CELL_BYTES, memory, to + cell * CELL_PAYLOAD);
    }
    if (whole < count) {
      int at = whole * CELL_PAYLOAD;
      copySome(cells, from + whole * CELL_BYTES, memory, to + at, length - at);
    }
    // The device may have overwritten cells meanwhile: then their words have changed, too.
    VarHandle.loadLoadFence();
    long other = 0;
    for (int cell = 0; cell < count; cell++) {
      other |= Words.get(cells, from + cell * CELL_BYTES + WORD_OFFSET) ^ word;
    }
    return other == 0;
  }

  /**
   * Whether a cell of a message whose first cell is here has come: the device shows them at once.
   */
  private boolean await(int offset, long word) {
    for (int turn = 0; turn < TURNS; turn++) {
      long seen = Words.getAcquire(cells, offset);
      if (seen == word) {
        return true;
      }
      if (seen > word) {
        return false; // a later message's
      }
    }
    return false;
  }

  private int slotOf(long sequence) {
    return (int) (sequence & EXPRESS_SLOTS - 1) * expressBytes;
  }

  private int outOf(long sequence) {
    return slotOf(sequence) + EXPRESS_SLOTS * expressBytes;
  }
}
