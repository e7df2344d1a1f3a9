package io.gpumq.trackb;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A consumer or a reader of a program on a short store, and its last batch: the bytes of that are
 * looked at again and again. For one thread at a time; others may close its queue, or remove its
 * group.
 */
final class ShortStoreHolding implements AutoCloseable {
  /** What others may end at any moment. */
  interface Act {
    void run() throws Exception;
  }

  final ShortStoreQueue queue;
  final ShortStoreQueue.Opening at;
  final Consumer consumer;
  private final Reader reader;
  private final boolean isMain;
  private final int removals;
  private Batch batch;

  private ShortStoreHolding(
      ShortStoreQueue queue, ShortStoreQueue.Opening at, String group, String name) {
    this.queue = queue;
    this.at = at;
    isMain = !ShortStoreQueue.EXTRA.equals(group);
    removals = at.removals();
    consumer = group == null ? null : at.queue.consumer(group, name);
    reader = group == null ? at.queue.reader() : null;
  }

  static ShortStoreHolding consumer(ShortStoreQueue queue, String group, String name) {
    return new ShortStoreHolding(queue, queue.opening, group, name);
  }

  static ShortStoreHolding reader(ShortStoreQueue queue) {
    return new ShortStoreHolding(queue, queue.opening, null, "");
  }

  boolean isEnding() {
    return at.isClosing || !isMain && at.mayHaveRemoved(removals);
  }

  /** Where another thread ends it meanwhile, nothing that this thread has seen counts. */
  void beside(Act act) throws Exception {
    try {
      act.run();
    } catch (QueueClosedException | IllegalStateException | AssertionError e) {
      if (!isEnding()) {
        throw e;
      }
      batch = null;
    }
  }

  void poll(int max, Duration wait) throws Exception {
    beside(() -> took(consumer.poll(max, wait)));
  }

  void took(Batch taken) {
    batch = taken;
    checkAgain();
  }

  int size() {
    return batch == null ? 0 : batch.size();
  }

  private void checkAgain() {
    for (int i = 0; i < size(); i++) {
      queue.check(at, batch.get(i));
    }
  }

  void check() throws Exception {
    beside(this::checkAgain);
  }

  /** Settles what it holds, or a part of it, in any order. */
  void settle(Random random) throws Exception {
    List<Long> sequences = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    beside(
        () -> {
          for (int i = 0; i < size(); i++) {
            numbers.add(queue.check(at, batch.get(i)));
            sequences.add(batch.get(i).sequence());
          }
        });
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    int settling = random.nextInt(8);
    if (settling == 0 && !queue.isExact && batch != null) {
      beside(() -> consumer.acknowledge(batch));
      return;
    }
    for (int i : order) {
      beside(() -> settle(settling, sequences.get(i), numbers.get(i), random));
    }
  }

  private void settle(int settling, long sequence, long number, Random random) {
    Duration delay = Duration.ofMillis(random.nextInt(30));
    boolean isOther = random.nextInt(4) == 0;
    try {
      if (settling == 1 && isOther) {
        consumer.refuse(sequence, delay);
      } else if (settling == 2 && isOther) {
        consumer.giveBack(sequence, delay);
      } else if (settling != 3 || !isOther) {
        acknowledge(sequence, number);
      }
    } catch (NotPendingException e) {
      boolean mayHaveGone = !queue.isExact || queue.config.lease().toMillis() < 1_000;
      if (!mayHaveGone && !isEnding()) {
        throw e;
      }
    }
  }

  private void acknowledge(long sequence, long number) {
    consumer.acknowledge(sequence);
    if (queue.isExact && isMain && !queue.settled.add(number) && !queue.letters.contains(number)) {
      throw new AssertionError(queue.config.name() + ": " + number + " acknowledged twice");
    }
  }

  /** Acknowledges all that it holds. */
  void acknowledgeAll() {
    for (int i = 0; i < size(); i++) {
      long number = queue.check(at, batch.get(i));
      try {
        acknowledge(batch.get(i).sequence(), number);
      } catch (NotPendingException e) {
        if (queue.config.lease().toMillis() >= 1_000) {
          throw e;
        }
      }
    }
  }

  /** Reads what lies about a place that is drawn. */
  void read(Random random) throws Exception {
    beside(
        () -> {
          int lane = random.nextInt(queue.config.lanes());
          long oldest = reader.oldest(lane);
          long end = reader.end(lane);
          long position = oldest + random.nextInt((int) Math.max(1, end - oldest));
          boolean isForward = random.nextBoolean();
          int max = 1 + random.nextInt(40);
          batch = isForward ? reader.from(position, max) : reader.before(position, max);
          long last = isForward ? position - 1 : -1;
          for (int i = 0; i < batch.size(); i++) {
            long sequence = batch.get(i).sequence();
            if (sequence <= last || !isForward && sequence >= position) {
              throw new AssertionError(sequence + " behind " + last + ", at " + position);
            }
            last = sequence;
          }
          checkAgain();
        });
  }

  boolean isReader() {
    return reader != null;
  }

  @Override
  public void close() {
    batch = null;
    if (consumer != null) {
      consumer.close();
    } else {
      reader.close();
    }
  }
}
