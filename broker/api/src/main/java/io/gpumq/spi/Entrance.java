package io.gpumq.spi;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Guards the way into an object that one thread at a time uses, and any thread may end. It is ended
 * when nobody is inside: by the thread that ends it, or by the one inside when that leaves. What
 * one thread did inside, the next sees. Safe for use by many threads.
 */
public final class Entrance {
  private enum State {
    OPEN,
    INSIDE,
    /** Another thread sees to it for a moment, and one that enters waits for that. */
    VISITED,
    /** Somebody is inside, and is to end it on leaving. */
    ENDING,
    ENDED
  }

  /** What a thread does inside. */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    /** Does it. */
    T run() throws E;
  }

  private static final long LOOK_NANOS = 20_000;

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final Runnable end;

  /** The thread that ends it, or {@code null}. */
  private volatile Thread ender;

  private volatile boolean isOver;

  /**
   * Makes an open one.
   *
   * @param end run once, when nobody is inside and nobody can enter any more
   */
  public Entrance(Runnable end) {
    this.end = end;
  }

  /**
   * Enters, unless it was ended. Waits for a visitor to leave.
   *
   * @return whether it did; then {@link #leave()} must follow
   * @throws IllegalStateException if another thread is inside
   */
  public boolean enter() {
    State seen;
    while ((seen = state.compareAndExchange(State.OPEN, State.INSIDE)) == State.VISITED) {
      Thread.yield();
    }
    if (seen == State.INSIDE) {
      throw new IllegalStateException("another thread uses it now: it is for one at a time");
    }
    return seen == State.OPEN;
  }

  /**
   * Enters, does something, and leaves.
   *
   * @param requireOpen run inside before the call, and where it was ended; throws if it was
   * @throws IllegalStateException if another thread is inside
   */
  public <T, E extends Exception> T inside(Runnable requireOpen, Call<T, E> call) throws E {
    if (!enter()) {
      requireOpen.run();
      throw new IllegalStateException("it was ended");
    }
    try {
      requireOpen.run();
      return call.run();
    } finally {
      leave();
    }
  }

  /**
   * Enters for a moment, on nobody's behalf, if nobody is inside and it was not ended. A thread
   * that enters meanwhile waits until the visitor leaves.
   *
   * @return whether it did; then {@link #leave()} must follow soon
   */
  public boolean visit() {
    return state.compareAndSet(State.OPEN, State.VISITED);
  }

  /** Leaves, and ends it if that was asked for meanwhile. */
  public void leave() {
    if (!state.compareAndSet(State.INSIDE, State.OPEN)
        && !state.compareAndSet(State.VISITED, State.OPEN)) {
      runEnd();
    }
  }

  private void runEnd() {
    ender = Thread.currentThread();
    state.set(State.ENDED); // behind the ender: who sees this sees that
    try {
      end.run();
    } finally {
      isOver = true;
    }
  }

  /**
   * Ends it, now or as soon as nobody is inside. Again is harmless: it waits for the end that
   * another thread is at, but for none that somebody inside has yet to begin.
   */
  public void end() {
    while (!isEnding()) { // somebody may come and go between the two
      if (state.compareAndSet(State.OPEN, State.ENDING)) {
        runEnd();
      } else if (!state.compareAndSet(State.INSIDE, State.ENDING)) {
        state.compareAndSet(State.VISITED, State.ENDING);
      }
    }
    while (isAtEnd(state.get())) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
  }

  /**
   * Waits until nobody is inside, nor at its end. Whoever enters behind that sees what the caller
   * did before.
   */
  public void awaitLeft() {
    while (isAtWork(state.get())) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
  }

  private boolean isAtWork(State seen) {
    boolean isInside = seen == State.INSIDE || seen == State.VISITED || seen == State.ENDING;
    return isInside || isAtEnd(seen);
  }

  /** Whether another thread is at the end of it. */
  private boolean isAtEnd(State seen) {
    return seen == State.ENDED && !isOver && ender != Thread.currentThread();
  }

  /** Returns whether it is ended, or will be when the thread inside leaves. */
  public boolean isEnding() {
    State seen = state.get();
    return seen == State.ENDING || seen == State.ENDED;
  }
}
