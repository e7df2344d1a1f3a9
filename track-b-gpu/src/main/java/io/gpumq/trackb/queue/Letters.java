package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.OpenQueues;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.link.Move;
import io.gpumq.trackb.log.Claimer;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.MovedEntries;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the dead letters of a queue go: to another queue, which is opened when it is first wanted,
 * and again when it was closed. Safe for use by many threads, which hold no lock.
 */
final class Letters {
  private final QueueConfig config;
  private final OpenQueues<OpenQueue> queues;
  private final AtomicLong written = new AtomicLong();

  /** As it was found last; {@code null} before. */
  private volatile Queue found;

  /**
   * @param config of the queue whose letters these are
   */
  Letters(QueueConfig config, OpenQueues<OpenQueue> queues) {
    this.config = config;
    this.queues = queues;
  }

  /**
   * Returns the queue, opened if need be.
   *
   * @throws ConfigException if that of its name keeps no letters
   * @throws io.gpumq.api.TrackFailedException if the track is closed
   */
  Queue queue() {
    Queue queue = found;
    if (queue == null || queue.isEnded()) {
      queue = queues.lettersOf(config).queue();
      found = queue;
    }
    return queue;
  }

  /** Begins with so many that were written. */
  void begin(long before) {
    written.set(before);
  }

  /** Letters that were written. */
  long written() {
    return written.get();
  }

  /** Whether none of a lane would find room now. Opens nothing, waits for nothing. */
  boolean isFull(Lane from) {
    Queue queue = found;
    return queue != null && !queue.isEnded() && !hasRoom(laneOf(queue, from));
  }

  /**
   * Writes the letter of an entry, which is kept until this returns: then it has landed. Waits for
   * the device.
   *
   * @return false if there is no room
   */
  boolean put(Lane from, long sequence, DeadLetter letter) {
    if (queues.isClosed()) {
      return false; // the track ends: nobody would read it
    }
    Lane to = laneOf(queue(), from);
    to.ring().requireRunning();
    MovedEntries source = from.log().moved();
    if (!source.beginCopy()) {
      return false; // its queue has ended meanwhile
    }
    boolean isPut = false;
    Hold hold = from.groups().holds().join(sequence); // its place stays
    try {
      isPut = to.queue().looks().at(() -> putInto(to, from, sequence, letter), () -> false);
    } finally {
      from.groups().holds().leave(hold);
      source.endCopy();
    }
    if (isPut) {
      written.incrementAndGet();
      to.queue().changed();
    }
    return isPut;
  }

  private static boolean putInto(Lane to, Lane from, long sequence, DeadLetter letter) {
    Heading heading = hasRoom(to) ? Heading.of(from, sequence) : null;
    if (heading == null) {
      return false;
    }
    Move move = new Move(to.log().ring());
    if (!move.begin(heading.payload(), LetterText.heading(letter, heading))) {
      return false;
    }
    Joining joining = new Joining(to);
    try {
      if (to.log().moved().append(move, joining) != EntryLog.Room.ENOUGH) {
        return false;
      }
    } finally {
      move.end();
    }
    to.log().progress().awaitLanded(joining.sequence, to.ring()::requireRunning);
    return true;
  }

  /** One that is closing takes no more; when it has closed, the next letter opens it anew. */
  private static boolean hasRoom(Lane to) {
    return to.queue().state().takesMore() && to.hasRoom();
  }

  /** Those of one lane stay in order. */
  private static Lane laneOf(Queue queue, Lane from) {
    return queue.lane(from.number() & queue.config().lanes() - 1);
  }

  private static final class Joining implements Claimer {
    private final Lane lane;
    private long sequence;

    private Joining(Lane lane) {
      this.lane = lane;
    }

    @Override
    public void requireOpen() {
      lane.queue().state().requireOpen();
    }

    @Override
    public void next(long next) {
      sequence = next;
    }
  }
}
