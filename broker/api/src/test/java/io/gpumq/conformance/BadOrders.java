package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Orders in strict order, of which some can never be carried out. Consumers do as the documentation
 * says: each refuses a bad order and gives back what lies behind it with the same key.
 */
final class BadOrders {
  private static final int KEYS = 8;
  private static final int BATCH = 64;
  private static final Duration BRIEFLY = Duration.ofMillis(20);

  private final MessageQueue queue;
  private final int count;
  private final Set<Integer> bad = new TreeSet<>();
  private final Map<Long, List<Integer>> carriedOut = new HashMap<>(); // guarded by this
  private int left; // guarded by this
  private int givenBack; // guarded by this

  BadOrders(MessageQueue queue, int count, int badOnes, Random random) {
    this.queue = queue;
    this.count = count;
    while (bad.size() < badOnes) {
      bad.add(random.nextInt(count));
    }
    left = count - badOnes;
    queue.createGroup("g");
  }

  void send() throws InterruptedException {
    ByteBuffer order = ByteBuffer.allocate(Integer.BYTES);
    try (Producer producer = queue.producer()) {
      for (int number = 0; number < count; number++) {
        producer.send(key(number), order.putInt(0, number), QueueTest.SOON);
      }
    }
  }

  private static long key(int number) {
    return number % KEYS;
  }

  /** Carries orders out until all are that can be, and the others are letters. */
  Void consume(String name) throws InterruptedException {
    try (Consumer consumer = queue.consumer("g", name)) {
      while (isSomeLeft() || ReadLetters.size(queue) < bad.size()) {
        carryOut(consumer, consumer.poll(BATCH, BRIEFLY));
      }
    }
    return null;
  }

  private void carryOut(Consumer consumer, Batch batch) {
    Set<Long> stopped = new HashSet<>();
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      ByteBuffer order = entry.payload();
      int number = order.getInt(order.position());
      assertEquals(key(number), entry.key());
      if (stopped.contains(entry.key())) {
        consumer.giveBack(entry.sequence(), Duration.ZERO);
        countGivenBack();
      } else if (bad.contains(number)) {
        stopped.add(entry.key());
        consumer.refuse(entry.sequence(), Duration.ZERO);
      } else {
        note(entry.key(), number); // before the next of its key can come to another
        consumer.acknowledge(entry.sequence());
      }
    }
  }

  private synchronized boolean isSomeLeft() {
    return left > 0;
  }

  private synchronized void countGivenBack() {
    givenBack++;
  }

  private synchronized void note(long key, int number) {
    left--;
    carriedOut.computeIfAbsent(key, any -> new ArrayList<>()).add(number);
  }

  /** Each good order was carried out once, behind those of its key; only the bad are letters. */
  synchronized void check() {
    assertTrue(givenBack > bad.size(), "some lay behind a bad order");
    Set<Integer> letters = new TreeSet<>();
    for (Letter letter : ReadLetters.take(queue, count)) {
      letters.add(ByteBuffer.wrap(letter.payload()).getInt());
      assertEquals(queue.config().maxDeliveries(), letter.told().count());
    }
    assertEquals(bad, letters);
    for (int key = 0; key < KEYS; key++) {
      List<Integer> expected = new ArrayList<>();
      for (int number = key; number < count; number += KEYS) {
        if (!bad.contains(number)) {
          expected.add(number);
        }
      }
      assertEquals(expected, carriedOut.get((long) key));
    }
    assertEquals(0, queue.stats().depth());
  }
}
