package io.gpumq.api;

import java.nio.ByteBuffer;

/**
 * One delivered message: what was sent, and what the handler made of it.
 *
 * <p>A view, not a copy: valid as its {@link Batch} is, and only until the batch is asked for
 * another entry. Copy what is to be kept.
 */
public interface Entry {
  /**
   * The message's position in the queue, rising in the order of sending. On Track B they count from
   * 0 without a gap but for sends that failed half-way, in each lane, whose number stands in bits
   * 56 to 59; on Track A they are rising, not contiguous.
   */
  long sequence();

  /** How often this entry has been delivered to this group, this time included: 1 or more. */
  int deliveries();

  /** Returns whether the message was sent with a key. */
  boolean hasKey();

  /** Returns the key that the message was sent with, or 0 if it has none. */
  long key();

  /** Returns when the message was sent, in milliseconds since 1970-01-01T00:00Z. */
  long sentMillis();

  /**
   * The payload as it was sent: the bytes between position and limit, read-only, big endian.
   *
   * <p>The view lies over a larger block and its position is seldom 0: read relatively, or at
   * {@code position() + i}. What a caller sets of its position, limit and order, the next call
   * forgets.
   */
  ByteBuffer payload();

  /**
   * The handler's result, a view like {@link #payload()}; empty for a handler that makes none
   * ({@code echo}).
   */
  ByteBuffer result();

  /** A copy of {@link #payload()}. */
  default byte[] payloadBytes() {
    return copy(payload());
  }

  /** A copy of {@link #result()}. */
  default byte[] resultBytes() {
    return copy(result());
  }

  private static byte[] copy(ByteBuffer view) {
    byte[] bytes = new byte[view.remaining()];
    view.get(view.position(), bytes);
    return bytes;
  }
}
