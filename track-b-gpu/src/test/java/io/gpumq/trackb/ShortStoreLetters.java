package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import java.time.Duration;
import java.util.Random;

/** What one thread of a program on a short store does with dead letters. */
final class ShortStoreLetters {
  private static final String REPAIR = "repair";
  private static final int MOST_POLLED = 24;

  private final Track track;
  private final Random random;
  private final String name;
  private int names;

  ShortStoreLetters(Track track, Random random, String name) {
    this.track = track;
    this.random = random;
    this.name = name;
  }

  /** Replays letters, settles them, or leaves them. */
  void repair(ShortStoreQueue queue) throws Exception {
    MessageQueue letters = track.queue(queue.config.deadLetters()).orElse(null);
    if (letters == null) {
      return;
    }
    try (Consumer consumer = letters.consumer(REPAIR, name + names++)) {
      Batch batch = consumer.poll(1 + random.nextInt(8), Duration.ZERO);
      for (int i = 0; i < batch.size(); i++) {
        repair(queue, consumer, batch.get(i));
      }
      for (int i = 0; i < batch.size(); i++) {
        queue.checkBytes(batch.get(i));
      }
    }
  }

  private void repair(ShortStoreQueue queue, Consumer consumer, Entry entry) throws Exception {
    long number = checkLetter(queue, entry);
    Duration wait = Duration.ofMillis(random.nextInt(10));
    try {
      switch (random.nextInt(4)) {
        case 0 -> consumer.replay(entry, wait);
        case 1 -> consumer.replayToAll(entry, wait);
        case 2 -> consumer.acknowledge(entry.sequence());
        default -> queue.checkBytes(entry);
      }
    } catch (QueueFullException | NotPendingException e) {
      assertEquals(number, queue.checkBytes(entry)); // it stays as it is
    } catch (ConfigException e) {
      assertEquals(ShortStoreQueue.EXTRA, entry.letter().orElseThrow().group(), e::getMessage);
    }
  }

  private static long checkLetter(ShortStoreQueue queue, Entry entry) {
    long number = queue.checkBytes(entry);
    DeadLetter letter = entry.letter().orElseThrow();
    assertEquals(queue.config.name(), letter.queue());
    queue.letters.add(number);
    if (queue.isExact) {
      queue.requireNumber(queue.opening, letter.sequence(), number);
    }
    return number;
  }

  /** Settles some; returns how many. */
  int drain(ShortStoreQueue queue) throws Exception {
    MessageQueue letters = track.queue(queue.config.deadLetters()).orElse(null);
    if (letters == null) {
      return 0;
    }
    try (Consumer consumer = letters.consumer(REPAIR, name + names++)) {
      Batch batch = consumer.poll(MOST_POLLED, Duration.ZERO);
      for (int i = 0; i < batch.size(); i++) {
        checkLetter(queue, batch.get(i));
      }
      consumer.acknowledge(batch);
      return batch.size();
    }
  }
}
