package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.CELL_BYTES;
import static io.gpumq.kernels.LinkLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.EXPRESS_TEXT_BITS;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** The other end of the express: reads what goes in, and writes what comes out. */
final class Cells {
  private final ByteBuffer cells;
  private final int maxPayloadBytes;

  Cells(ByteBuffer cells, int maxPayloadBytes) {
    this.cells = cells;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  static long word(long sequence, int textBytes) {
    return sequence + 1 << EXPRESS_TEXT_BITS | textBytes;
  }

  private int in(long sequence) {
    return (int) (sequence % EXPRESS_SLOTS) * maxPayloadBytes;
  }

  private int out(long sequence) {
    return in(sequence) + EXPRESS_SLOTS * maxPayloadBytes;
  }

  /** The word of a cell of what goes in. */
  long wordIn(long sequence, int cell) {
    return Words.getAcquire(cells, in(sequence) + cell * CELL_BYTES + CELL_PAYLOAD);
  }

  void setWordIn(long sequence, int cell, long word) {
    Words.setRelease(cells, in(sequence) + cell * CELL_BYTES + CELL_PAYLOAD, word);
  }

  /** Whether what goes in belongs to a sequence, as the device sees it. */
  boolean isIn(long sequence) {
    return wordIn(sequence, 0) >>> EXPRESS_TEXT_BITS == sequence + 1;
  }

  /** The text that goes in. */
  byte[] textIn(long sequence, int bytes) {
    byte[] text = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      text[i] = cells.get(in(sequence) + i / CELL_PAYLOAD * CELL_BYTES + i % CELL_PAYLOAD);
    }
    return text;
  }

  /** Lets a text come out, and behind it a result: the first cell last. */
  void comeOut(long sequence, byte[] text, byte[] result) {
    long word = word(sequence, text.length);
    write(out(sequence) + RingShape.cells(text.length) * CELL_BYTES, result, word);
    write(out(sequence), text, word);
  }

  void setWordOut(long sequence, int cell, long word) {
    Words.setRelease(cells, out(sequence) + cell * CELL_BYTES + CELL_PAYLOAD, word);
  }

  private void write(int slot, byte[] bytes, long word) {
    for (int cell = RingShape.cells(bytes.length) - 1; cell >= 0; cell--) {
      int from = cell * CELL_PAYLOAD;
      int at = slot + cell * CELL_BYTES;
      // A device writes a cell whole: while this one is not, it is nobody's.
      Words.setOpaque(cells, at + CELL_PAYLOAD, 0);
      VarHandle.storeStoreFence();
      cells.put(at, bytes, from, Math.min(CELL_PAYLOAD, bytes.length - from));
      Words.setRelease(cells, at + CELL_PAYLOAD, word);
    }
  }
}
