package io.gpumq.trackb.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock held for a microsecond or two by threads that come back a hundred thousand times a second.
 * Who finds it taken looks again for some microseconds, then yields some dozen times, and sleeps
 * only then, a little longer than a lock is held. Nobody is woken: that would take fifty times as
 * long, and would have who unlocks look for sleepers behind a fence. It cannot be taken twice by
 * one thread.
 *
 * <p>No {@link Thread#onSpinWait}: a tight loop around the processor's pause makes a hypervisor
 * take the processor away, for tens of microseconds each time.
 */
public class SpinningLock extends Padding {
  private static final VarHandle TAKEN;
  private static final int LOOKS = 2_000;
  private static final int YIELDS = 64;
  private static final long SLEEP_NANOS = 20_000;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(SpinningLock.class, "taken", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile boolean taken;

  /** Takes the lock, and waits for that. */
  public final void lock() {
    if (!tryLock()) {
      spin();
    }
  }

  /** Takes the lock if nobody has it. A full fence, whether it does or not. */
  public final boolean tryLock() {
    return TAKEN.compareAndSet(this, false, true);
  }

  /** Gives the lock back, which the caller has: shows the next what was done under it. */
  public final void unlock() {
    TAKEN.setRelease(this, false); // pairs with the compare-and-set of whoever takes it next
  }

  private void spin() {
    for (int turn = 0; taken || !tryLock(); turn++) {
      if (turn >= LOOKS + YIELDS) {
        LockSupport.parkNanos(this, SLEEP_NANOS);
      } else if (turn >= LOOKS) {
        Thread.yield();
      }
    }
  }
}
