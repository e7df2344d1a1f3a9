package io.gpumq.trackb.waiting;

import io.gpumq.spi.Deadline;
import io.gpumq.spi.Log;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Those who wait on the queues of a track: they park, and one thread, {@code gpumq-waker}, looks
 * for all of them. A thousand that wait cost no more than one.
 *
 * <p>They stand in {@link Line}s: one for each thing that can be waited for. The waker looks at
 * each line in which somebody stands, and wakes the first of it when there is something; the next
 * when that one has had its turn. So nobody is woken in vain, and they are served in the order in
 * which they came. The waker asks whether there is something, not whether there was news: so no
 * news can be missed.
 *
 * <p>It looks all the time for a while after something happened, then ever more seldom, down to
 * {@link #MAX_PARK_NANOS}; {@link Bell#ring()} makes it look at once. It ends when nobody has
 * waited for a second. Safe for use by many threads.
 */
public final class Waiters {
  private static final Log LOG = Log.of(Waiters.class);
  private static final int SPINS = 100;
  private static final int YIELDS = 200;
  private static final long MIN_PARK_NANOS = 20_000;

  /** What nobody rings for, such as the end of a lease, is noticed so late at most. */
  private static final long MAX_PARK_NANOS = 4_000_000;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Lines in which somebody stands. */
  private final List<Line> lines = new CopyOnWriteArrayList<>();

  /** For what those of any queue may wait for. */
  private final Bell common = new Bell(this);

  /** Guarded by this object when written; {@code null} while there is no waker. */
  private volatile Thread waker;

  /** What one queue's threads ring when something has changed that others may wait for. */
  public static final class Bell {
    private final Waiters waiters;

    /** Whether the waker sleeps and wants to hear of this queue. */
    private volatile boolean wanted;

    public Bell(Waiters waiters) {
      this.waiters = waiters;
    }

    /** Makes the waker look, if it sleeps: something has changed. */
    public void ring() {
      VarHandle.fullFence();
      ringBehindFence();
    }

    /**
     * {@link #ring} where a full fence lies behind the change: that is seen by the look which the
     * waker takes between setting {@link #wanted} and its sleep, or its wish is seen here.
     */
    public void ringBehindFence() {
      if (wanted) {
        wanted = false;
        LockSupport.unpark(waiters.waker);
      }
    }

    /**
     * Makes a line of those who wait for one thing.
     *
     * @param ready whether there is something for them: waits for nothing
     */
    public Line line(BooleanSupplier ready) {
      return waiters.new Line(this, ready);
    }
  }

  /** Those who wait for one thing, in the order in which they came. */
  public final class Line {
    private final Bell bell;
    private final BooleanSupplier ready;

    // Guarded by this line.
    private final ArrayDeque<Place> places = new ArrayDeque<>();
    private boolean isOneAwake;

    private Line(Bell bell, BooleanSupplier ready) {
      this.bell = bell;
      this.ready = ready;
    }

    /**
     * Waits for one's turn, the end of the time, or the end of the wait. Whichever it was, the
     * caller looks for itself, then calls {@link #done}.
     *
     * @param over whether there is nothing to wait for any more. A thread that makes it true calls
     *     {@link #wakeAll} next: that finds this caller in line, or this caller, which asks behind
     *     its joining, finds it true. Both use this line's monitor
     */
    public void await(Deadline deadline, BooleanSupplier over) throws InterruptedException {
      Place place = new Place(Thread.currentThread());
      try {
        join(place); // it fails where no thread can be started: then this place must not stay
        while (!place.isAwake && !over.getAsBoolean() && !deadline.isPassed()) {
          if (Thread.interrupted()) {
            leave(place); // first: behind it nobody can wake this one, and wait for its turn
            done();
            throw new InterruptedException();
          }
          LockSupport.parkNanos(this, deadline.remainingNanos());
        }
      } finally {
        leave(place);
      }
    }

    private void join(Place place) {
      synchronized (this) {
        places.addLast(place);
        if (places.size() == 1) {
          lines.add(this);
        }
      }
      startWaker();
      LockSupport.unpark(waker);
    }

    private synchronized void leave(Place place) {
      if (places.remove(place) && places.isEmpty()) {
        lines.remove(this);
      }
    }

    /** Whoever was awake has looked: the next may be woken. */
    public synchronized void done() {
      isOneAwake = false;
    }

    /** Wakes everybody, to look for themselves. */
    public synchronized void wakeAll() {
      places.forEach(Place::wake);
    }

    /** Wakes the first if there is something for it and nobody else is about to take it. */
    private boolean look() {
      synchronized (this) {
        if (isOneAwake || places.isEmpty()) {
          return false;
        }
      }
      if (!isReady()) {
        return false;
      }
      synchronized (this) {
        if (places.isEmpty()) {
          return false;
        }
        isOneAwake = true;
        places.peekFirst().wake();
        return true;
      }
    }

    /** A queue that has failed or closed is ready, too: the one that is woken finds out. */
    private boolean isReady() {
      try {
        return ready.getAsBoolean();
      } catch (OutOfMemoryError e) {
        return false; // who is woken now would find none either: later again
      } catch (Throwable e) {
        return true;
      }
    }
  }

  /** The bell that all hear: to be rung where something has changed that no queue has alone. */
  public Bell common() {
    return common;
  }

  private static final class Place {
    private final Thread thread;
    private volatile boolean isAwake;

    private Place(Thread thread) {
      this.thread = thread;
    }

    private void wake() {
      isAwake = true;
      LockSupport.unpark(thread);
    }
  }

  private synchronized void startWaker() {
    if (waker == null) {
      Thread thread = new Thread(new Waker(), "gpumq-waker");
      thread.setDaemon(true);
      thread.start();
      waker = thread; // behind the start: where that fails, the next to wait tries again
    }
  }

  /** Whatever throws, such as for want of memory: those who wait have nobody else. */
  private final class Waker implements Runnable {
    private int turns;
    private long lastNeeded = System.nanoTime();

    /** What ended the last turn, or {@code null}. */
    private Throwable failure;

    private boolean told;

    @Override
    public void run() {
      boolean isNeeded = true;
      while (isNeeded) {
        try {
          isNeeded = turn();
        } catch (Throwable e) {
          failure = e; // told in the next turn: here nothing may throw
        }
      }
    }

    private boolean turn() {
      if (failure != null) {
        LockSupport.parkNanos(MAX_PARK_NANOS);
        tell();
      }
      boolean woke = look();
      long now = System.nanoTime();
      if (!lines.isEmpty()) {
        lastNeeded = now;
      } else if (now - lastNeeded > LINGER_NANOS && endUnlessNeeded()) {
        return false;
      }
      turns = woke ? 0 : turns + 1;
      if (turns > SPINS + YIELDS) {
        turns = sleep(turns) ? 0 : turns;
      } else if (turns > SPINS) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
      return true;
    }

    private void tell() {
      if (!told) {
        LOG.warning("waking those who wait failed, and goes on", failure);
        told = true;
      }
      failure = null;
    }
  }

  /** A line that is joined at the same time finds a waker, or starts one. */
  private synchronized boolean endUnlessNeeded() {
    if (lines.isEmpty()) {
      waker = null;
      return true;
    }
    return false;
  }

  private boolean look() {
    boolean woke = false;
    for (Line line : lines) {
      woke |= line.look();
    }
    return woke;
  }

  /** Parks until a bell rings or some time has passed; returns whether there was something. */
  private boolean sleep(int turns) {
    List<Line> watched = List.copyOf(lines);
    common.wanted = true;
    for (Line line : watched) {
      line.bell.wanted = true; // a volatile write: the look below comes behind it
    }
    boolean rung = look();
    if (!rung) {
      int doublings = Math.min(turns - SPINS - YIELDS, 8);
      LockSupport.parkNanos(Math.min(MIN_PARK_NANOS << doublings, MAX_PARK_NANOS));
    }
    rung |= !common.wanted;
    common.wanted = false;
    for (Line line : watched) {
      rung |= !line.bell.wanted;
      line.bell.wanted = false;
    }
    return rung;
  }
}
