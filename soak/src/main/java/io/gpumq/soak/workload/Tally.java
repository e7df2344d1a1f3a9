package io.gpumq.soak.workload;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of the messages of one queue.
 *
 * @param sent messages that the queue accepted
 * @param received entries that consumers saw, whatever was wrong with them
 * @param lost messages that neither a consumer nor the dead-letter queue saw
 * @param duplicated sightings of a message beyond its first
 * @param reordered messages that a consumer saw after a later one of the same producer
 * @param corrupted entries or letters that are not what was sent, nor what the handler makes of it
 * @param deadLettered messages in the dead-letter queue, where the handler was to fail on them
 * @param problems the first things found wrong, in words
 */
public record Tally(
    long sent,
    long received,
    long lost,
    long duplicated,
    long reordered,
    long corrupted,
    long deadLettered,
    List<String> problems) {
  public Tally {
    problems = List.copyOf(problems);
  }

  /** These and those messages together. */
  public Tally and(Tally other) {
    return new Tally(
        sent + other.sent,
        received + other.received,
        lost + other.lost,
        duplicated + other.duplicated,
        reordered + other.reordered,
        corrupted + other.corrupted,
        deadLettered + other.deadLettered,
        Stream.concat(problems.stream(), other.problems.stream()).toList());
  }

  /** Whether every message arrived once, in order, as it was sent. */
  public boolean clean() {
    return lost == 0 && duplicated == 0 && reordered == 0 && corrupted == 0;
  }

  /** The counts in words: {@code lost 1, duplicated 0, reordered 0, corrupted 0}. */
  public String verdict() {
    return "lost %d, duplicated %d, reordered %d, corrupted %d"
        .formatted(lost, duplicated, reordered, corrupted);
  }
}
