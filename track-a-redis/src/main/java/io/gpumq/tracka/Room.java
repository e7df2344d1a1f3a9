package io.gpumq.tracka;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many messages the stream holds, so that it never holds more than the queue may keep. Safe for
 * use by many threads.
 *
 * <pre>
 *   trimmed         sent          reserved      trimmed + most
 *      |--- kept ----|-- on their way -|---- room -----|
 * </pre>
 */
final class Room {
  private final long most;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong trimmed = new AtomicLong();

  /**
   * @param most messages that the stream may hold
   */
  Room(long most) {
    this.most = most;
  }

  /** Messages that the stream may hold. */
  long most() {
    return most;
  }

  /** Takes room for up to {@code wanted} messages; says for how many. */
  int reserve(int wanted) {
    while (true) {
      long taken = reserved.get();
      int granted = (int) Math.min(wanted, most - (taken - trimmed.get()));
      if (granted <= 0) {
        return 0;
      }
      if (reserved.compareAndSet(taken, taken + granted)) {
        return granted;
      }
    }
  }

  /** Gives room back that was reserved and not used. */
  void giveBack(int unused) {
    reserved.addAndGet(-unused);
  }

  /** Redis has confirmed messages that room was reserved for. */
  void sent(int messages, long payloadBytes) {
    sent.addAndGet(messages);
    bytes.addAndGet(payloadBytes);
  }

  /** Messages have left the stream. */
  void trimmed(long messages) {
    trimmed.addAndGet(messages);
  }

  /**
   * Counts anew what has left the stream, where the answer to a trim was lost.
   *
   * @param confirmed {@link #sent()} before the stream's length was asked
   * @param length the stream's length: all that was confirmed by then, and some on their way
   * @return whether the count is exact; else it is too low by what is on its way: count again
   */
  boolean recount(long confirmed, long length) {
    trimmed.accumulateAndGet(confirmed - length, Math::max);
    return reserved.get() == confirmed;
  }

  /** Messages that Redis has confirmed. */
  long sent() {
    return sent.get();
  }

  /** Payload bytes of {@link #sent()}. */
  long bytes() {
    return bytes.get();
  }

  /** Messages that have left the stream. */
  long trimmed() {
    return trimmed.get();
  }

  /** Messages that are on their way to Redis. */
  long underway() {
    return reserved.get() - sent.get();
  }
}
