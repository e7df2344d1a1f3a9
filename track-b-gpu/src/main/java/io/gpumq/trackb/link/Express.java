package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.CELL_BYTES;
import static io.gpumq.kernels.LinkLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.EXPRESS_TEXT_BITS;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The host's side of the express way, a short cut for a message, or a read, that finds its ring
 * nearly empty; {@code link/layout.h} draws its cells. A slot carries a <i>text</i> in cells, and
 * each cell the word of its message: neither side needs a second trip or a fence to know that it
 * has the bytes of that message.
 *
 * <p>What is offered here is described in the ring as well, and what comes out here lies in VRAM:
 * whoever finds a slot overwritten takes the usual way.
 */
final class Express {
  /** What {@link #copy} answers of a sequence that is not here. */
  static final int NONE = -1;

  /** The word of a cell that nothing was ever written to: of no message. */
  private static final long UNTOUCHED = 0;

  private static final int WORD_OFFSET = CELL_PAYLOAD;
  private static final long TEXT_MASK = (1L << EXPRESS_TEXT_BITS) - 1;

  /** Looks for a cell that the others have outrun: some microseconds. */
  private static final int TURNS = 4096;

  private final ByteBuffer cells;
  private final int slotBytes;

  /**
   * @param cells the slots in, then as many out
   */
  Express(ByteBuffer cells, int slotBytes) {
    this.cells = cells;
    this.slotBytes = slotBytes;
  }

  /** Whether a text of so many bytes has room in a slot. */
  boolean fits(int textBytes) {
    return (textBytes + CELL_PAYLOAD - 1) / CELL_PAYLOAD * CELL_BYTES <= slotBytes;
  }

  /**
   * Offers an entry that lies in the ingress memory. The message that had its slot before must have
   * landed.
   *
   * @param place word B of its descriptor
   * @param at where its header begins
   * @param bytes header, extensions and payload
   */
  void offer(long sequence, long place, ByteBuffer ingress, int at, int bytes) {
    int to = slotOf(sequence);
    long word = word(sequence, Long.BYTES + bytes);
    if (word == UNTOUCHED) {
      return;
    }
    // The first cell last: the device takes the message once it has seen that one.
    int last = (Long.BYTES + bytes - 1) / CELL_PAYLOAD;
    for (int cell = last; cell > 0; cell--) {
      int from = at + cell * CELL_PAYLOAD - Long.BYTES;
      int target = to + cell * CELL_BYTES;
      copy(ingress, from, cells, target, Math.min(CELL_PAYLOAD, at + bytes - from));
      Words.setRelease(cells, target + WORD_OFFSET, word); // pairs with poll_half() of the device
    }
    offerFirst(to, place, Words.get(ingress, at), Words.get(ingress, at + Long.BYTES), word);
  }

  /**
   * Offers a read of bytes that lie in VRAM.
   *
   * @param place word B of its descriptor
   */
  void offerRead(long sequence, long place, long bytes) {
    long word = word(sequence, 2 * Long.BYTES);
    if (word != UNTOUCHED) {
      offerFirst(slotOf(sequence), place, bytes, 0, word);
    }
  }

  private void offerFirst(int to, long first, long second, long third, long word) {
    Words.set(cells, to, first);
    Words.set(cells, to + Long.BYTES, second);
    Words.set(cells, to + 2 * Long.BYTES, third);
    Words.setRelease(cells, to + WORD_OFFSET, word); // pairs with poll_half() of the device
  }

  /** Copies some bytes by whole words: both sides have room for the last. */
  private static void copy(ByteBuffer from, int at, ByteBuffer to, int target, int bytes) {
    for (int i = 0; i < bytes; i += Long.BYTES) {
      Words.set(to, target + i, Words.get(from, at + i));
    }
  }

  /** Whether a sequence has come out here. */
  boolean has(long sequence) {
    long word = Words.getAcquire(cells, outOf(sequence) + WORD_OFFSET);
    return word != UNTOUCHED && word >>> EXPRESS_TEXT_BITS == wordStart(sequence);
  }

  /**
   * Copies what a sequence has brought: an entry with its result, or bytes that were read.
   *
   * @param resultBytes of the entry, 0 of what was read
   * @param at where it goes: the result to the next whole unit behind the entry
   * @return the bytes before the result, or {@link #NONE} if some is not there, or no longer
   */
  int copy(long sequence, int resultBytes, ByteBuffer memory, int at) {
    int out = outOf(sequence);
    long word = Words.getAcquire(cells, out + WORD_OFFSET);
    if (word == UNTOUCHED || word >>> EXPRESS_TEXT_BITS != wordStart(sequence)) {
      return NONE;
    }
    int bytes = (int) (word & TEXT_MASK) - Long.BYTES;
    int last = out + (RingShape.cells(Long.BYTES + bytes) - 1) * CELL_BYTES;
    int end = last + (1 + RingShape.cells(resultBytes)) * CELL_BYTES;
    for (int cell = out; cell < end; cell += CELL_BYTES) {
      if (!await(cell + WORD_OFFSET, word)) {
        return NONE;
      }
    }
    // The first cell begins with eight bytes of its own.
    copy(cells, out + Long.BYTES, memory, at, Math.min(CELL_PAYLOAD - Long.BYTES, bytes));
    copyCells(out + CELL_BYTES, memory, at + CELL_PAYLOAD - Long.BYTES, at + bytes);
    int result = at + EntryHeader.units(bytes) * UNIT;
    copyCells(last + CELL_BYTES, memory, result, result + resultBytes);
    // The device may have overwritten cells meanwhile: then their words have changed, too.
    VarHandle.loadLoadFence();
    long other = 0;
    for (int cell = out; cell < end; cell += CELL_BYTES) {
      other |= Words.get(cells, cell + WORD_OFFSET) ^ word;
    }
    return other == 0 ? bytes : NONE;
  }

  private void copyCells(int from, ByteBuffer memory, int at, int end) {
    for (int to = at, cell = from; to < end; to += CELL_PAYLOAD, cell += CELL_BYTES) {
      copy(cells, cell, memory, to, Math.min(CELL_PAYLOAD, end - to));
    }
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

  /** For the owner of the ring while no device lives: takes back what was offered and not taken. */
  void withdraw(long sequence) {
    int slot = slotOf(sequence) + WORD_OFFSET;
    for (int at = slot; at < slot + slotBytes; at += CELL_BYTES) {
      if (Words.getOpaque(cells, at) >>> EXPRESS_TEXT_BITS == wordStart(sequence)) {
        Words.setOpaque(cells, at, UNTOUCHED);
      }
    }
  }

  private static long word(long sequence, int textBytes) {
    return sequence + 1 << EXPRESS_TEXT_BITS | textBytes;
  }

  /** The upper bits of a sequence's words: its low 51. */
  private static long wordStart(long sequence) {
    return sequence + 1 << EXPRESS_TEXT_BITS >>> EXPRESS_TEXT_BITS;
  }

  private int slotOf(long sequence) {
    return (int) (sequence & EXPRESS_SLOTS - 1) * slotBytes;
  }

  private int outOf(long sequence) {
    return slotOf(sequence) + EXPRESS_SLOTS * slotBytes;
  }
}
