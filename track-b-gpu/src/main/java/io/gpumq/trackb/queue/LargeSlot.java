package io.gpumq.trackb.queue;

import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.LargeArea;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where a writer writes a message that may be large, since a chunk has no room for it: memory from
 * which the copy engine can copy, if there is some now, else the sender's own. For one thread at a
 * time, used again and again.
 */
final class LargeSlot {
  private final Copier copier;
  private final LargeArea area;
  private final int bytes;

  /** Where it begins in the area, or {@link LargeArea#NO_ROOM}. */
  private int at = LargeArea.NO_ROOM;

  /** The sender's own, made when first wanted. */
  private Views own;

  /** Of the place in the area that it had last: often it has that again. */
  private Views shared;

  private int sharedAt = LargeArea.NO_ROOM;
  private Views now;

  /** The writer has a buffer of its own, so that it cannot move the sender's limit later. */
  private record Views(ByteBuffer payload, ByteBuffer writers) {
    private Views(ByteBuffer payload) {
      this(payload, payload.duplicate());
    }
  }

  /**
   * @param bytes the longest message
   */
  LargeSlot(Copier copier, int bytes) {
    this.copier = copier;
    this.area = copier.largeArea();
    this.bytes = bytes;
  }

  /** Takes memory, until {@link #giveBack}. */
  void take() {
    at = area.takeToSend(bytes);
    if (at == LargeArea.NO_ROOM) {
      own = own != null ? own : new Views(ByteBuffer.allocateDirect(bytes));
      now = own;
      return;
    }
    if (at != sharedAt) {
      shared = new Views(area.memory().slice(at, bytes));
      sharedAt = at;
    }
    now = shared;
  }

  /** What a writer writes to: from 0 to the longest message, big endian. */
  ByteBuffer forWriter() {
    return now.writers().clear().order(ByteOrder.BIG_ENDIAN);
  }

  /** What was written there. */
  ByteBuffer payload(int length) {
    return now.payload().clear().limit(length);
  }

  /** Copies what was written to the store, and waits for that. */
  void copyTo(long place, int length) {
    if (at == LargeArea.NO_ROOM) {
      copier.write(payload(length), 0, length, place);
    } else {
      area.write(at, length, place);
    }
  }

  /** Gives the memory back. */
  void giveBack() {
    if (at != LargeArea.NO_ROOM) {
      int taken = at;
      at = LargeArea.NO_ROOM;
      area.giveBack(taken, bytes);
    }
  }
}
