package io.gpumq.trackb.queue;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.link.Move;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.log.Claimer;
import io.gpumq.trackb.log.Copier;
import io.gpumq.trackb.log.EntryLog.Room;
import io.gpumq.trackb.log.MovedEntries;
import io.gpumq.trackb.log.OwnBlock;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;

/**
 * Sends payloads of one producer to one lane that warps do not carry. The copy engine brings the
 * payload to a block of the store; then only a heading goes through the ring. So the order of the
 * lane is that of the headings, and nobody waits for a copy of another. For one thread at a time.
 */
final class LargeSender {
  private final Lane lane;
  private final Copier copier;
  private final Ring ring;
  private final MovedEntries entries;
  private final Move move;
  private final OwnBlock block = new OwnBlock();
  private final Backoff backoff = new Backoff();

  LargeSender(Lane lane) {
    this.lane = lane;
    copier = lane.queue().copier();
    ring = lane.log().ring();
    entries = lane.log().moved();
    move = new Move(ring);
  }

  /**
   * Sends a payload if there is room now; waits for its copy alone.
   *
   * @param key where {@code hasKey}
   * @return whether there was room
   */
  boolean trySend(ByteBuffer payload, boolean hasKey, long key, Claimer claimer) {
    if (!reserve(units(payload.remaining(), hasKey))) {
      return false;
    }
    try {
      Heading heading = heading(payload.remaining(), hasKey, key);
      return begin(heading) && copyAndAppend(payload, heading, claimer);
    } finally {
      giveBack();
    }
  }

  private boolean copyAndAppend(ByteBuffer payload, Heading heading, Claimer claimer) {
    try {
      copy(payload, null, heading, claimer);
      return append(claimer);
    } finally {
      move.end();
    }
  }

  /** Keeps room for any payload of the queue, until {@link #sendReserved} or {@link #giveBack}. */
  boolean reserve() {
    return reserve(units(lane.queue().config().maxPayloadBytes(), false));
  }

  private boolean reserve(int units) {
    if (entries.reserve(block, units)) {
      return true;
    }
    lane.advance(); // what was settled meanwhile makes room
    return lane.log().mayGrow() && entries.reserve(block, units);
  }

  /** Sends what lies in a slot and has room, though a chunk or a slot may be a while away. */
  void sendReserved(LargeSlot slot, int length, Claimer claimer) {
    entries.shrink(block, units(length, false));
    Heading heading = heading(length, false, 0);
    backoff.reset();
    while (!begin(heading)) {
      await(claimer);
    }
    try {
      copy(null, slot, heading, claimer);
      while (!append(claimer)) {
        await(claimer);
      }
    } finally {
      move.end();
    }
  }

  private void await(Claimer claimer) {
    claimer.requireOpen();
    lane.advance();
    backoff.pause();
  }

  private int units(int length, boolean hasKey) {
    int results = EntryHeader.units(ring.shape().resultBytes());
    return (hasKey ? 2 : 1) + EntryHeader.units(length) + results;
  }

  private Heading heading(int length, boolean hasKey, long key) {
    long place = block.entry() + (hasKey ? 2 : 1);
    return new Heading(place, length, hasKey, key, System.currentTimeMillis());
  }

  /** Writes it into a chunk, which keeps the ring's memory; returns whether there was one. */
  private boolean begin(Heading heading) {
    return move.begin(heading.payload(), heading.sentNow(ring.shape().resultBytes()));
  }

  /** Copies from a user's buffer, or from the slot if there is one. */
  private void copy(ByteBuffer payload, LargeSlot slot, Heading heading, Claimer claimer) {
    try {
      if (slot != null) {
        slot.copyTo(heading.payload(), heading.length());
      } else {
        copier.write(payload, payload.position(), heading.length(), heading.payload());
      }
    } catch (TrackFailedException e) {
      claimer.requireOpen(); // which says that the queue is closed, if that is why
      throw e;
    }
  }

  private boolean append(Claimer claimer) {
    ring.advance(); // not under the lock: others would wait
    return entries.append(move, block, claimer) == Room.ENOUGH;
  }

  /** Gives back what was reserved and is not used up. */
  void giveBack() {
    entries.giveBack(block);
  }
}
