package io.gpumq.trackb.waiting;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread of GpuMQ waits for a word of shared memory, which nobody can wake it on: it spins,
 * then yields, then parks for ever longer, up to a millisecond. For one thread at a time.
 */
public final class Backoff {
  private static final int SPINS = 200;
  private static final int YIELDS = 200;
  private static final long MIN_PARK_NANOS = 20_000;
  private static final long MAX_PARK_NANOS = 1_000_000;

  private int turns;

  /** Begins anew: what was waited for has come. */
  public void reset() {
    turns = 0;
  }

  /** Waits one turn. Returns early when the thread is interrupted. */
  public void pause() {
    if (!spin()) {
      turns++;
      LockSupport.parkNanos(parkNanos());
    }
  }

  /** Waits one turn without parking; returns false once it is time to park. */
  public boolean spin() {
    if (turns >= SPINS + YIELDS) {
      return false;
    }
    if (turns++ < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
    return true;
  }

  /** How long to park in a turn now: longer in each. */
  private long parkNanos() {
    int doublings = Math.min(turns - SPINS - YIELDS, 6);
    return Math.min(MIN_PARK_NANOS << doublings, MAX_PARK_NANOS);
  }
}
