package io.gpumq.trackb.delivery;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock held for a microsecond or two by threads that come back a hundred thousand times a second:
 * who finds it taken spins before it parks, since being woken would take fifty times as long.
 */
public final class SpinningLock extends ReentrantLock {
  private static final long serialVersionUID = 1L;
  private static final int SPINS = 2_000;

  @Override
  public void lock() {
    for (int i = 0; i < SPINS; i++) {
      if (!isLocked() && tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    super.lock();
  }
}
