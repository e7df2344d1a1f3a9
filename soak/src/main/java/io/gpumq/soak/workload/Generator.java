package io.gpumq.soak.workload;

import io.gpumq.api.Producer;
import java.nio.ByteBuffer;

/**
 * Writes the messages of one producer. A message is a function of its sequence alone, so one that
 * found no room is simply written again. Allocates nothing; for one thread.
 */
public final class Generator implements Producer.PayloadWriter {
  private final Bodies.End bodies;
  private final int payloadBytes;
  private final int producer;
  private final long origin;
  private long sent;

  /**
   * @param queue number of the queue, in every message
   * @param producer number of the producer, from 0
   */
  Generator(Bodies bodies, int queue, int producer) {
    this.bodies = bodies.end();
    this.payloadBytes = bodies.payloadBytes();
    this.producer = producer;
    this.origin = Message.origin(queue, producer);
  }

  /** How many messages were sent: the sequence of the next one. */
  public long sent() {
    return sent;
  }

  /** Says that {@code count} more messages were accepted. */
  public void advance(int count) {
    sent += count;
  }

  @Override
  public void write(int index, ByteBuffer slot) {
    long sequence = sent + index;
    long checksum = Message.checksum(sequence, origin, bodies.digest(sequence, producer));
    Message.word(slot, Message.SEQUENCE_AT, sequence);
    Message.word(slot, Message.ORIGIN_AT, origin);
    Message.word(slot, Message.CHECKSUM_AT, checksum);
    bodies.write(slot, sequence, producer, checksum);
    slot.position(payloadBytes);
  }
}
