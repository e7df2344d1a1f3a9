package io.gpumq.soak.suite;

/**
 * A bound for a figure.
 *
 * @param atMost whether the figure must not be above the limit; else it must not be below
 * @param limit in the figure's unit
 */
public record Aim(Figure figure, boolean atMost, double limit) {
  static Aim atMost(Figure figure, double limit) {
    return new Aim(figure, true, limit);
  }

  static Aim atLeast(Figure figure, double limit) {
    return new Aim(figure, false, limit);
  }

  /** Whether a value reaches it. */
  public boolean reachedBy(double value) {
    return atMost ? value <= limit : value >= limit;
  }
}
