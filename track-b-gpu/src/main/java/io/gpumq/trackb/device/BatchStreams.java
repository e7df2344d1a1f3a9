package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import jcuda.driver.CUstream;

/**
 * The streams of a device's batches. A batch has one while it is at work: so a few connections do
 * for any number of runners. They are taken when they are wanted, and given back by {@link
 * #giveBackAll}. For any thread.
 */
final class BatchStreams {
  /** At work at once: a handler that never returns keeps one. */
  private static final int MOST = 4;

  private final CudaContext context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isBack = lock.newCondition();
  private final Deque<CUstream> idle = new ArrayDeque<>();
  private int taken;

  BatchStreams(CudaContext context) {
    this.context = context;
  }

  /**
   * Takes a stream; waits while all are at work.
   *
   * @throws ConfigException if there is none, and no connection is free for one
   */
  CUstream take() {
    lock.lock();
    try {
      while (idle.isEmpty() && !takeOneMore()) {
        isBack.awaitUninterruptibly();
      }
      return idle.pop();
    } finally {
      lock.unlock();
    }
  }

  /** Takes one more from the context; returns whether there is one. */
  private boolean takeOneMore() {
    if (taken == MOST) {
      return false;
    }
    try {
      idle.push(context.takeStream());
      taken++;
      return true;
    } catch (ConfigException e) {
      if (taken == 0) {
        throw e;
      }
      return false;
    }
  }

  void giveBack(CUstream stream) {
    lock.lock();
    try {
      idle.push(stream);
      isBack.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Gives connections back to the context; none is at work. */
  void giveBackAll() {
    lock.lock();
    try {
      taken -= idle.size();
      idle.forEach(context::giveBackStream);
      idle.clear();
    } finally {
      lock.unlock();
    }
  }
}
