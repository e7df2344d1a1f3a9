package io.gpumq.soak.bench;

import java.util.List;

/**
 * What a whole bench gave.
 *
 * @param results one for each track and size that was measured, in the order of the plan; also
 *     those whose {@link BenchResult#total()} is not clean
 * @param failures one for each track and size that could not be measured, in that order
 */
public record BenchOutcome(List<BenchResult> results, List<Failure> failures) {
  /**
   * A size that a track could not be measured with.
   *
   * @param track {@code a} or {@code b}
   * @param payloadBytes bytes of each message
   * @param cause what the track threw
   */
  public record Failure(String track, int payloadBytes, RuntimeException cause) {
    /** The failure in one line. */
    String brief() {
      return "track " + track + ", " + payloadBytes + " B: FAILED: " + cause;
    }
  }
}
