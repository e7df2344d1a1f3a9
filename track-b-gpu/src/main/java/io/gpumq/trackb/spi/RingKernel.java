package io.gpumq.trackb.spi;

/** What works on a ring: a persistent kernel, or threads. Safe for use by many threads. */
public interface RingKernel {
  /**
   * Why it no longer runs, or {@code null} while it does, and when it has ended as it was told to.
   * Asked up to a thousand times a second.
   */
  String failure();

  /**
   * Whether its death took every other kernel of its process along: then nothing there works on any
   * ring any more. To be asked once {@link #failure} has told of it.
   */
  boolean diedWithAll();

  /**
   * Whether it has come to its {@link Resume#end}, or has been stopped. A kernel that dies
   * meanwhile may have ended, too: {@link #failure} tells, when it is asked afterwards.
   */
  boolean hasEnded();

  /** Tells it to end, and does not wait for that. */
  void requestStop();

  /**
   * Tells it to end and waits until it has. Once.
   *
   * @throws io.gpumq.api.TrackFailedException if a handler does not end
   */
  void stop();
}
