package io.gpumq.soak.bench;

/**
 * What one stage moved.
 *
 * @param sent messages that the queue accepted
 * @param seen messages that came out: acknowledged by consumers or taken from the dead letters; of
 *     {@link QueueRun#fill}, messages that the handler is done with
 * @param firstNanos when the first thread began, on the clock of {@link System#nanoTime()}
 * @param lastNanos when the last message was seen, on the same clock
 * @param allocatedBytes of heap, by all threads that sent or received
 */
public record Flow(long sent, long seen, long firstNanos, long lastNanos, long allocatedBytes) {
  /** From the first send to the last message seen. */
  public double seconds() {
    return Math.max(1, lastNanos - firstNanos) / 1e9;
  }

  /** Messages seen, a second. */
  public double messagesPerSecond() {
    return seen / seconds();
  }
}
