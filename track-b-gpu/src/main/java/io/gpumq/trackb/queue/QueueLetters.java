package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.NotPendingException;
import io.gpumq.trackb.delivery.DeadLetterStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongFunction;

/** The dead letters of a queue, as its users see them: the store, and the way back in. */
final class QueueLetters implements DeadLetters {
  /** Sends a letter's message again. */
  @FunctionalInterface
  interface Sender {
    /**
     * @param group the only one that is to see it, or {@code null} for all
     */
    long send(DeadLetter letter, String group, Duration timeout) throws InterruptedException;
  }

  private final DeadLetterStore store;
  private final LongFunction<String> describer;
  private final Runnable refresh;
  private final Sender sender;
  private final Runnable settled;

  /**
   * @param describer how a sequence is named
   * @param refresh run before letters are looked at: sees to it that what has failed is among them
   * @param settled run when letters were settled: there is room for others
   */
  QueueLetters(
      DeadLetterStore store,
      LongFunction<String> describer,
      Runnable refresh,
      Sender sender,
      Runnable settled) {
    this.store = store;
    this.describer = describer;
    this.refresh = refresh;
    this.sender = sender;
    this.settled = settled;
  }

  @Override
  public int size() {
    refresh.run();
    return store.size();
  }

  @Override
  public List<DeadLetter> peek(int max) {
    refresh.run();
    return store.peek(max);
  }

  @Override
  public List<DeadLetter> take(int max, Duration lease) {
    refresh.run();
    return store.take(max, lease);
  }

  @Override
  public int acknowledge(Collection<DeadLetter> letters) {
    int count = store.acknowledge(letters);
    if (count > 0) {
      settled.run();
    }
    return count;
  }

  @Override
  public long replay(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    if (group == null) {
      throw new ConfigException("group null: name one, or replay to all");
    }
    return send(letter, group, timeout);
  }

  @Override
  public long replayToAll(DeadLetter letter, Duration timeout) throws InterruptedException {
    return send(letter, null, timeout);
  }

  private long send(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    if (!store.beginReplay(letter)) {
      throw new NotPendingException(
          "letter of " + describer.apply(letter.sequence()) + ": settled, or being replayed");
    }
    boolean sent = false;
    try {
      long sequence = sender.send(letter, group, timeout);
      sent = true;
      return sequence;
    } finally {
      store.endReplay(letter, sent);
      if (sent) {
        settled.run();
      }
    }
  }
}
