package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Keeps the open queues of one track, by name, with the same rules on every track. Safe for use by
 * many threads, which open one queue after the other.
 */
public final class OpenQueues {
  private static final int FIRST_SWEEP = 16;

  private final String track;
  private final Map<String, TrackQueue> queues = new TreeMap<>();
  private boolean closed;

  /** So many queues, those that have ended included, until the ended ones are dropped. */
  private int sweepAt = FIRST_SWEEP;

  /**
   * Makes a register of nothing.
   *
   * @param track the track's name, for errors
   */
  public OpenQueues(String track) {
    this.track = track;
  }

  /**
   * Opens a queue by {@code opener} and keeps it.
   *
   * @param config what it is to be
   * @param opener makes it; what this throws reaches the caller, and nothing is kept
   * @return the queue
   * @throws ConfigException if one of that name is open
   * @throws TrackFailedException if the track is closed
   */
  public synchronized MessageQueue open(
      QueueConfig config, Function<QueueConfig, ? extends TrackQueue> opener) {
    if (closed) {
      throw new TrackFailedException("track " + track + " is closed; open another");
    }
    if (queues.size() >= sweepAt) {
      dropEnded(); // seldom: an open must not take longer with each queue that there is
      sweepAt = Math.max(FIRST_SWEEP, 2 * queues.size());
    }
    TrackQueue same = queues.get(config.name());
    if (same != null && !same.isEnded()) {
      throw new ConfigException(
          "queue '"
              + config.name()
              + "': is open on this track; use it (Track.queue answers it), close it, or choose"
              + " another name");
    }
    TrackQueue queue = opener.apply(config);
    queues.put(config.name(), queue);
    return queue;
  }

  /** Returns the open queues, in the order of their names. */
  public synchronized List<MessageQueue> list() {
    dropEnded();
    return List.copyOf(queues.values());
  }

  private void dropEnded() {
    queues.values().removeIf(TrackQueue::isEnded);
  }

  /**
   * Ends the register: no queue can be opened from now on.
   *
   * @return what is open; nothing if it was ended before
   */
  public synchronized List<MessageQueue> end() {
    List<MessageQueue> open = closed ? List.of() : list();
    closed = true;
    return open;
  }
}
