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
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ticks of many instruments through a queue in strict order: producers that send any key, consumers
 * that refuse and die, and a judge of what each key's consumers see.
 *
 * <p>The judge hears of a refusal, an acknowledgement or a death before the queue does, and of a
 * delivery after it. So what it takes for a violation is one.
 */
final class Ticks {
  private static final int KEYS = 32;
  private static final int COUNT = 3_000;
  private static final Duration BRIEFLY = Duration.ofMillis(20);

  /** One instrument. Producers lock it to send, so that the order of sending is known. */
  private static final class Key {
    int sent;
    int acknowledged; // with what follows guarded by the judge
    final Set<Integer> held = new HashSet<>();
  }

  private final MessageQueue queue;
  private final long seed;
  private final Key[] keys = new Key[KEYS];
  private final AtomicInteger toSend = new AtomicInteger(COUNT);
  private int toAcknowledge = COUNT; // guarded by this
  private int refused; // guarded by this
  private int deaths; // guarded by this
  private boolean failed; // guarded by this

  Ticks(MessageQueue queue, long seed) {
    this.queue = queue;
    this.seed = seed;
    for (int key = 0; key < KEYS; key++) {
      keys[key] = new Key();
    }
    queue.createGroup("g");
  }

  /** All came, though not all went well. */
  synchronized void check() {
    int sum = 0;
    for (Key key : keys) {
      assertEquals(key.sent, key.acknowledged);
      sum += key.acknowledged;
    }
    assertEquals(COUNT, sum);
    assertTrue(refused > 0 && deaths > 0, () -> refused + " refused, " + deaths + " deaths");
    assertTrue(queue.stats().redelivered() >= refused, () -> refused + " refused");
    assertEquals(0, ReadLetters.size(queue));
  }

  // ---- producers

  Callable<Void> producer(int number) {
    return () -> {
      Random random = new Random(seed + number);
      try (Producer producer = queue.producer()) {
        for (int left; (left = toSend.getAndDecrement()) > 0; ) {
          int name = random.nextInt(KEYS);
          Key key = keys[name];
          synchronized (key) {
            ByteBuffer tick = ByteBuffer.allocate(16);
            tick.putLong(Long.reverseBytes(left)).putInt(name).putInt(key.sent++).flip();
            producer.send(name, tick, Await.DEADLINE);
          }
        }
      }
      return null;
    };
  }

  // ---- consumers

  Callable<Void> consumer(int number) {
    return () -> {
      Random random = new Random(~seed - number);
      try {
        for (int life = 0; isGoingOn(); life++) {
          try (Consumer consumer = queue.consumer("g", "c" + number + "-" + life)) {
            live(consumer, random);
          }
        }
      } catch (Throwable e) {
        fail();
        throw e;
      }
      return null;
    };
  }

  private synchronized boolean isGoingOn() {
    return toAcknowledge > 0 && !failed;
  }

  private synchronized void fail() {
    failed = true;
  }

  /** Until it dies, or all is done. */
  private void live(Consumer consumer, Random random) throws InterruptedException {
    while (isGoingOn()) {
      Batch batch = consumer.poll(1 + random.nextInt(64), BRIEFLY);
      delivered(batch);
      boolean atOnce = random.nextBoolean();
      int end = random.nextInt(12) == 0 ? random.nextInt(batch.size() + 1) : batch.size();
      Set<Integer> refusing = new HashSet<>();
      for (int i = 0; i < end; i++) {
        Entry entry = batch.get(i);
        if (refusing.contains(key(entry)) || random.nextInt(24) == 0) {
          refusing.add(key(entry)); // and all behind it
          refusing(entry);
          consumer.refuse(entry.sequence(), Duration.ofMillis(random.nextInt(3)));
        } else {
          acknowledging(entry);
          if (!atOnce || end < batch.size()) {
            consumer.acknowledge(entry.sequence());
          }
        }
      }
      if (end < batch.size()) {
        died(batch, end);
        return;
      }
      if (atOnce) {
        consumer.acknowledge(batch);
      }
    }
  }

  // ---- the judge

  private static int key(Entry entry) {
    ByteBuffer tick = entry.payload();
    return tick.getInt(tick.position() + 8);
  }

  private static int number(Entry entry) {
    ByteBuffer tick = entry.payload();
    return tick.getInt(tick.position() + 12);
  }

  /** What comes of a key is what is to be acknowledged next, and what follows that. */
  private synchronized void delivered(Batch batch) {
    int[] expected = new int[KEYS];
    for (int i = 0; i < batch.size(); i++) {
      Entry entry = batch.get(i);
      int name = key(entry);
      Key key = keys[name];
      expected[name] = Math.max(expected[name], key.acknowledged);
      String what = "of key " + name + ", " + key.held + " with consumers";
      assertEquals(expected[name]++, number(entry), what);
      assertTrue(key.held.add(number(entry)), what);
    }
  }

  private synchronized void refusing(Entry entry) {
    refused++;
    assertTrue(keys[key(entry)].held.remove(number(entry)));
  }

  private synchronized void acknowledging(Entry entry) {
    Key key = keys[key(entry)];
    assertTrue(key.held.remove(number(entry)));
    assertEquals(key.acknowledged++, number(entry));
    toAcknowledge--;
  }

  private synchronized void died(Batch batch, int from) {
    deaths++;
    for (int i = from; i < batch.size(); i++) {
      assertTrue(keys[key(batch.get(i))].held.remove(number(batch.get(i))));
    }
  }
}
