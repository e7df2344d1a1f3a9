package io.gpumq.trackb.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Queues that nobody uses: each is folded once it was left alone for a moment. One that cannot be
 * is looked at again after twice as long, up to a minute. Safe for use by many threads.
 */
public final class Folding {
  /** How long a queue is left alone first. What is used again and again stays as it is. */
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int LEVELS = 8;

  /** One look takes no longer than about that: who looks has other things to do. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private record Idle(OpenQueue queue, long due) {}

  /** Those of a level wait twice as long as those of the one before: the first is due first. */
  private final List<ArrayDeque<Idle>> levels = new ArrayList<>();

  /** For no queue. */
  public Folding() {
    for (int level = 0; level < LEVELS; level++) {
      levels.add(new ArrayDeque<>());
    }
  }

  /** Nobody uses a queue any more, which is none of these. */
  void add(OpenQueue queue) {
    add(queue, 0, System.nanoTime());
  }

  private synchronized void add(OpenQueue queue, int level, long now) {
    levels.get(level).addLast(new Idle(queue, now + (FIRST_NANOS << level)));
  }

  private synchronized OpenQueue next(int level, long now) {
    ArrayDeque<Idle> idle = levels.get(level);
    return idle.isEmpty() || idle.peekFirst().due() - now > 0 ? null : idle.pollFirst().queue();
  }

  /** Folds those that can be. For one thread, some hundred times a second. */
  public void look() {
    look(System.nanoTime());
  }

  /**
   * Does so.
   *
   * @param now as {@link System#nanoTime} tells it, or later
   */
  void look(long now) {
    long begun = System.nanoTime();
    for (int level = 0; level < LEVELS; level++) {
      for (OpenQueue next; (next = next(level, now)) != null; ) {
        look(next, level, now);
        if (System.nanoTime() - begun > LOOK_NANOS) {
          return;
        }
      }
    }
  }

  private void look(OpenQueue queue, int level, long now) {
    OpenQueue.Fold fold = OpenQueue.Fold.LATER;
    try {
      fold = queue.fold();
    } finally {
      if (fold != OpenQueue.Fold.OVER) {
        boolean isUsed = fold == OpenQueue.Fold.USED;
        add(queue, isUsed ? 0 : Math.min(level + 1, LEVELS - 1), now);
      }
    }
  }
}
