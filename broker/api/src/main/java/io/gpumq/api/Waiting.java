package io.gpumq.api;

/**
 * A wait for entries of a group that takes no thread, as {@link MessageQueue#whenReady} begins it.
 * It costs some hundred bytes, and no processor while nothing comes.
 *
 * <p>Those who wait for one group are told in the order in which they came, and no more of them at
 * once than take the entries that are there. Who was told {@link Outcome#READY} has its
 * <i>turn</i>: it polls, and then calls {@link #pass} or {@link #waitAgain}, or polls no more and
 * leaves it at that. A turn lasts {@value #TURN_MILLIS} ms at most. Then the next in line is told,
 * if there is still something.
 *
 * <p>Safe for use by many threads.
 */
public interface Waiting {
  /** How long a turn lasts at most, in milliseconds. */
  long TURN_MILLIS = 100;

  /** What has ended a wait. */
  enum Outcome {
    /** A poll may not come back empty now; it may, where another consumer has polled meanwhile. */
    READY,

    /** The time limit is over. */
    TIME_OVER,

    /** Nothing comes any more: the queue is closed, the group removed, or the track has failed. */
    ENDED
  }

  /** Who waits. */
  @FunctionalInterface
  interface Listener {
    /**
     * Hears what has ended the wait. The track's one thread for all who wait calls it: it must not
     * wait for anything, nor poll with a wait. What it throws is logged, and passes the turn.
     *
     * @param waiting the wait that has ended; may be told before {@code whenReady} has returned it
     */
    void told(Waiting waiting, Outcome outcome);
  }

  /**
   * Ends the wait: its listener is not told. Does nothing where it was told before.
   *
   * @return whether it was still waiting
   */
  boolean cancel();

  /** Ends the turn: the next in line may be told. Does nothing while there is none. */
  void pass();

  /**
   * Waits on, after a turn that has found nothing: in the place in line that it had, for what is
   * left of its time limit. Does nothing unless it was told {@link Outcome#READY}.
   */
  void waitAgain();
}
