package io.gpumq.conformance;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The dead letters of a queue, read by a group of the tests' own. */
public final class ReadLetters {
  private static final String GROUP = "letters";

  private ReadLetters() {}

  /** Returns how many there are that nobody has settled. */
  public static int size(MessageQueue queue) {
    queue.stats(); // what has failed becomes a letter when somebody looks
    return (int) queue.deadLetters().stats().depth();
  }

  /** Returns the oldest, and leaves them as they are. */
  public static List<Letter> peek(MessageQueue queue, int max) {
    return read(queue, max, false);
  }

  /** Takes the oldest out for good. */
  public static List<Letter> take(MessageQueue queue, int max) {
    return read(queue, max, true);
  }

  /** Replays the oldest, and returns the message's new sequence. */
  public static long replay(MessageQueue queue, boolean toAll) throws InterruptedException {
    try (Consumer consumer = queue.deadLetters().consumer(GROUP, "c")) {
      Entry letter = consumer.poll(1, Await.DEADLINE).get(0);
      return toAll
          ? consumer.replayToAll(letter, Await.DEADLINE)
          : consumer.replay(letter, Await.DEADLINE);
    }
  }

  private static List<Letter> read(MessageQueue queue, int max, boolean settle) {
    List<Letter> letters = new ArrayList<>();
    try (Consumer consumer = queue.deadLetters().consumer(GROUP, "c")) {
      Batch batch;
      while (letters.size() < max && !(batch = poll(consumer, max - letters.size())).isEmpty()) {
        for (int i = 0; i < batch.size(); i++) {
          letters.add(Letter.of(batch.get(i)));
        }
        if (settle) {
          consumer.acknowledge(batch);
        }
      }
    }
    return letters;
  }

  private static Batch poll(Consumer consumer, int max) {
    try {
      return consumer.poll(Math.min(max, 65_536), Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
