package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps the open queues of one track, by name, with the same rules on every track. Safe for use by
 * many threads, which open one queue after the other.
 */
public final class OpenQueues<Q extends TrackQueue> {
  private final String track;
  private final PayloadLimit payloads;
  private final Function<QueueConfig, Q> opener;
  private final ConcurrentMap<String, Q> queues = new ConcurrentSkipListMap<>();

  /** Guarded by this object when written. */
  private volatile boolean closed;

  /**
   * Makes a register of nothing.
   *
   * @param track the track's name, for errors
   * @param payloads what its queues may take
   * @param opener makes a queue, and calls nothing here; what it throws reaches the caller
   */
  public OpenQueues(String track, PayloadLimit payloads, Function<QueueConfig, Q> opener) {
    this.track = track;
    this.payloads = payloads;
    this.opener = opener;
  }

  /**
   * Opens a queue and keeps it.
   *
   * @param config what it is to be
   * @throws ConfigException if one of that name is open, its payloads may be larger than the
   *     track's, or that which it names for its dead letters keeps none
   * @throws TrackFailedException if the track is closed
   */
  public synchronized Q open(QueueConfig config) {
    if (openOf(config.name()) != null) {
      throw new ConfigException(
          "queue '"
              + config.name()
              + "': is open on this track; use it (Track.queue answers it), close it, or choose"
              + " another name");
    }
    payloads.require(config);
    requireKeepsLetters(config, openOf(config.deadLetters()));
    return openNew(config);
  }

  /**
   * Returns the queue of another's dead letters, and opens it if it is not open.
   *
   * @param config of the other
   * @throws ConfigException if it is open, and keeps no letters
   * @throws TrackFailedException if the track is closed
   */
  public synchronized Q lettersOf(QueueConfig config) {
    Q letters = openOf(config.deadLetters());
    requireKeepsLetters(config, letters);
    return letters != null ? letters : openNew(config.ofDeadLetters());
  }

  private static void requireKeepsLetters(QueueConfig config, TrackQueue letters) {
    if (letters != null && !letters.config().keepsLetters()) {
      throw new ConfigException(
          "dead-letters '"
              + config.deadLetters()
              + "' of queue '"
              + config.name()
              + "': a queue of that name is open and keeps messages; name another, or close that"
              + " one");
    }
  }

  private Q openNew(QueueConfig config) {
    if (closed) {
      throw new TrackFailedException("track " + track + " is closed; open another");
    }
    Q queue = opener.apply(config);
    queues.put(config.name(), queue);
    return queue;
  }

  /** Returns the open queue of that name, or {@code null}. */
  private Q openOf(String name) {
    Q queue = queues.get(name);
    return queue == null || queue.isEnded() ? null : queue;
  }

  /** Returns the open queue of that name, if there is one. */
  public synchronized Optional<Q> find(String name) {
    return Optional.ofNullable(openOf(name));
  }

  /**
   * Returns the open queue of that name, to which a dead letter is to be replayed.
   *
   * @throws QueueClosedException if there is none
   */
  public Q require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new QueueClosedException(
                    "queue '" + name + "' is not open on this track; open it, and replay then"));
  }

  /** Returns whether no queue can be opened any more. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns the open queues, in the order of their names. */
  public synchronized List<Q> list() {
    return queues.values().stream().filter(queue -> !queue.isEnded()).toList();
  }

  /** Tells of each that is open. Waits for no opening: one that is being opened may be left out. */
  public void each(Consumer<? super Q> visitor) {
    queues.values().forEach(visitor);
  }

  /** Forgets a queue that has ended: one of its name may be open again. Waits for no opening. */
  public void forget(TrackQueue ended) {
    queues.remove(ended.name(), ended);
  }

  /**
   * Ends the register: no queue can be opened from now on.
   *
   * @return what is open; nothing if it was ended before
   */
  public synchronized List<Q> end() {
    List<Q> open = closed ? List.of() : list();
    closed = true;
    return open;
  }
}
