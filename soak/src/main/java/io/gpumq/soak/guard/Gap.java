package io.gpumq.soak.guard;

/** The longest time between two looks at the clock. For one thread. */
final class Gap {
  private long lastNanos = System.nanoTime();
  private long longestNanos;

  /** Looks at the clock once more. */
  void look() {
    long now = System.nanoTime();
    longestNanos = Math.max(longestNanos, now - lastNanos);
    lastNanos = now;
  }

  long longestNanos() {
    return longestNanos;
  }
}
