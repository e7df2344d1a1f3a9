package io.gpumq.spi.waiting;

import io.gpumq.spi.Log;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that looks for all who wait on a track. It spins for a moment after something has
 * happened; then it parks, ever longer while something is under way, else until it is needed. It
 * ends when nobody has waited for a second.
 */
final class Poller implements Runnable {
  private static final Log LOG = Log.of(Poller.class);

  /** It yields once in so many turns. */
  private static final int SPINS = 16;

  private static final long MIN_PARK_NANOS = 20_000;
  private static final long MAX_PARK_NANOS = 4_000_000;
  private static final int MOST_DOUBLINGS = 8;
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Waiters waiters;

  /** Turns in which nothing happened, one behind the other. */
  private int turns;

  private int spins;
  private long lastNeeded = System.nanoTime();
  private boolean isFailureTold;

  Poller(Waiters waiters) {
    this.waiters = waiters;
  }

  /** Whatever throws, such as for want of memory: those who wait have nobody else. */
  @Override
  public void run() {
    boolean isNeeded = true;
    while (isNeeded) {
      try {
        isNeeded = turn();
      } catch (Throwable e) {
        LockSupport.parkNanos(MAX_PARK_NANOS);
        failed(e);
      }
    }
  }

  /** Says once that something has failed, as far as that can be said. */
  void failed(Throwable e) {
    if (!isFailureTold) {
      isFailureTold = true;
      try {
        LOG.warning("telling those who wait failed, and goes on", e);
      } catch (Throwable again) {
        // for want of memory: nothing here may throw
      }
    }
  }

  private boolean turn() {
    boolean isBusy = waiters.beginTurn();
    boolean mayPark = lookAtAll();
    isBusy |= waiters.tell(this);
    turns = isBusy ? 0 : turns + 1;
    if (turns > 0 && mayPark) {
      return park();
    }
    if (spins++ % SPINS == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
    return true;
  }

  /** Returns whether each is quiet. */
  private boolean lookAtAll() {
    boolean isQuiet = true;
    int index = 0;
    for (Line line; (line = waiters.active(index)) != null; ) {
      lastNeeded = System.nanoTime();
      isQuiet &= look(index, line);
      index += waiters.active(index) == line ? 1 : 0;
    }
    return isQuiet;
  }

  /** Returns whether the line may sleep, or does. */
  private boolean look(int index, Line line) {
    long nanos = waiters.beginLook(line) ? nanosToLook(line) : Source.AT_ONCE;
    if (!waiters.found(index, ready(line))) {
      return false;
    }
    if (nanos != Source.AT_ONCE && waiters.active(index) == line) {
      waiters.sleep(index, nanos);
    }
    return true;
  }

  private static long nanosToLook(Line line) {
    try {
      return line.source().nanosToLook();
    } catch (Throwable e) {
      return Source.AT_ONCE; // the look behind it says why
    }
  }

  /** Where a look fails, the first in line finds out why. */
  private static int ready(Line line) {
    try {
      return line.source().ready();
    } catch (OutOfMemoryError e) {
      return 0; // who is told now would have none either: later again
    } catch (Throwable e) {
      return 1;
    }
  }

  private boolean park() {
    long most = Math.min(MAX_PARK_NANOS, MIN_PARK_NANOS << Math.min(turns, MOST_DOUBLINGS));
    return waiters.park(most, lastNeeded + LINGER_NANOS - System.nanoTime());
  }
}
