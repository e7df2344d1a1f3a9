package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;

/**
 * A backlog of a given number of payload bytes, in large messages.
 *
 * @param messages how many, each of {@link #PAYLOAD_BYTES}
 */
record BacklogSize(long messages) {
  /** The size of each message. */
  static final int PAYLOAD_BYTES = 57_216;

  /** Fewest bytes of a backlog. */
  static final long LEAST = 1_000_000;

  /** Most bytes of a backlog. */
  static final long MOST = 1L << 43;

  /** Messages take so much of a store at most: entries do not fill their segments to the end. */
  private static final double PART_OF_STORE = 0.85;

  /** The largest that is not above {@code bytes}. */
  static BacklogSize within(long bytes) {
    return new BacklogSize(bytes / PAYLOAD_BYTES);
  }

  /** The largest that a track's store holds, and that is not above {@code bytes}. */
  static BacklogSize within(Track track, long bytes) {
    return within(Math.min(bytes, mostIn(track)));
  }

  /**
   * One of so many bytes.
   *
   * @throws ConfigException if the track's store does not hold it
   */
  static BacklogSize of(Track track, long bytes) {
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
    return within(bytes);
  }

  private static long mostIn(Track track) {
    return (long) (PART_OF_STORE * track.storeBytes());
  }

  long bytes() {
    return messages * PAYLOAD_BYTES;
  }
}
