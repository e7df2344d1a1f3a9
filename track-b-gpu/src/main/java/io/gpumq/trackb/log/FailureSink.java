package io.gpumq.trackb.log;

/** Takes note of an entry whose handler failed for good. */
@FunctionalInterface
public interface FailureSink {
  /**
   * Takes note of it. Called under no lock; it may read from the device, and wait for that.
   *
   * @param word its completion word
   * @param verdict what became of the device that it ended, or {@code null}
   * @return false when there is no room for it now: it is offered again
   */
  boolean offer(long sequence, long word, String verdict);
}
