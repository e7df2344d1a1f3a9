package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.OP_KEEP;
import static io.gpumq.kernels.LinkLayout.OP_MOVE;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;

/**
 * An entry whose payload lies in the arena already: only its <i>heading</i> is written into a
 * chunk, and the device copies the payload within its own memory, unless it lies where the entry
 * goes. The payload's owner keeps it there until the entry has landed. What moves is not pushed: so
 * its length does not matter to the chunks.
 *
 * <p>Before the heading a unit says where the payload lies, and how many of the heading's units go
 * behind it: those of a dead letter's texts. For one thread, and one entry at a time.
 */
public final class Move {
  private final Ring ring;
  private final int resultUnits;
  private Chunk chunk;
  private long header;
  private int tailUnits;

  /** Where the header lies in the ingress memory, in bytes, and where the heading ends. */
  private int at;

  private int end;

  private long slot;

  public Move(Ring ring) {
    this.ring = ring;
    resultUnits = EntryHeader.units(ring.shape().resultBytes());
  }

  /**
   * Writes the heading.
   *
   * @param source where the payload begins in the arena, in units
   * @param heading header, extensions, and for a letter its texts, in whole units, little endian
   * @return false if the ring has no chunk free; else {@link #end} must follow
   */
  public boolean begin(long source, ByteBuffer heading) {
    int bytes = heading.capacity();
    chunk = ring.chunks().take(chunk, UNIT + bytes);
    if (chunk == null) {
      return false;
    }
    header = Words.get(heading, 0);
    tailUnits = bytes / UNIT - 1 - EntryHeader.extensions(header);
    at = chunk.at() + UNIT;
    end = at + bytes;
    Words.set(ring.ingress(), at - UNIT, source);
    Words.set(ring.ingress(), at - Long.BYTES, tailUnits);
    ring.ingress().put(at, heading, 0, bytes);
    return true;
  }

  /** Bytes of the payload. */
  public int length() {
    return EntryHeader.length(header);
  }

  /** Units that the entry takes in the arena. */
  public int units() {
    int behind = isLetter() ? tailUnits : resultUnits;
    return 1 + EntryHeader.extensions(header) + EntryHeader.units(length()) + behind;
  }

  private boolean isLetter() {
    return EntryHeader.isLetter(header);
  }

  /** Claims a slot, as {@link Draft#claim}; returns whether there was one. */
  public boolean claim() {
    slot = ring.tryClaim(1);
    return slot != Ring.FULL;
  }

  /**
   * Describes and publishes the entry.
   *
   * @param owner is told what becomes of it
   * @param sequence in its queue
   * @param place where it goes in the arena, in units
   * @param order of keys, or {@code null}
   */
  public void publish(Carried owner, long sequence, long place, KeyOrder order) {
    if (order != null && EntryHeader.hasKey(header)) {
      long after = order.note(Words.get(ring.ingress(), at + UNIT), slot);
      Words.set(ring.ingress(), at + UNIT + Long.BYTES, after);
    }
    int unit = at / UNIT;
    int op = isLetter() ? OP_KEEP : OP_MOVE;
    ring.describe(
        slot,
        SlotWords.what(slot, op, false, length()),
        SlotWords.where(slot, place, unit, EntryHeader.extensions(header)));
    ring.run(slot).set(slot, owner, sequence, 1, place, chunk, unit, units(), false);
    chunk.fill(end, slot + 1);
    ring.publish(slot, 1);
  }

  /** Ends it: what was not claimed is nothing. */
  public void end() {
    ring.chunks().leave(chunk);
  }
}
