package io.gpumq.trackb.link;

import io.gpumq.trackb.waiting.SpinningLock;

/**
 * Where the latest entries of a lane lie in the window: runs in the order of their sequences, of
 * which the oldest give way. What a run tells of is there until its chunk is filled anew. Safe for
 * use by many threads.
 */
public final class NearRuns {
  private static final int FIRST_SIZE = 4;

  /** More of a lane's runs than the window has room for would only be looked through. */
  private static final int MOST = 1024;

  private final SpinningLock lock = new SpinningLock();

  /** A ring of a power of two, made when first wanted. Guarded by the lock, as is the rest. */
  private NearRun[] runs = {};

  private int head;
  private int size;

  /** Adds a run behind all others. */
  public void add(Run run) {
    lock.lock();
    try {
      if (size == 0 || !get(size - 1).extendBy(run)) {
        append(run);
      }
    } finally {
      lock.unlock();
    }
  }

  private void append(Run run) {
    if (size == MOST) {
      head = head + 1 & MOST - 1;
      size--;
    } else if (size == runs.length) {
      grow();
    }
    int index = head + size & runs.length - 1;
    if (runs[index] == null) {
      runs[index] = new NearRun();
    }
    runs[index].set(run);
    size++;
  }

  private void grow() {
    NearRun[] more = new NearRun[Math.max(FIRST_SIZE, 2 * size)];
    for (int i = 0; i < size; i++) {
      more[i] = get(i);
    }
    runs = more;
    head = 0;
  }

  private NearRun get(int index) {
    return runs[head + index & runs.length - 1];
  }

  /**
   * Finds the run of a sequence, and holds its part of the window until {@link NearRun#letGo}.
   *
   * @param into is set to the run, from here to the end that it has now
   * @return whether it is there
   */
  public boolean hold(long sequence, NearRun into) {
    lock.lock();
    try {
      NearRun found = find(sequence);
      if (found == null) {
        return false;
      }
      into.set(found);
    } finally {
      lock.unlock();
    }
    return into.tryHold(); // which tells whether the chunk was filled anew meanwhile
  }

  private NearRun find(long sequence) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (get(middle).end() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < size && get(low).has(sequence) ? get(low) : null;
  }
}
