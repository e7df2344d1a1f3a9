package io.gpumq.trackb.spi;

/** What works on one ring of a device. Safe for use by many threads. */
public interface Carrier {
  /**
   * Why this ring no longer runs, or {@code null} while it does, and while the device is away and
   * will come back. Asked some hundred times a second.
   */
  String failure();

  /**
   * Changes whenever the device goes away or comes back: the time that a message has stood until
   * then is not its handler's.
   */
  default long epoch() {
    return 0;
  }

  /** Whether nothing works on it now, though it has not failed: something is about to again. */
  default boolean isAway() {
    return false;
  }

  /**
   * A handler hangs.
   *
   * @param why what hangs, in words
   * @param epoch in which it was seen to
   * @return why this ring has failed for it, or {@code null} if it goes on
   */
  default String hung(String why, long epoch) {
    return why
        + "; with isolation=process such a message would be a dead letter; where the handler needs"
        + " the time, open its queues with a longer handlerTimeout";
  }

  /** Sets the stop word and waits for the ring to end. Once. */
  void stop();
}
