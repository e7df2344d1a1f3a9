package io.gpumq.soak.guard;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The best that the guard loop did in one run of a bench: what each of its readings is held
 * against. Immutable.
 */
public final class Quietest {
  /** How much longer than the best a loop may take on a machine that nothing disturbs. */
  public static final double SLOWER = 0.1;

  /** Longest gap on such a machine, in milliseconds. */
  public static final double GAP_MS = 1;

  private final double oneMs;
  private final Map<Integer, Double> allMs;

  /**
   * @param readings all of one run
   */
  public Quietest(Collection<Reading> readings) {
    oneMs = readings.stream().mapToDouble(Reading::oneMs).min().orElse(0);
    allMs =
        readings.stream().collect(Collectors.toMap(Reading::threads, Reading::allMs, Math::min));
  }

  /** Whether something disturbed the machine during one of these readings. */
  public boolean isDisturbed(Reading reading) {
    return reading.oneMs() > oneMs * (1 + SLOWER)
        || reading.allMs() > allMs.get(reading.threads()) * (1 + SLOWER)
        || reading.gapMs() > GAP_MS;
  }
}
