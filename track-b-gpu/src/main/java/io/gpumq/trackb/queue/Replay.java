package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.waiting.Sleeper;
import io.gpumq.trackb.link.Move;
import io.gpumq.trackb.log.Claimer;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.MovedEntries;
import java.time.Duration;
import java.util.Objects;

/**
 * Sends the message of one dead letter once more. Its payload moves within the arena, from the
 * letter to the queue that gave it up.
 *
 * <p>The letter is settled in the step that claims the message: nobody else can settle or replay it
 * between the two. Its reader holds it from there until the message has landed.
 */
final class Replay implements Claimer {
  private final Part from;
  private final Runnable requireOpen;
  private final long letter;
  private final Queue queue;
  private final String group;

  private Lane lane;
  private Heading heading;

  /** The message's, once it is claimed. */
  private long sequence;

  private boolean isAimed;
  private final Sleeper sleeper = new Sleeper();

  /**
   * @param from where the letter lies
   * @param letter its sequence there
   * @param queue that gave it up, which does not fold meanwhile
   * @param requireOpen throws where its reader may do nothing any more
   * @param toAll whether all groups are to see it, whichever gave it up
   * @throws ConfigException if it cannot be: says why
   */
  Replay(
      Part from, long letter, DeadLetter told, Queue queue, boolean toAll, Runnable requireOpen) {
    this.from = from;
    this.letter = letter;
    this.requireOpen = requireOpen;
    this.queue = queue;
    group = toAll || told.group().isEmpty() ? null : told.group();
    lane = queue.laneLike(told.sequence());
    if (group != null && lane.groups().find(group) == null) {
      throw new ConfigException(
          "group '"
              + group
              + "' of queue '"
              + queue.name()
              + "': there is none of that name any more; make it, or replay to all");
    }
  }

  /** Sends it, waiting for room; returns the message's sequence. */
  long send(Duration timeout) throws InterruptedException {
    Deadline deadline = Deadline.after(timeout);
    while (!readAndTrySend()) {
      awaitRoom(deadline, timeout);
    }
    return sequence;
  }

  /**
   * What is held cannot move, nor all behind it: so nothing is while room is waited for, which may
   * have to come together there. Where it lies is read anew each time.
   */
  private boolean readAndTrySend() {
    from.group().hold(letter, from.hold());
    try {
      read();
      return queue.looks().at(this::trySend, this::gone);
    } finally {
      from.hold().letGo();
    }
  }

  /** The queue is closed, or its letters'. */
  private boolean gone() {
    requireOpen();
    throw new QueueClosedException("queue '" + queue.name() + "' is closed");
  }

  private void read() {
    heading =
        Objects.requireNonNull(Heading.of(from.lane(), letter), "what is held is not released");
    if (heading.hasKey()) {
      lane = queue.laneOf(heading.key());
    }
    int most = queue.config().maxPayloadBytes();
    if (heading.length() > most) {
      throw new PayloadTooLargeException(
          "payload of "
              + heading.length()
              + " bytes: must be at most "
              + most
              + " in queue '"
              + queue.name()
              + "', which was opened anew since; open it for larger ones");
    }
  }

  private boolean trySend() {
    MovedEntries source = from.lane().log().moved();
    if (!source.beginCopy()) {
      return gone();
    }
    try {
      return trySendKept();
    } finally {
      source.endCopy();
    }
  }

  private boolean trySendKept() {
    queue.state().requireOpen();
    EntryLog log = lane.log();
    Move move = new Move(log.ring());
    if (!move.begin(heading.payload(), heading.sentNow(log.ring().shape().resultBytes()))) {
      return false;
    }
    boolean isSent = false;
    try {
      log.ring().advance(); // not under the group's lock
      isSent = from.group().settleIf(letter, () -> joins(log, move));
    } finally {
      move.end();
      if (isAimed && !isSent) {
        lane.targets().remove(sequence);
      }
      isAimed = false;
    }
    if (isSent) {
      from.lane().groups().noteSettled();
      queue.sent();
      log.progress().awaitLanded(sequence, lane.ring()::requireRunning);
    } else {
      lane.groups().advance(); // what was settled meanwhile makes room
    }
    return isSent;
  }

  private boolean joins(EntryLog log, Move move) {
    return log.moved().append(move, this) == EntryLog.Room.ENOUGH;
  }

  private void awaitRoom(Deadline deadline, Duration timeout) throws InterruptedException {
    if (deadline.isPassed()) {
      throw new QueueFullException(queue.whyFull(lane, timeout), 0);
    }
    try {
      sleeper.await(lane.room(), 1, deadline, () -> false); // the line's own look finds a close
    } finally {
      sleeper.done();
    }
  }

  @Override
  public void requireOpen() {
    requireOpen.run();
    queue.state().requireOpen();
  }

  @Override
  public void next(long next) {
    sequence = next;
    if (group != null) {
      lane.targets().put(next, group); // before it is published
      isAimed = true;
    }
  }
}
