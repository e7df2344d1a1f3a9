package io.gpumq.api;

import java.time.Duration;
import java.util.List;

/**
 * Holds one consumer group's figures, as they were at one moment. Immutable.
 *
 * @param name the group's name
 * @param lag entries sent that the group has not been handed yet
 * @param pending entries handed out and not settled: neither acknowledged nor dead-lettered
 * @param oldestAge how long ago the oldest entry was sent that the group has not settled; zero if
 *     there is none
 * @param delivered entries handed to its consumers, redeliveries included
 * @param acknowledged entries that its consumers acknowledged
 * @param redelivered those of {@code delivered} that were not the first of their entry
 * @param consumers the names of its open consumers, sorted
 */
public record GroupStats(
    String name,
    long lag,
    long pending,
    Duration oldestAge,
    long delivered,
    long acknowledged,
    long redelivered,
    List<String> consumers) {
  /** Keeps a copy of the names. */
  public GroupStats {
    consumers = List.copyOf(consumers);
  }
}
