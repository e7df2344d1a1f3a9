package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackFailedException;

/**
 * Redis IDs as sequences.
 *
 * <pre>
 *  63 62                           20 19                0
 * +--+-------------------------------+-------------------+
 * | 0| milliseconds since 1970       | counter           |
 * +--+-------------------------------+-------------------+
 * </pre>
 *
 * <p>A Redis ID is {@code milliseconds-counter}; its order is that of the sequences. There is room
 * for 2^20 messages in one millisecond, and until the year 2248.
 */
final class Ids {
  static final int COUNTER_BITS = 20;

  private static final long MAX_COUNTER = (1L << COUNTER_BITS) - 1;
  private static final long MAX_MILLIS = Long.MAX_VALUE >>> COUNTER_BITS;

  /** Of the year 2109: what lies behind is a mistake, such as the lane of another track. */
  private static final long MAX_POSITION = (1L << 62) - 1;

  private Ids() {}

  /**
   * The sequence of a Redis ID.
   *
   * @throws TrackFailedException if the ID has no sequence: Redis's clock stood still or went far
   *     back for more than 2^20 messages
   */
  static long sequence(byte[] id) {
    long millis = 0;
    int i = 0;
    while (id[i] != '-') {
      millis = millis * 10 + id[i++] - '0';
    }
    long counter = 0;
    for (i++; i < id.length; i++) {
      counter = counter * 10 + id[i] - '0';
    }
    if (millis > MAX_MILLIS || counter > MAX_COUNTER) {
      throw new TrackFailedException(
          "Redis ID "
              + new String(id, US_ASCII)
              + ": its counter must be at most "
              + MAX_COUNTER
              + "; set the clock of the machine that Redis runs on");
    }
    return millis << COUNTER_BITS | counter;
  }

  /** When Redis gave a sequence's ID, in milliseconds since 1970. */
  static long millis(long sequence) {
    return sequence >>> COUNTER_BITS;
  }

  /** The Redis ID of a sequence. */
  static byte[] id(long sequence) {
    return ((sequence >>> COUNTER_BITS) + "-" + (sequence & MAX_COUNTER)).getBytes(US_ASCII);
  }

  /** The start of a range that begins after a sequence. */
  static byte[] idAfter(long sequence) {
    return exclusive(sequence);
  }

  /** The end of a range that ends before a sequence. */
  static byte[] idBefore(long sequence) {
    return exclusive(sequence);
  }

  private static byte[] exclusive(long sequence) {
    return Args.bytes("(" + Args.text(id(sequence)));
  }

  /** The first sequence that a message can have which Redis takes at that time. */
  static long firstAt(long millis) {
    return Math.max(0, Math.min(millis, MAX_MILLIS)) << COUNTER_BITS;
  }

  /**
   * Checks a position that a caller names.
   *
   * @throws ConfigException if no message can be there
   */
  static void requirePosition(long position) {
    if (position < 0 || position > MAX_POSITION) {
      throw new ConfigException(
          "position "
              + position
              + ": must be 0 to "
              + MAX_POSITION
              + ", since track a has one lane whose sequences begin with the time");
    }
  }
}
