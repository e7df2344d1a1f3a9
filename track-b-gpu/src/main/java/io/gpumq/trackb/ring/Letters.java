package io.gpumq.trackb.ring;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.Names;
import io.gpumq.spi.Deadline;
import io.gpumq.trackb.delivery.DeadLetterStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The dead letters of a queue as users see them: the store, and the queue that replays to. */
final class Letters implements DeadLetters {
  /** Sends a letter's message again. */
  @FunctionalInterface
  interface Resender {
    /**
     * Sends the message, waiting for room, or throws and sends nothing.
     *
     * @param group the only one that is to see it, or null for all
     * @return its new sequence
     */
    long resend(DeadLetter letter, String group, Duration timeout) throws InterruptedException;
  }

  private final DeadLetterStore store;
  private final Runnable advance;
  private final Resender resender;

  /**
   * @param advance looks for messages that failed: they join the letters when they are found
   */
  Letters(DeadLetterStore store, Runnable advance, Resender resender) {
    this.store = store;
    this.advance = advance;
    this.resender = resender;
  }

  @Override
  public int size() {
    advance.run();
    return store.size();
  }

  @Override
  public List<DeadLetter> peek(int max) {
    advance.run();
    return store.peek(max);
  }

  @Override
  public List<DeadLetter> take(int max) {
    advance.run();
    return store.take(max);
  }

  @Override
  public List<DeadLetter> take(int max, Duration lease) {
    advance.run();
    return store.take(max, lease);
  }

  @Override
  public int acknowledge(Collection<DeadLetter> letters) {
    return store.acknowledge(letters);
  }

  @Override
  public long replay(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    return resend(letter, Names.require("group", group), timeout);
  }

  @Override
  public long replayToAll(DeadLetter letter, Duration timeout) throws InterruptedException {
    return resend(letter, null, timeout);
  }

  private long resend(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    Deadline deadline = Deadline.after(Deadline.require("timeout", timeout));
    store.beginReplay(letter, deadline);
    boolean sent = false;
    try {
      Duration left = Duration.ofNanos(Math.max(0, deadline.remainingNanos()));
      long sequence = resender.resend(letter, group, left);
      sent = true;
      return sequence;
    } finally {
      store.endReplay(letter, sent);
    }
  }
}
