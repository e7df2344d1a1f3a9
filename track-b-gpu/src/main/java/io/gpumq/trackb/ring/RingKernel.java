package io.gpumq.trackb.ring;

/** What works on a ring: a persistent kernel, or threads. Safe for use by many threads. */
public interface RingKernel {
  /**
   * Why it no longer runs, or {@code null} while it does, and when it has ended as it was told to.
   * Asked up to a thousand times a second.
   */
  String failure();

  /** Whether it has come to its {@link Resume#end}, or has been stopped. */
  boolean hasEnded();

  /**
   * Sets the stop word and waits for the end. Once.
   *
   * @throws io.gpumq.api.TrackFailedException if a handler does not end
   */
  void stop();
}
