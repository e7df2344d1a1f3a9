package io.gpumq.spi.waiting;

import io.gpumq.api.Waiting.Outcome;
import io.gpumq.spi.Deadline;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits in line with a thread, which sleeps. For one thread at a time, used again for each wait;
 * any thread may {@link #wake} it.
 */
public final class Sleeper extends Waiter {
  private volatile Thread thread;

  /** Whether it was told, or woken, since its wait began. */
  private volatile boolean isAwake;

  /**
   * Waits for its turn, the end of the time, or the end of the wait. Whichever it was, the caller
   * looks for itself, then calls {@link #done}.
   *
   * @param most how many of what there is it takes at most
   * @param over whether there is nothing to wait for any more. A thread that makes it true calls
   *     {@link #wake} next: that finds this wait begun, or this wait, which asks behind its
   *     beginning, finds it true
   */
  public void await(Line in, int most, Deadline deadline, BooleanSupplier over)
      throws InterruptedException {
    this.most = most;
    thread = Thread.currentThread();
    isAwake = false;
    in.waiters().join(in, this, null);
    try {
      while (!isAwake && !over.getAsBoolean() && !deadline.isPassed()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(in, deadline.remainingNanos());
      }
    } catch (Throwable e) {
      done(); // nobody waits for its turn
      throw e;
    } finally {
      in.waiters().cancel(this);
      thread = null;
    }
  }

  /** It has looked, behind a wait or without one: the next in line may be told. */
  public void done() {
    if (line != null) {
      line.waiters().cancel(this);
      line.waiters().pass(this);
    }
  }

  /** Ends its wait, if it is in one: it looks for itself. */
  public void wake() {
    isAwake = true;
    LockSupport.unpark(thread);
  }

  @Override
  void tell(Outcome outcome) {
    wake();
  }
}
