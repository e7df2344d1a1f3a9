package io.gpumq.trackb.link;

/**
 * Where the latest entries of a lane lie in the window: runs in the order of their sequences, of
 * which the oldest give way. What a run tells of is there until its chunk is filled anew. Safe for
 * use by many threads.
 */
public final class NearRuns {
  private static final int FIRST_SIZE = 4;

  /** More of a lane's runs than the window has room for would only be looked through. */
  private static final int MOST = 1024;

  /** A ring of a power of two, made when first wanted. Guarded by this object, as is the rest. */
  private NearRun[] runs = {};

  private int head;
  private int size;

  /** Adds a run behind all others. */
  public synchronized void add(Run run) {
    if (size > 0 && get(size - 1).extendBy(run)) {
      return;
    }
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
  public synchronized boolean hold(long sequence, NearRun into) {
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
    if (low == size || !get(low).has(sequence)) {
      return false;
    }
    into.set(get(low));
    return into.tryHold();
  }
}
