package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.waiting.Backoff;
import io.gpumq.trackb.waiting.Waiters;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** A consumer of a ring: its group's share, its batch. */
final class RingConsumer implements Consumer {
  private static final int MAX_POLL = 65_536;

  private final RingQueue queue;
  private final Group group;
  private final String name;
  private final int owner;
  private final RingBatch batch;
  private final Waiters.Line line;
  private final int mostEntries;
  private final Backoff backoff = new Backoff();
  private final Deadline deadline = Deadline.after(Duration.ZERO);
  private final Entrance entrance = new Entrance(this::end);
  private final BooleanSupplier isEnding =
      entrance::isEnding; // made once: a poll allocates nothing

  /**
   * @param line in which it waits for entries
   */
  RingConsumer(
      RingQueue queue, Group group, String name, int owner, RingBatch batch, Waiters.Line line) {
    this.queue = queue;
    this.group = group;
    this.name = name;
    this.owner = owner;
    this.batch = batch;
    this.line = line;
    this.mostEntries = queue.geometry().readAreaSlots();
  }

  @Override
  public String group() {
    return group.name();
  }

  @Override
  public String name() {
    return name;
  }

  /** Returns the group that it reads; another may have had its name before, or have it since. */
  Group of() {
    return group;
  }

  /** Returns its number: no other open consumer of its ring has it. */
  int owner() {
    return owner;
  }

  /** Returns whether it is closed, or will be when the call under way returns. */
  boolean isEnding() {
    return entrance.isEnding();
  }

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    requireMax(max);
    Deadline.require("wait", wait);
    int most = Math.min(max, mostEntries);
    enter();
    try {
      batch.release();
      Batch taken = take(most);
      if (taken != null || wait.isZero()) {
        return taken != null ? taken : batch.none();
      }
      deadline.restart(wait);
      backoff.reset();
      while (taken == null && !deadline.isPassed()) {
        taken = takeNext(most);
      }
      return taken != null ? taken : batch.none();
    } finally {
      leave();
    }
  }

  /** Waits a little, or in line for as long as it takes, and looks again. */
  private Batch takeNext(int most) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (backoff.spin()) {
      return take(most);
    }
    line.await(deadline, isEnding);
    try {
      return take(most);
    } finally {
      line.done();
    }
  }

  /** Lets go of the entries of the last poll: their memory may be written again. */
  void release() {
    if (entrance.enterIfOpen()) {
      batch.release();
      leave();
    }
  }

  private Batch take(int most) {
    requireOpen();
    queue.state().requireUsable();
    int taken = 0;
    try {
      taken = group.take(batch.delivery(), most, owner, queue.completed());
    } finally {
      if (taken == 0) {
        batch.reading().letGo(); // also of what a take that failed had leased
      }
    }
    return taken == 0 ? null : load();
  }

  /** What cannot be read now is nobody's: another take finds it at once. */
  private Batch load() {
    try {
      return batch.load();
    } catch (Throwable e) {
      Steps.undo(e, () -> group.takeBack(batch.delivery()), batch::release, queue::changed);
      throw e;
    }
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
      int settled = given.isEmpty() ? 0 : group.acknowledge(batch.delivery());
      queue.changed();
      return settled;
    } finally {
      leave();
    }
  }

  @Override
  public void acknowledge(long sequence) {
    enter();
    try {
      queue.state().requireUsable();
      group.acknowledge(sequence);
      queue.changed();
    } finally {
      leave();
    }
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    Deadline.require("delay", delay);
    enter();
    try {
      queue.state().requireUsable();
      group.refuse(sequence, Deadline.nanos(delay));
      queue.changed();
    } finally {
      leave();
    }
  }

  @Override
  public void giveBack(long sequence, Duration delay) {
    Deadline.require("delay", delay);
    enter();
    try {
      queue.state().requireUsable();
      group.giveBack(sequence, Deadline.nanos(delay));
      queue.changed();
    } finally {
      leave();
    }
  }

  @Override
  public void close() {
    entrance.end();
    line.wakeAll(); // a call that waits
  }

  private void end() {
    Steps steps = new Steps();
    steps
        .run(() -> group.abandon(owner))
        .run(batch::close)
        .run(() -> queue.forget(this, batch.reading()))
        .run(queue::changed)
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
  }

  private void requireOpen() {
    if (entrance.isEnding()) {
      throw new QueueClosedException(
          "consumer '" + name + "' of group '" + group.name() + "' is closed; open another");
    }
  }

  static void requireMax(int max) {
    if (max < 1 || max > MAX_POLL) {
      throw new ConfigException("max " + max + ": must be between 1 and " + MAX_POLL);
    }
  }
}
