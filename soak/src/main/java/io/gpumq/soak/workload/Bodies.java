package io.gpumq.soak.workload;

import java.nio.ByteBuffer;

/**
 * The bodies of one run's messages. What a body holds follows from its producer and sequence, so
 * that both ends know it. Immutable; safe for use by many threads.
 */
public abstract class Bodies {
  private final int payloadBytes;

  /**
   * @param payloadBytes of a whole message, header included; {@link Message#MIN_BYTES} or more
   */
  Bodies(int payloadBytes) {
    if (payloadBytes < Message.MIN_BYTES) {
      throw new IllegalArgumentException(
          "payload " + payloadBytes + ": must be at least " + Message.MIN_BYTES + " bytes");
    }
    this.payloadBytes = payloadBytes;
  }

  /** Bytes of a whole message. */
  public final int payloadBytes() {
    return payloadBytes;
  }

  /** Bytes of each body. */
  final int bodyBytes() {
    return payloadBytes - Message.BODY_AT;
  }

  /** What writes or checks bodies at one end. */
  abstract End end();

  /** Writes or checks bodies. Allocates nothing; for one thread. */
  interface End {
    /** What a message's header says of the body behind it. */
    long digest(long sequence, int producer);

    /**
     * Writes a body.
     *
     * @param payload the whole message at position 0; its position is not moved
     * @param checksum of the message's header
     */
    void write(ByteBuffer payload, long sequence, int producer, long checksum);

    /**
     * Whether a message has its body.
     *
     * @param payload its position may be moved
     * @param start where the message begins
     * @param digest of this body
     * @param checksum of the message's header
     */
    boolean matches(ByteBuffer payload, int start, long digest, long checksum);

    /** Whether what the handler made of the message with that checksum is to be made again. */
    boolean recomputes(long checksum);
  }
}
