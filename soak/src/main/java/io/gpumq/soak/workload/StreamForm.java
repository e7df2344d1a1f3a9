package io.gpumq.soak.workload;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * What messages of streams look like. A stream is all that is sent to one queue, so both ends know
 * whose a message is: it need not say so, and 16 bytes are enough for one. All words are
 * little-endian.
 *
 * <pre>
 * byte 0          8          16
 *      +----------+----------+-------- - - -
 *      | sequence | mark     | body
 *      +----------+----------+-------- - - -
 * </pre>
 *
 * <p>The mark follows from seed, stream and sequence; size and body follow from the mark.
 * Immutable.
 */
final class StreamForm {
  /** Smallest message in bytes: a header and no body. */
  static final int HEADER_BYTES = 16;

  private static final int MARK_AT = 8;
  private static final int WINDOWS = 256;
  private static final int STRIDE = 64;

  private final Verification verification;
  private final long seed;
  private final int least;
  private final int most;

  /** Of the bodies that are written and checked whole: each is one of 256 windows. */
  private final ByteBuffer pool;

  /**
   * @param least bytes of a message, {@link #HEADER_BYTES} or more
   * @param most bytes of a message; sizes between are equally frequent
   */
  StreamForm(Verification verification, long seed, int least, int most) {
    if (least < HEADER_BYTES || most < least) {
      throw new IllegalArgumentException(
          "messages of " + least + " to " + most + " bytes: must be 16 or more, in rising order");
    }
    this.verification = verification;
    this.seed = seed;
    this.least = least;
    this.most = most;
    byte[] random = new byte[(WINDOWS - 1) * STRIDE + most];
    new SplittableRandom(seed).nextBytes(random);
    pool = ByteBuffer.allocateDirect(random.length).put(0, random);
  }

  /** Differs whenever stream or sequence do, but for one chance in 2^64. */
  long mark(int stream, long sequence) {
    long mixed = seed + sequence * 0x9E3779B97F4A7C15L + stream * 0xC2B2AE3D27D4EB4FL;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return mixed ^ mixed >>> 32;
  }

  /** Bytes of the message with that mark. */
  int bytes(long mark) {
    return least + (int) ((mark >>> 40) * (most - least + 1L) >>> 24);
  }

  /** Most bytes of a message. */
  int mostBytes() {
    return most;
  }

  static long sequence(ByteBuffer payload, int start) {
    return Message.word(payload, start);
  }

  static long mark(ByteBuffer payload, int start) {
    return Message.word(payload, start + MARK_AT);
  }

  static void header(ByteBuffer slot, long sequence, long mark) {
    Message.word(slot, 0, sequence);
    Message.word(slot, MARK_AT, mark);
  }

  /** What writes or checks bodies at one end. */
  Body newBody() {
    return verification == Verification.FULL ? new Whole(pool.duplicate()) : new DrawnWord();
  }

  /** Writes or checks bodies. Allocates nothing; for one thread. */
  interface Body {
    /**
     * Writes the body of the message with that mark.
     *
     * @param slot the whole message at position 0; its position is not moved
     */
    void write(ByteBuffer slot, long mark, int bytes);

    /**
     * Whether a message has the body of that mark.
     *
     * @param payload its position may be moved
     * @param start where the message begins
     */
    boolean matches(ByteBuffer payload, int start, long mark, int bytes);
  }

  /** Every byte. */
  private record Whole(ByteBuffer view) implements Body {
    private static int window(long mark) {
      return ((int) mark & WINDOWS - 1) * STRIDE;
    }

    @Override
    public void write(ByteBuffer slot, long mark, int bytes) {
      slot.put(HEADER_BYTES, view, window(mark), bytes - HEADER_BYTES);
    }

    @Override
    public boolean matches(ByteBuffer payload, int start, long mark, int bytes) {
      int from = window(mark);
      view.limit(from + bytes - HEADER_BYTES).position(from);
      boolean same = payload.position(start + HEADER_BYTES).mismatch(view) < 0;
      view.clear();
      return same;
    }
  }

  /** One word at a place that is drawn for each message; none of one that has no room for it. */
  private record DrawnWord() implements Body {
    private static int place(long mark, int bytes) {
      int words = (bytes - HEADER_BYTES + Long.BYTES - 1) / Long.BYTES;
      int drawn = (int) ((mark >>> 8 & 0xFFFFFF) * words >>> 24);
      return Math.min(HEADER_BYTES + drawn * Long.BYTES, bytes - Long.BYTES);
    }

    private static boolean hasRoom(int bytes) {
      return bytes >= HEADER_BYTES + Long.BYTES;
    }

    @Override
    public void write(ByteBuffer slot, long mark, int bytes) {
      if (hasRoom(bytes)) {
        Message.word(slot, place(mark, bytes), ~mark);
      }
    }

    @Override
    public boolean matches(ByteBuffer payload, int start, long mark, int bytes) {
      return !hasRoom(bytes) || Message.word(payload, start + place(mark, bytes)) == ~mark;
    }
  }
}
