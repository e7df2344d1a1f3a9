package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Bodies of which every byte is written and checked: random bytes made once from a seed, of which
 * each message carries one of 256 windows. Which one follows from its producer and sequence, so
 * both ends know every byte of every message without making it anew.
 *
 * <p>The windows overlap, each 64 bytes further on: the whole pool stays in the first-level cache
 * and yet no two windows agree at any place. Messages whose sequences are a power of two apart, as
 * two that meet in one slot of a ring are, carry different bodies.
 */
final class BodyPool extends Bodies {
  private static final int WINDOWS = 256;
  private static final int STRIDE = 64;

  private final ByteBuffer bytes;
  private final long[] crcs = new long[WINDOWS];

  /**
   * @param seed of the random bytes
   */
  BodyPool(long seed, int payloadBytes) {
    super(payloadBytes);
    byte[] random = new byte[(WINDOWS - 1) * STRIDE + bodyBytes()];
    new SplittableRandom(seed).nextBytes(random);
    bytes = ByteBuffer.allocateDirect(random.length).put(0, random);
    var crc = new CRC32C();
    for (int window = 0; window < WINDOWS; window++) {
      crc.reset();
      crc.update(random, window * STRIDE, bodyBytes());
      crcs[window] = crc.getValue();
    }
  }

  // The multiplier has no run of eight equal bits, so sequences 2^k apart never share a window.
  private static int window(long sequence, int producer) {
    return (int) ((sequence + producer * 0x2545F491L) * 0x9E3779B97F4A7C15L >>> 56);
  }

  @Override
  End end() {
    return new WindowEnd(bytes.duplicate());
  }

  private final class WindowEnd implements End {
    private final ByteBuffer view;
    private final CRC32C crc = new CRC32C();

    WindowEnd(ByteBuffer view) {
      this.view = view;
    }

    /** The body's CRC32C, computed when the pool was made. */
    @Override
    public long digest(long sequence, int producer) {
      return crcs[window(sequence, producer)];
    }

    @Override
    public void write(ByteBuffer payload, long sequence, int producer, long checksum) {
      payload.put(Message.BODY_AT, view, window(sequence, producer) * STRIDE, bodyBytes());
    }

    @Override
    public boolean matches(ByteBuffer payload, int start, long digest, long checksum) {
      crc.reset();
      crc.update(payload.position(start + Message.BODY_AT));
      return crc.getValue() == digest;
    }

    @Override
    public boolean recomputes(long checksum) {
      return true;
    }
  }
}
