package io.gpumq.soak.suite;

import io.gpumq.api.ConfigException;

/**
 * How much the rows of a suite do that no time bounds. Immutable.
 *
 * @param turns how often a row that measures two things by turns measures each, 2 or more
 * @param deaths of device processes that a row which times them times, 1 or more
 * @param backlogBytes payload bytes of the backlog, or {@link #AS_MUCH_AS_IS_FREE}
 * @param part one in so many of the queues, and of the pending entries, that a row names, 1 or more
 */
public record Extent(int turns, int deaths, long backlogBytes, int part) {
  /** Value of {@link #backlogBytes}: what the device has, up to 60 GB of VRAM; 256 MB on host. */
  public static final long AS_MUCH_AS_IS_FREE = 0;

  /** Fewest queues of a row that names many. */
  private static final int FEWEST = 16;

  public Extent {
    if (backlogBytes != AS_MUCH_AS_IS_FREE
        && (backlogBytes < BacklogSize.LEAST || backlogBytes > BacklogSize.MOST)) {
      throw new ConfigException(
          "backlog "
              + backlogBytes
              + ": must be between "
              + BacklogSize.LEAST
              + " and "
              + BacklogSize.MOST
              + " bytes");
    }
  }

  /** The part of {@code whole} that is taken. */
  int of(int whole) {
    return Math.max(Math.min(whole, FEWEST), whole / part);
  }
}
