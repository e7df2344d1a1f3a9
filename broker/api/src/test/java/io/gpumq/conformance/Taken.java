package io.gpumq.conformance;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import java.time.Duration;
import java.util.List;

/** Dead letters, taken and acknowledged at once. */
public final class Taken {
  private Taken() {}

  /** Takes the oldest letters out for good. */
  public static List<DeadLetter> from(DeadLetters letters, int max) {
    List<DeadLetter> taken = letters.take(max, Duration.ofDays(1));
    letters.acknowledge(taken);
    return taken;
  }
}
