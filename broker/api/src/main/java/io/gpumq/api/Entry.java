package io.gpumq.api;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Shows one delivered message: what was sent, and what the handler made of it.
 *
 * <p>An entry is a view, not a copy. It is valid as its {@link Batch} is, and only until the batch
 * is asked for another entry. Copy what is to be kept. For the consumer's thread alone.
 */
public interface Entry {
  /**
   * Returns the message's position in the queue, rising in the order of sending.
   *
   * <p>On Track B each lane counts from 0, without a gap but for sends that failed half-way; the
   * lane's number stands in bits 56 to 59. On Track A sequences are rising, not contiguous.
   */
  long sequence();

  /**
   * Returns how often this entry has been delivered to this group, this time included: 1 or more.
   * Where the group was moved, since then. What a {@link Reader} reads is not delivered: 0.
   */
  int deliveries();

  /** Returns whether the message was sent with a key. */
  boolean hasKey();

  /** Returns the key that the message was sent with, or 0 if it has none. */
  long key();

  /** Returns when the message was sent, in milliseconds since 1970-01-01T00:00Z. */
  long sentMillis();

  /**
   * Returns the payload as it was sent: the bytes between position and limit, read-only, big
   * endian.
   *
   * <p>The view lies over a larger block, so that its position is seldom 0. Read relatively, or at
   * {@code position() + i}. The next call sets position, limit and order anew.
   */
  ByteBuffer payload();

  /**
   * Returns the handler's result, a view like {@link #payload()}: 4 bytes of {@code crc32c}, 32 of
   * {@code sha256}, none of {@code echo}.
   */
  ByteBuffer result();

  /** Returns why the entry is a dead letter, if it is one. A new object each time. */
  Optional<DeadLetter> letter();

  /** Returns a copy of {@link #payload()}, a new array each time. */
  default byte[] payloadBytes() {
    return copy(payload());
  }

  /** Returns a copy of {@link #result()}, a new array each time. */
  default byte[] resultBytes() {
    return copy(result());
  }

  private static byte[] copy(ByteBuffer view) {
    byte[] bytes = new byte[view.remaining()];
    view.get(view.position(), bytes);
    return bytes;
  }
}
