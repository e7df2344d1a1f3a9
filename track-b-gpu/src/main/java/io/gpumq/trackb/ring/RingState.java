package io.gpumq.trackb.ring;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;

/** Whether a ring can be used: open, without intake, failed, closed. Safe for many threads. */
final class RingState {
  private final String queue;
  private final String where;
  private final Shared shared;
  private volatile boolean closed;

  /** What was published below this belongs to the queue; written before {@link #closed}. */
  private volatile long end = Long.MAX_VALUE;

  private volatile String failure;

  /**
   * @param queue the queue's name
   * @param where which lane of it, to stand before the name; may be empty
   * @param shared tells whether the intake of all lanes has stopped
   */
  RingState(String queue, String where, Shared shared) {
    this.queue = queue;
    this.where = where;
    this.shared = shared;
  }

  /** Throws if nothing can be polled or acknowledged any more. */
  void requireUsable() {
    String why = failure;
    if (why != null) {
      throw new TrackFailedException(where + "queue '" + queue + "': " + why);
    }
    if (closed) {
      throw new QueueClosedException("queue '" + queue + "' is closed");
    }
  }

  /** Throws if nothing can be sent any more. */
  void requireOpen() {
    requireUsable();
    if (shared.intakeStopped()) {
      throw new QueueClosedException("queue '" + queue + "' is closing, and takes no more");
    }
  }

  /** Whether it can be used, or is about to end. */
  boolean isUsable() {
    return failure == null && !closed;
  }

  boolean takesMore() {
    return isUsable() && !shared.intakeStopped();
  }

  boolean hasFailed() {
    return failure != null;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Closes it.
   *
   * @param publishedTo everything below was published by then, and is counted
   */
  synchronized void close(long publishedTo) {
    end = publishedTo;
    closed = true;
  }

  /**
   * Throws if a message was published too late to be counted by the close. Between its publishing
   * and this lies a fence, that of {@link IngressRing#publish}; a close sets its end, then that it
   * is closed, then counts. So a message whose sender sees no close is counted.
   */
  void requireAccepted(long sequence) {
    if (closed && sequence >= end) {
      requireOpen();
    }
  }

  /** Says why it can not be used any more; nothing behind the close, which is why already. */
  synchronized void fail(String why) {
    if (!closed) {
      failure = why;
    }
  }
}
