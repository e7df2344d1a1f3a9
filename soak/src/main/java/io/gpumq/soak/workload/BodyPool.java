package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * The bodies of one run's messages: random bytes made once from a seed, of which each message
 * carries one of 256 windows. Which one follows from its producer and sequence, so both ends know
 * every byte of every message without making it anew.
 *
 * <p>The windows overlap, each 64 bytes further on: the whole pool stays in the first-level cache
 * and yet no two windows agree at any place. Messages whose sequences are a power of two apart, as
 * two that meet in one slot of a ring are, carry different bodies.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class BodyPool {
  private static final int WINDOWS = 256;
  private static final int STRIDE = 64;

  private final ByteBuffer bytes;
  private final int bodyBytes;
  private final long[] crcs = new long[WINDOWS];

  /**
   * @param seed of the random bytes
   * @param payloadBytes of a whole message, header included; {@link Message#MIN_BYTES} or more
   */
  public BodyPool(long seed, int payloadBytes) {
    if (payloadBytes < Message.MIN_BYTES) {
      throw new IllegalArgumentException(
          "payload " + payloadBytes + ": must be at least " + Message.MIN_BYTES + " bytes");
    }
    bodyBytes = payloadBytes - Message.BODY_AT;
    byte[] random = new byte[(WINDOWS - 1) * STRIDE + bodyBytes];
    new SplittableRandom(seed).nextBytes(random);
    bytes = ByteBuffer.allocateDirect(random.length).put(0, random);
    var crc = new CRC32C();
    for (int window = 0; window < WINDOWS; window++) {
      crc.reset();
      crc.update(random, window * STRIDE, bodyBytes);
      crcs[window] = crc.getValue();
    }
  }

  /** Bytes of a whole message. */
  public int payloadBytes() {
    return Message.BODY_AT + bodyBytes;
  }

  // The multiplier has no run of eight equal bits, so sequences 2^k apart never share a window.
  static int window(long sequence, int producer) {
    return (int) ((sequence + producer * 0x2545F491L) * 0x9E3779B97F4A7C15L >>> 56);
  }

  /** CRC32C of that window, computed when the pool was made. */
  long crc(int window) {
    return crcs[window];
  }

  /** A view for one thread, to be given to {@link #copyTo}. */
  ByteBuffer view() {
    return bytes.duplicate();
  }

  void copyTo(ByteBuffer payload, ByteBuffer view, int window) {
    payload.put(Message.BODY_AT, view, window * STRIDE, bodyBytes);
  }
}
