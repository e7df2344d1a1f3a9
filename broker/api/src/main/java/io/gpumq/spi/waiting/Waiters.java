package io.gpumq.spi.waiting;

import io.gpumq.api.Waiting;
import io.gpumq.api.Waiting.Outcome;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Those who wait on the queues of a track, with a thread or without. One thread, the {@link
 * Poller}, looks for all of them, so that a hundred thousand cost no more than one.
 *
 * <p>They stand in {@link Line}s: one for each thing that can be waited for. The poller asks the
 * {@link Source} of a line for how many there is something, and tells the first ones, as many as
 * take what is there. So nobody is told in vain, and in the order in which they came. It looks at a
 * line for a while after something has happened there, and for as long as something is under way.
 * Then the line sleeps until its {@link Bell} rings, or until the time that the source names.
 *
 * <p>Safe for use by many threads. The monitor of this object guards all of it, and is held for
 * nothing that takes long.
 */
public final class Waiters {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** A line where nothing has happened for so long may sleep, and so may the poller. */
  private static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final long start = System.nanoTime();
  private final long turnNanos;
  private final TimerWheel wheel = new TimerWheel();

  /** Lines in which somebody waits. */
  private final Set<Line> occupied = new HashSet<>();

  /** Those of them that the poller looks at; others sleep. */
  private final List<Line> active = new ArrayList<>();

  // Who is to be told what.
  private final ArrayDeque<Waiter> told = new ArrayDeque<>();
  private final ArrayDeque<Outcome> outcomes = new ArrayDeque<>();

  /** {@code null} while there is none. */
  private Thread poller;

  /** When the poller's turn began, and when something has happened last. */
  private long turnBegun = start;

  private long stirred = start;

  /** Whether that was since the turn began. */
  private boolean isStirred;

  private boolean isParked;

  /** Makes one for a track. */
  public Waiters() {
    this(Duration.ofMillis(Waiting.TURN_MILLIS));
  }

  /**
   * @param turn how long a turn lasts at most
   */
  Waiters(Duration turn) {
    turnNanos = turn.toNanos();
  }

  /** Makes a bell, for one queue. */
  public Bell bell() {
    return new Bell(this);
  }

  /** Looks at every line: something has changed that concerns many queues. */
  public synchronized void ringAll() {
    occupied.forEach(this::activate);
  }

  /** Looks at once where something is under way: what many wait for may have come. */
  public synchronized void stir() {
    stirred(System.nanoTime());
  }

  synchronized void rung(Bell bell) {
    bell.lines().forEach(this::activate);
  }

  /**
   * Puts one at the end of a line.
   *
   * @param limit how long it waits, or {@code null} for one that counts its time itself
   */
  synchronized void join(Line line, Waiter waiter, Duration limit) {
    occupy(line);
    line.add(waiter);
    waiter.limit = limit == null ? TimerWheel.NEVER : after(Deadline.nanos(limit));
    awaitLimit(waiter);
    activate(line);
  }

  private void awaitLimit(Waiter waiter) {
    if (waiter.limit <= TimerWheel.LAST) {
      wheel.add(waiter, waiter.limit);
    }
  }

  /** Returns whether it was waiting; then it is not told any more. */
  synchronized boolean cancel(Waiter waiter) {
    if (waiter.state != Waiter.State.WAITING) {
      return false;
    }
    wheel.remove(waiter);
    waiter.line.remove(waiter, Waiter.State.GONE);
    if (waiter.line.isEmpty() && !waiter.line.isActive) {
      leaveAlone(waiter.line);
    }
    return true;
  }

  synchronized void pass(Waiter waiter) {
    if (waiter.state == Waiter.State.ITS_TURN) {
      wheel.remove(waiter);
      waiter.line.pass(waiter);
    }
  }

  synchronized void waitAgain(Waiter waiter) {
    pass(waiter);
    if (waiter.state == Waiter.State.PASSED) {
      Line line = waiter.line;
      occupy(line);
      line.addAgain(waiter);
      awaitLimit(waiter);
      activate(line);
    }
  }

  /** Somebody is about to wait there. Where it fails nothing is changed. */
  private void occupy(Line line) {
    startPoller();
    if (occupied.add(line)) {
      line.bell().lines().add(line);
    }
  }

  private void startPoller() {
    if (poller == null) {
      Thread thread = new Thread(new Poller(this), "gpumq-poller");
      thread.setDaemon(true);
      thread.start();
      poller = thread; // behind the start: where that fails, the next to wait tries again
    }
  }

  // ---- for lines, which hold the monitor

  /** Has the poller look at a line in each of its turns, and now. */
  void activate(Line line) {
    line.stirredNanos = System.nanoTime();
    if (!line.isActive) {
      line.isActive = true;
      wheel.remove(line);
      active.add(line);
    }
    stirred(line.stirredNanos);
  }

  private void stirred(long now) {
    stirred = now;
    isStirred = true;
    if (isParked) {
      isParked = false;
      LockSupport.unpark(poller);
    }
  }

  void willTell(Waiter waiter, Outcome outcome) {
    told.add(waiter);
    outcomes.add(outcome);
  }

  // ---- for the poller

  /** Lets timers expire; returns whether something has happened a short while ago. */
  synchronized boolean beginTurn() {
    turnBegun = System.nanoTime();
    isStirred = false;
    wheel.advance(now());
    return !isQuiet(stirred);
  }

  private boolean isQuiet(long since) {
    return turnBegun - since >= QUIET_NANOS;
  }

  /** Returns the line at an index of those to be looked at, or {@code null}. */
  synchronized Line active(int index) {
    return index < active.size() ? active.get(index) : null;
  }

  /** Before a look at a line: returns whether it has been quiet for so long that it may sleep. */
  synchronized boolean beginLook(Line line) {
    boolean isQuiet = isQuiet(line.stirredNanos);
    if (isQuiet) {
      line.bell().want(); // before the look: what changes behind it is rung for
    }
    line.noteTurns();
    return isQuiet;
  }

  /**
   * Takes out of a line who is to be told, now that a look has found something for so many. Nobody,
   * if a turn has ended meanwhile: what was found may be what that has taken.
   *
   * @param index of the line; it may be another's afterwards
   * @return whether the line may sleep, as at the look's beginning
   */
  synchronized boolean found(int index, int ready) {
    Line line = active.get(index);
    if (line.hasTurnEnded()) {
      return false;
    }
    if (line.isEnded() || ready == Source.ENDED) {
      while (!line.isEmpty()) {
        Waiter waiter = line.takeFirst();
        wheel.remove(waiter);
        willTell(waiter, Outcome.ENDED);
      }
    }
    while (!line.isEmpty() && line.isLeft(ready)) {
      Waiter waiter = line.beginTurn();
      line.stirredNanos = turnBegun;
      wheel.remove(waiter);
      wheel.add(waiter, after(turnNanos));
      willTell(waiter, Outcome.READY);
    }
    if (line.isEmpty()) {
      deactivate(index);
      leaveAlone(line);
      return true;
    }
    return isQuiet(line.stirredNanos);
  }

  /** Lets a line sleep, unless something has happened since it was looked at. */
  synchronized void sleep(int index, long nanosToLook) {
    Line line = active.get(index);
    if (isQuiet(line.stirredNanos)) {
      deactivate(index);
      if (nanosToLook < TimerWheel.LAST) {
        wheel.add(line, after(nanosToLook));
      }
    }
  }

  private void deactivate(int index) {
    active.get(index).isActive = false;
    Line last = active.remove(active.size() - 1);
    if (index < active.size()) {
      active.set(index, last);
    }
  }

  private void leaveAlone(Line line) {
    wheel.remove(line);
    occupied.remove(line);
    line.bell().lines().remove(line);
  }

  /** Tells all who are to be told; returns whether there was one. */
  boolean tell(Poller by) {
    boolean some = false;
    while (true) {
      Waiter waiter;
      Outcome outcome;
      synchronized (this) {
        waiter = told.poll();
        outcome = outcomes.poll();
      }
      if (waiter == null) {
        return some;
      }
      some = true;
      try {
        waiter.tell(outcome);
      } catch (Throwable e) {
        pass(waiter);
        by.failed(e);
      }
    }
  }

  /**
   * Parks until something happens, or a timer is due.
   *
   * @param most how long at most while some lines are active
   * @param linger how long while nobody waits; then the poller is needed no more
   * @return whether it is needed
   */
  boolean park(long most, long linger) {
    long nanos;
    synchronized (this) {
      if (isStirred) {
        return true;
      }
      long next = wheel.next();
      nanos = active.isEmpty() ? Long.MAX_VALUE : most;
      if (next != TimerWheel.NEVER) {
        nanos = Math.min(nanos, next * TICK_NANOS - (System.nanoTime() - start));
      } else if (occupied.isEmpty() && linger <= 0) {
        poller = null;
        return false;
      } else if (occupied.isEmpty()) {
        nanos = linger;
      }
      isParked = true;
    }
    LockSupport.parkNanos(this, nanos);
    synchronized (this) {
      isParked = false;
    }
    return true;
  }

  private long now() {
    return (System.nanoTime() - start) / TICK_NANOS;
  }

  /** The tick by which so many nanoseconds have passed, or one that is never reached. */
  private long after(long nanos) {
    long ticks = nanos / TICK_NANOS + 2; // of the first and the last a part may be over
    return Math.min(TimerWheel.NEVER, now() + ticks);
  }
}
