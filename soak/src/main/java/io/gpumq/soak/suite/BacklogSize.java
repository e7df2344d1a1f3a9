package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;

/**
 * A backlog of a given number of payload bytes.
 *
 * @param messages how many
 * @param payloadBytes of each
 */
record BacklogSize(long messages, int payloadBytes) {
  /** The size of large messages. */
  static final int LARGE = 57_216;

  /** Fewest bytes of a backlog. */
  static final long LEAST = 1_000_000;

  /** Most bytes of a backlog. */
  static final long MOST = 1L << 43;

  /** Messages take so much of a store at most: entries do not fill their segments to the end. */
  private static final double PART_OF_STORE = 0.85;

  /** The largest that is not above {@code bytes}. */
  static BacklogSize within(long bytes, int payloadBytes) {
    return new BacklogSize(bytes / payloadBytes, payloadBytes);
  }

  /** The largest that a track's store holds, and that is not above {@code bytes}. */
  static BacklogSize within(Track track, long bytes, int payloadBytes) {
    return within(Math.min(bytes, mostIn(track)), payloadBytes);
  }

  /**
   * One of so many bytes.
   *
   * @throws ConfigException if the track's store does not hold it
   */
  static BacklogSize of(Track track, long bytes, int payloadBytes) {
    if (bytes > mostIn(track)) {
      throw new ConfigException(
          "backlog "
              + bytes
              + ": the store of "
              + track.storeBytes()
              + " bytes holds at most "
              + mostIn(track)
              + " of payloads; set store.bytes");
    }
    return within(bytes, payloadBytes);
  }

  /** Most payload bytes that a track's store holds. */
  static long mostIn(Track track) {
    return (long) (PART_OF_STORE * track.storeBytes());
  }

  /** Bytes of a store that holds so many of payloads. */
  static long storeFor(long payloadBytes) {
    return (long) (payloadBytes / PART_OF_STORE) + 1;
  }

  long bytes() {
    return messages * payloadBytes;
  }
}
