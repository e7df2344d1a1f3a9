package io.gpumq.trackb.queue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import io.gpumq.spi.waiting.Line;
import io.gpumq.spi.waiting.Sleeper;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.waiting.Backoff;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** Reads every lane in turn, by {@link Taking}: a batch comes from one of them. */
final class QueueConsumer implements Consumer {
  private static final int MAX_POLL = 65_536;

  private final Queue queue;
  private final String group;
  private final String name;
  private final int owner;
  private final Part[] parts;
  private final EntryBatch batch;
  private final Taking taking;
  private final Line line;
  private final Sleeper sleeper = new Sleeper();
  private final Backoff backoff = new Backoff();
  private final Deadline deadline = Deadline.after(Duration.ZERO);
  private final Entrance entrance = new Entrance(this::end);
  private final BooleanSupplier isEnding =
      entrance::isEnding; // made once: a poll allocates nothing

  /** Whether it has taken something together with others that is not found yet. */
  private boolean isTaking;

  /**
   * @param owner no other open consumer of its queue has this number
   * @param parts one of each lane
   * @param home the lane that is read first
   * @param line in which it waits for entries
   */
  QueueConsumer(
      Queue queue,
      String group,
      String name,
      int owner,
      Part[] parts,
      int home,
      EntryBatch batch,
      Line line) {
    this.queue = queue;
    this.group = group;
    this.name = name;
    this.owner = owner;
    this.parts = parts;
    this.batch = batch;
    this.line = line;
    this.taking = new Taking(parts, owner, home, batch, queue.hasLarge());
  }

  @Override
  public String group() {
    return group;
  }

  @Override
  public String name() {
    return name;
  }

  /** Returns the group that it reads in a lane; another may have had its name before, or since. */
  Group of(int lane) {
    return parts[lane].group();
  }

  int owner() {
    return owner;
  }

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    requireMax(max);
    Deadline.require("wait", wait);
    enter();
    try {
      batch.release();
      Batch taken = takeAny(max);
      if (taken != null || wait.isZero()) {
        return taken != null ? taken : batch.none();
      }
      deadline.restart(wait);
      backoff.reset();
      while (taken == null && !deadline.isPassed()) {
        taken = takeNext(max);
      }
      return taken != null ? taken : batch.none();
    } finally {
      leave();
    }
  }

  /** Waits a little, or in line for as long as it takes, and looks again. */
  private Batch takeNext(int max) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (backoff.spin()) {
      return takeAny(max);
    }
    sleeper.await(line, max, deadline, isEnding);
    try {
      return takeAny(max);
    } finally {
      sleeper.done();
    }
  }

  private Batch takeAny(int max) {
    requireUsable();
    return taking.take(max);
  }

  /** Whether it is of the track that has this store. */
  boolean isOf(Store store) {
    return queue.store() == store;
  }

  /** Enters, to take together with others; {@link #leaveJointly} must follow. */
  void enterJointly() {
    enter();
    try {
      isTaking = false;
      batch.release();
    } catch (Throwable e) {
      Steps.undo(e, this::leave);
      throw e;
    }
  }

  /**
   * Takes what is there; returns what finds it, or {@code null} if there is nothing.
   *
   * @param mayOwn as {@link EntryFinder#begin} says
   */
  EntryFinder beginJointly(int max, boolean mayOwn) {
    requireUsable();
    isTaking = taking.begin(max, mayOwn);
    return isTaking ? batch.finder() : null;
  }

  /** Returns what it has taken: all that was wanted has been read. */
  Batch endJointly() {
    Batch taken = isTaking ? taking.end() : batch.none();
    isTaking = false;
    return taken;
  }

  /** Gives back what it has taken, whether that is found or not. */
  void undoJointly(Throwable why) {
    if (isTaking || batch.isOut()) {
      isTaking = false;
      taking.undo(why);
    }
  }

  void leaveJointly() {
    leave();
  }

  @Override
  public int acknowledge(Batch given) {
    Objects.requireNonNull(given, "batch");
    enter();
    try {
      queue.state().requireUsable();
      if (!batch.isLast(given)) {
        throw new ConfigException(
            "batch: must be the one of this consumer's last poll; entries of an earlier one can be"
                + " acknowledged by their sequences, while they are pending");
      }
      Part polled = taking.polled();
      int settled = given.isEmpty() ? 0 : polled.group().acknowledge(polled.delivery());
      polled.lane().groups().noteSettled(); // what all have settled gives its memory back
      queue.changed();
      return settled;
    } finally {
      leave();
    }
  }

  @Override
  public void acknowledge(long sequence) {
    change(
        sequence,
        () -> {
          Part part = part(sequence);
          part.group().acknowledge(sequence);
          part.lane().groups().noteSettled();
        });
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    Deadline.require("delay", delay);
    long nanos = Deadline.nanos(delay);
    change(sequence, () -> part(sequence).group().refuse(sequence, nanos));
  }

  @Override
  public void giveBack(long sequence, Duration delay) {
    Deadline.require("delay", delay);
    long nanos = Deadline.nanos(delay);
    change(sequence, () -> part(sequence).group().giveBack(sequence, nanos));
  }

  @Override
  public long replay(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, false);
  }

  @Override
  public long replayToAll(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, true);
  }

  private long replay(Entry letter, Duration timeout, boolean toAll) throws InterruptedException {
    Deadline.require("timeout", timeout);
    enter();
    try {
      queue.state().requireUsable();
      DeadLetter told = batch.requireLetter(letter);
      OpenQueue to = queue.other(told.queue());
      Queue into = to.enter();
      try {
        var replay =
            new Replay(taking.polled(), letter.sequence(), told, into, toAll, this::requireUsable);
        long sequence = replay.send(timeout);
        queue.changed(); // there is room for another letter
        return sequence;
      } finally {
        to.leave();
      }
    } finally {
      leave();
    }
  }

  private void requireUsable() {
    requireOpen();
    queue.state().requireUsable();
  }

  private void change(long sequence, Runnable change) {
    enter();
    try {
      queue.state().requireUsable();
      change.run();
      queue.changed();
    } finally {
      leave();
    }
  }

  private Part part(long sequence) {
    long lane = Lane.of(sequence);
    if (lane >= parts.length) {
      throw new NotPendingException(
          Lane.describe(sequence, parts.length)
              + " is not pending in group "
              + group
              + ": not delivered, the queue has no lane "
              + lane);
    }
    return parts[(int) lane];
  }

  @Override
  public void close() {
    entrance.end();
    sleeper.wake(); // a call that waits
  }

  private void end() {
    Steps steps = new Steps();
    steps.run(taking::leave);
    for (Part part : parts) {
      steps.run(() -> part.group().abandon(owner));
      steps.run(part::leave);
    }
    steps
        .run(batch::close)
        .run(queue::letGo)
        .run(() -> queue.forget(this))
        .run(queue::changed)
        .run(queue::leave)
        .finish();
  }

  private void enter() {
    if (!entrance.enter()) {
      queue.state().requireUsable();
      requireOpen();
    }
  }

  /** Behind the end of its queue a consumer ends with its last batch. */
  private void leave() {
    if (queue.state().isClosed() && !batch.isOut()) {
      entrance.end();
    }
    entrance.leave();
  }

  /**
   * The queue is closed: ends, but for entries that are out, which stay until the next poll. A call
   * that is inside is about to hear of the close, and to leave.
   */
  void endWithQueue() {
    Backoff backoff = new Backoff();
    while (!entrance.isEnding() && !entrance.visit()) {
      backoff.pause();
    }
    if (!entrance.isEnding()) {
      leave();
    }
    entrance.awaitLeft(); // one that was closed in its poll may still be at it
  }

  private void requireOpen() {
    if (entrance.isEnding()) {
      throw new QueueClosedException(
          "consumer '"
              + name
              + "' of group '"
              + group
              + "' is closed, or its group was removed; open another");
    }
  }

  static void requireMax(int max) {
    if (max < 1 || max > MAX_POLL) {
      throw new ConfigException("max " + max + ": must be between 1 and " + MAX_POLL);
    }
  }
}
