package io.gpumq.spi.waiting;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Waiting;
import io.gpumq.api.Waiting.Outcome;
import io.gpumq.spi.Deadline;
import java.time.Duration;

/**
 * Those who wait for one thing, in the order in which they came. Its timer says when it is to be
 * looked at though nobody rings.
 */
public final class Line extends Timer {
  private final Waiters waiters;
  private final Bell bell;

  /** Written under the waiters. */
  private volatile Source source;

  // Guarded by the waiters.
  private Waiter first;
  private Waiter last;
  private long arrivals;

  /** How many things those may take whose turn it is. */
  private long taking;

  private boolean isEnded;

  /** Whether the poller looks at it in each of its turns. */
  boolean isActive;

  /** When something happened there last, as {@link System#nanoTime} tells it. */
  long stirredNanos;

  /** Whether somebody has waited without a thread: such a one may come back at any time. */
  private volatile boolean hasListeners;

  /** Whether a turn has ended there since the last look began. */
  private boolean hasTurnEnded;

  Line(Waiters waiters, Bell bell, Source source) {
    this.waiters = waiters;
    this.bell = bell;
    this.source = source;
  }

  Waiters waiters() {
    return waiters;
  }

  Bell bell() {
    return bell;
  }

  Source source() {
    return source;
  }

  /**
   * Waits for one's turn without a thread.
   *
   * @param max how many of what there is the listener takes at most, 1 or more
   * @param limit how long at most, zero or more, of any length
   * @param listener is told once, by the poller, unless the wait is cancelled before
   * @throws ConfigException if {@code max} or {@code limit} is out of its range
   */
  public Waiting join(int max, Duration limit, Waiting.Listener listener) {
    if (max < 1) {
      throw new ConfigException("max " + max + ": must be 1 or more");
    }
    Deadline.require("limit", limit);
    Listening waiter = new Listening(listener);
    waiter.most = max;
    hasListeners = true;
    waiters.join(this, waiter, limit);
    return waiter;
  }

  /** Whether somebody ever waited here without a thread: who has passed its turn may wait again. */
  public boolean hasListeners() {
    return hasListeners;
  }

  /** Has another be asked from now on; a look at the one before may still be under way. */
  public void ask(Source other) {
    synchronized (waiters) {
      source = other;
    }
  }

  /**
   * {@link #ask}, if nobody has its turn, and nobody waits or there is nothing for those who do, as
   * was found last; returns whether that is so.
   */
  public boolean askIfIdle(Source other) {
    synchronized (waiters) {
      boolean isIdle = taking == 0 && !isActive;
      source = isIdle ? other : source;
      return isIdle;
    }
  }

  /** Nothing comes any more: whoever waits is told, and whoever comes. */
  public void end() {
    synchronized (waiters) {
      isEnded = true;
      if (!isEmpty()) { // else nobody would look, and it would be kept for ever
        waiters.activate(this);
      }
    }
  }

  // ---- the rest holds the waiters' monitor

  boolean isEmpty() {
    return first == null;
  }

  boolean isEnded() {
    return isEnded;
  }

  /** A look begins. */
  void noteTurns() {
    hasTurnEnded = false;
  }

  boolean hasTurnEnded() {
    return hasTurnEnded;
  }

  /** Whether one more may be told where there are so many things. */
  boolean isLeft(int ready) {
    return ready > taking;
  }

  void add(Waiter waiter) {
    waiter.line = this;
    waiter.arrival = arrivals++;
    insert(waiter, last);
  }

  /** Puts one back who had its turn: all that are before it in line now had theirs, too. */
  void addAgain(Waiter waiter) {
    Waiter before = null;
    for (Waiter at = first; at != null && at.arrival < waiter.arrival; at = at.behind) {
      before = at;
    }
    insert(waiter, before);
  }

  private void insert(Waiter waiter, Waiter before) {
    waiter.state = Waiter.State.WAITING;
    waiter.before = before;
    waiter.behind = before == null ? first : before.behind;
    if (before == null) {
      first = waiter;
    } else {
      before.behind = waiter;
    }
    if (waiter.behind == null) {
      last = waiter;
    } else {
      waiter.behind.before = waiter;
    }
  }

  void remove(Waiter waiter, Waiter.State becomes) {
    waiter.state = becomes;
    if (waiter.before == null) {
      first = waiter.behind;
    } else {
      waiter.before.behind = waiter.behind;
    }
    if (waiter.behind == null) {
      last = waiter.before;
    } else {
      waiter.behind.before = waiter.before;
    }
    waiter.before = null;
    waiter.behind = null;
  }

  /** Takes out the first, who is to be told that it is its turn; there is one. */
  Waiter beginTurn() {
    Waiter waiter = first;
    remove(waiter, Waiter.State.ITS_TURN);
    taking += waiter.most;
    return waiter;
  }

  /** Takes out the first, who is to be told that nothing comes; there is one. */
  Waiter takeFirst() {
    Waiter waiter = first;
    remove(waiter, Waiter.State.GONE);
    return waiter;
  }

  void pass(Waiter waiter) {
    waiter.state = Waiter.State.PASSED;
    taking -= waiter.most;
    hasTurnEnded = true;
    waiters.activate(this);
  }

  void timeOver(Waiter waiter) {
    remove(waiter, Waiter.State.GONE);
    waiters.willTell(waiter, Outcome.TIME_OVER);
  }

  @Override
  void expire() {
    waiters.activate(this);
  }
}
