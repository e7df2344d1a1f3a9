package io.gpumq.trackb.queue;

import io.gpumq.api.Producer.PayloadWriter;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.log.Claimer;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Reservation;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;

/**
 * Sends batches of one producer to its home lane, some messages at a time. What the writer has
 * written is sent: room for it is reserved before. For one thread at a time.
 */
final class BatchSender {
  /** Entries that are written at most before they are claimed. */
  private static final int MOST_AT_ONCE = 1024;

  private final Lane lane;
  private final Draft draft;
  private final Claimer claimer;
  private final Reservation reservation = new Reservation();
  private final Backoff backoff = new Backoff();
  private boolean isWriting;

  /** {@code null} where warps carry every payload of the queue. */
  private final LargeSender large;

  /** Where a writer writes what may be large; {@code null} where nothing is. */
  private final LargeSlot slot;

  /** Bytes of the message in the slot that is not in the draft, or that. */
  private int pending;

  private static final int NONE = -1;

  BatchSender(Lane lane, Draft draft, LargeSender large, Claimer claimer) {
    this.lane = lane;
    this.draft = draft;
    this.large = large;
    this.claimer = claimer;
    Queue queue = lane.queue();
    slot = large == null ? null : new LargeSlot(queue.copier(), queue.config().maxPayloadBytes());
  }

  /** Whether it is within a call of a writer. */
  boolean isWriting() {
    return isWriting;
  }

  /**
   * Sends messages from one on, as many as there is room for in one chunk, and perhaps a large one.
   *
   * @param count of the batch
   * @return how many
   */
  int sendSome(int from, int count, PayloadWriter writer) {
    int most = Math.min(count - from, MOST_AT_ONCE);
    if (large == null) {
      return sendCarried(from, most, writer);
    }
    if (!large.reserve()) {
      return 0;
    }
    try {
      pending = NONE;
      slot.take();
      int sent = sendCarried(from, most, writer);
      return pending == NONE ? sent : sent + sendPending();
    } finally {
      slot.giveBack();
      large.giveBack();
    }
  }

  private int sendPending() {
    large.sendReserved(slot, pending, claimer);
    lane.queue().sent();
    return 1;
  }

  private int sendCarried(int from, int most, PayloadWriter writer) {
    if (!draft.beginForWriter()) {
      return 0;
    }
    try {
      reserve(most);
      if (reservation.entries() > 0 || large != null) {
        send(from, most, writer);
      }
      return draft.claimed();
    } finally {
      lane.log().giveBack(reservation); // the writer has thrown, or the queue is closed
      draft.end();
    }
  }

  private void reserve(int most) {
    lane.log().reserve(reservation, draft, most, claimer);
    if (reservation.entries() < most) {
      lane.groups().advance(); // what was settled meanwhile makes room
    }
    if (reservation.entries() == 0 && lane.log().mayGrow()) {
      lane.log().reserve(reservation, draft, most, claimer);
    }
  }

  /** Sends what the draft takes of what room is reserved for. */
  private void send(int from, int most, PayloadWriter writer) {
    isWriting = true;
    try {
      if (large == null) {
        write(from, writer);
      } else {
        writeAny(from, most, writer);
      }
    } finally {
      isWriting = false;
      claimAll();
    }
  }

  private void write(int from, PayloadWriter writer) {
    long now = System.currentTimeMillis();
    while (draft.count() < reservation.entries() && draft.hasRoom()) {
      ByteBuffer payload = draft.payload();
      writer.write(from + draft.count(), payload);
      QueueProducer.requireFitting(lane.queue(), payload.position());
      draft.add(payload.position(), now);
    }
  }

  /** Writes up to the first message that does not go into the draft. */
  private void writeAny(int from, int most, PayloadWriter writer) {
    long now = System.currentTimeMillis();
    while (pending == NONE && draft.count() < most && draft.hasRoom()) {
      int length = writeOne(from + draft.count(), writer);
      if (length > RingShape.LARGEST_PAYLOAD || draft.count() == reservation.entries()) {
        pending = length;
      } else {
        draft.add(slot.payload(length), now);
      }
    }
  }

  private int writeOne(int index, PayloadWriter writer) {
    ByteBuffer payload = slot.forWriter();
    writer.write(index, payload);
    return payload.position();
  }

  /** What a writer has written is sent, though a slot for it may be a while away. */
  private void claimAll() {
    backoff.reset();
    while (lane.log().append(draft, reservation, claimer) != EntryLog.Room.ENOUGH) {
      lane.groups().advance();
      backoff.pause();
    }
    lane.queue().sent();
  }
}
