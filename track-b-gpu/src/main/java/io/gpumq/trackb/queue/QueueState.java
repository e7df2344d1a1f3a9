package io.gpumq.trackb.queue;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import java.util.function.Supplier;

/** Whether a queue can be used: open, without intake, failed, closed. Safe for many threads. */
final class QueueState {
  private final String queue;
  private final Supplier<String> ringFailure;
  private volatile boolean intakeStopped;
  private volatile boolean folded;
  private volatile boolean closed;

  /**
   * @param queue the queue's name
   * @param ringFailure why a ring that it uses does not run any more, or {@code null}
   */
  QueueState(String queue, Supplier<String> ringFailure) {
    this.queue = queue;
    this.ringFailure = ringFailure;
  }

  /** Throws if nothing can be polled or acknowledged any more. */
  void requireUsable() {
    if (closed) {
      throw new QueueClosedException("queue '" + queue + "' is closed");
    }
    String why = ringFailure.get();
    if (why != null) {
      throw new TrackFailedException("queue '" + queue + "': " + why);
    }
  }

  /** Throws if nothing can be sent any more. */
  void requireOpen() {
    requireUsable();
    if (intakeStopped) {
      throw new QueueClosedException(
          folded
              ? "this producer is closed; open another" // by another thread than the one that sends
              : "queue '" + queue + "' is closing, and takes no more");
    }
  }

  /** Whether it can be used, or is about to end. */
  boolean isUsable() {
    return !closed && !hasFailed();
  }

  boolean takesMore() {
    return isUsable() && !intakeStopped;
  }

  boolean hasFailed() {
    return ringFailure.get() != null;
  }

  boolean isClosed() {
    return closed;
  }

  /** From now on nothing is taken. */
  void stopIntake() {
    intakeStopped = true;
  }

  /** All who used it are gone, and nothing is taken from the few that do not know it yet. */
  void fold() {
    folded = true; // first: who sees the next sees why
    intakeStopped = true;
  }

  void close() {
    closed = true;
  }
}
