package io.gpumq.trackb.waiting;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock held for a microsecond or two by threads that come back a hundred thousand times a second.
 * Who finds it taken looks again for some microseconds, then yields some dozen times, and parks
 * only then: being woken takes fifty times as long as the lock is held.
 *
 * <p>No {@link Thread#onSpinWait}: a tight loop around the processor's pause makes a hypervisor
 * take the processor away, for tens of microseconds each time.
 */
public final class SpinningLock extends ReentrantLock {
  private static final long serialVersionUID = 1L;
  private static final int LOOKS = 2_000;
  private static final int YIELDS = 64;

  @Override
  public void lock() {
    if (!tryLock() && !spin()) {
      super.lock();
    }
  }

  private boolean spin() {
    for (int i = 0; i < LOOKS; i++) {
      if (!isLocked() && tryLock()) {
        return true;
      }
    }
    for (int i = 0; i < YIELDS; i++) {
      Thread.yield();
      if (tryLock()) {
        return true;
      }
    }
    return false;
  }
}
