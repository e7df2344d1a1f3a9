package io.gpumq.soak.workload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The layout of a test message. All words are little-endian.
 *
 * <pre>
 * byte 0          8        12         16         24
 *      +----------+--------+----------+----------+-------- - - -
 *      | sequence | queue  | producer | checksum | body
 *      +----------+--------+----------+----------+-------- - - -
 *      |          |&lt;---- origin -----&gt;|          |
 * </pre>
 *
 * <p>Sequences count from 0 for each producer. The checksum covers the words before it, and what
 * {@link Bodies} say of the body.
 */
public final class Message {
  /** Offset of the sequence, u64. The {@code fail} handler looks at it too. */
  public static final int SEQUENCE_AT = 0;

  /** Offset of the origin, u64: queue in the low half, producer in the high one. */
  public static final int ORIGIN_AT = 8;

  /** Offset of the checksum, u64. */
  public static final int CHECKSUM_AT = 16;

  /** Offset of the body: what is left of the payload. */
  public static final int BODY_AT = 24;

  /** Smallest payload in bytes: the header and one word of body. */
  public static final int MIN_BYTES = 32;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Message() {}

  static long word(ByteBuffer payload, int at) {
    return (long) WORD.get(payload, at);
  }

  static void word(ByteBuffer payload, int at, long value) {
    WORD.set(payload, at, value);
  }

  static long origin(int queue, int producer) {
    return Integer.toUnsignedLong(queue) | (long) producer << 32;
  }

  /** Differs whenever one of the three differs, but for one chance in 2^64. */
  static long checksum(long sequence, long origin, long digest) {
    long mixed =
        sequence * 0x9E3779B97F4A7C15L
            + origin * 0xC2B2AE3D27D4EB4FL
            + digest * 0x165667B19E3779F9L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return mixed ^ mixed >>> 32;
  }
}
