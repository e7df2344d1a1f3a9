package io.gpumq.trackb.store;

/** The segments that a lane has now, in the order of its sequences. For the holder of its lock. */
final class SegmentList {
  private static final Segment[] NONE = {};

  /** A ring of a power of two; empty while there is none. */
  private Segment[] all = NONE;

  private int head;
  private int size;

  int size() {
    return size;
  }

  /** From the oldest on. */
  Segment get(int index) {
    return all[head + index & all.length - 1];
  }

  /** Puts one in the place of another. */
  void set(int index, Segment segment) {
    all[head + index & all.length - 1] = segment;
  }

  /** The newest. There must be one. */
  Segment last() {
    return get(size - 1);
  }

  void add(Segment segment) {
    if (size == all.length) {
      Segment[] more = new Segment[Math.max(2, 2 * size)];
      for (int i = 0; i < size; i++) {
        more[i] = get(i);
      }
      all = more;
      head = 0;
    }
    set(size++, segment);
  }

  /** Takes the oldest out, and returns it. */
  Segment removeFirst() {
    Segment first = get(0);
    set(0, null);
    head = head + 1 & all.length - 1;
    size--;
    if (size == 0) {
      clear();
    }
    return first;
  }

  /** Takes the newest out, and returns it. */
  Segment removeLast() {
    Segment last = last();
    cut(size - 1);
    return last;
  }

  /** Leaves the newest out from an index on. */
  void cut(int newSize) {
    while (size > newSize) {
      set(--size, null);
    }
  }

  /** Returns all, from the oldest on. */
  Segment[] toArray() {
    Segment[] each = new Segment[size];
    for (int i = 0; i < size; i++) {
      each[i] = get(i);
    }
    return each;
  }

  void clear() {
    all = NONE;
    head = 0;
    size = 0;
  }

  /** Returns the segment of an entry that was added, or null if it is not there any more. */
  Segment of(long sequence) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (get(middle).first() <= sequence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return size > 0 && get(low).has(sequence) ? get(low) : null;
  }

  /** The index of the first segment that ends behind a sequence. */
  int from(long sequence) {
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
    return low;
  }
}
