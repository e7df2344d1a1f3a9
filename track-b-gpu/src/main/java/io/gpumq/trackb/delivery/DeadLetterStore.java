package io.gpumq.trackb.delivery;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The dead letters of one queue, in memory, oldest first. Safe for use by many threads. */
public final class DeadLetterStore implements DeadLetters {
  private final int capacity;
  private final ArrayDeque<DeadLetter> letters = new ArrayDeque<>();
  private long joined;

  /**
   * @param capacity most letters kept at once, 1 or more
   */
  public DeadLetterStore(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    this.capacity = capacity;
  }

  /** Puts a letter last, unless the store is full; returns whether it did. */
  public synchronized boolean offer(DeadLetter letter) {
    if (isFull()) {
      return false;
    }
    letters.addLast(letter);
    joined++;
    return true;
  }

  /**
   * Whether {@link #offer} would refuse now: worth asking before a payload is read for a letter.
   */
  public synchronized boolean isFull() {
    return letters.size() == capacity;
  }

  /** How many letters ever joined. */
  public synchronized long joined() {
    return joined;
  }

  @Override
  public synchronized int size() {
    return letters.size();
  }

  @Override
  public synchronized List<DeadLetter> peek(int max) {
    return letters.stream().limit(requireCount(max)).toList();
  }

  @Override
  public synchronized List<DeadLetter> take(int max) {
    int count = Math.min(requireCount(max), letters.size());
    List<DeadLetter> taken = new ArrayList<>(count);
    while (taken.size() < count) {
      taken.add(letters.removeFirst());
    }
    return taken;
  }

  private static int requireCount(int max) {
    if (max < 0) {
      throw new IllegalArgumentException("max " + max + ": must be 0 or more");
    }
    return max;
  }
}
