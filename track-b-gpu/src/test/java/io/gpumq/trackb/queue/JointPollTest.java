package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one poll of many consumers leaves behind when it cannot read, and whom it reads for. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JointPollTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int EACH = 8;

  private final TestShop shop = TestShop.onHost();
  private final MultiPoll polls = new JointPoll(shop.shop.store());

  @AfterEach
  void close() {
    shop.close();
  }

  /** A queue whose messages lie in the store alone, since nobody reads when they come. */
  private Queue filled(String name) throws InterruptedException {
    Queue queue = shop.open(QueueConfig.named(name).maxMessages(EACH).lease(Duration.ofMinutes(9)));
    queue.createGroup("g", GroupStart.OLDEST);
    try (Producer producer = queue.producer()) {
      for (int i = 0; i < EACH; i++) {
        producer.send(new byte[] {(byte) i}, SOON);
      }
    }
    Await.until("they are handled", () -> queue.stats().handled() == EACH);
    return queue;
  }

  private List<Consumer> consumers(int count) throws InterruptedException {
    List<Consumer> consumers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      consumers.add(filled("joint-" + i).consumer("g", "c"));
    }
    return consumers;
  }

  private static void assertAll(Batch batch) {
    assertEquals(EACH, batch.size());
    for (int i = 0; i < EACH; i++) {
      assertEquals(i, batch.get(i).payload().get());
      assertEquals(1, batch.get(i).deliveries());
    }
  }

  @Test
  void readsForAllOfThemTogether() throws InterruptedException {
    List<Consumer> consumers = consumers(5);
    AtomicInteger readings = new AtomicInteger();
    long before = shop.device.reads();
    shop.device.beforeRead = readings::incrementAndGet;
    assertEquals(5 * EACH, polls.poll(consumers, 64));
    assertEquals(1, readings.get(), "one wait for all of them");
    assertEquals(5, shop.device.reads() - before, "a read of each queue");
    for (int i = 0; i < 5; i++) {
      assertAll(polls.batch(i));
      assertEquals(EACH, consumers.get(i).acknowledge(polls.batch(i)));
    }
  }

  @Test
  void whatCannotBeReadNowIsNobodys() throws InterruptedException {
    List<Consumer> consumers = consumers(3);
    shop.device.beforeRead =
        () -> {
          throw new IllegalStateException("no memory");
        };
    assertThrows(IllegalStateException.class, () -> polls.poll(consumers, 64));
    assertThrows(IndexOutOfBoundsException.class, () -> polls.batch(0));
    shop.device.beforeRead = () -> {};
    assertEquals(3 * EACH, polls.poll(consumers, 64));
    for (int i = 0; i < 3; i++) {
      assertAll(polls.batch(i));
    }
  }

  /** Settled by another meanwhile, the entries keep their memory until they are read. */
  @Test
  void holdsWhatItReads() throws InterruptedException {
    Queue queue = filled("held");
    Consumer first = queue.consumer("g", "first");
    Consumer second = queue.consumer("g", "second");
    shop.device.beforeRead =
        () -> {
          shop.device.beforeRead = () -> {};
          for (long sequence = 0; sequence < EACH; sequence++) {
            second.acknowledge(sequence);
          }
          QueueConsumerTest.passThrough(queue, second);
        };
    assertEquals(EACH, polls.poll(List.of(first), 64));
    assertAll(polls.batch(0));
    assertEquals(0, first.acknowledge(polls.batch(0)), "another has done so");
  }

  /** Of large ones a call brings what has room; the next begins with who got nothing. */
  @Test
  void bringsFewLargeOnesAtOnce() throws InterruptedException {
    int large = 8 << 20;
    List<Consumer> consumers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Queue queue = shop.open(QueueConfig.named("large-" + i).maxPayloadBytes(large));
      consumers.add(queue.consumer("g", "c"));
      int sent = i == 0 ? 2 : 1;
      try (Producer producer = queue.producer()) {
        for (int j = 0; j < sent; j++) {
          producer.send(ByteBuffer.allocate(large).putLong(0, i).putLong(large - 8, j), SOON);
        }
      }
      Await.until("they are handled", () -> queue.stats().handled() == sent);
    }
    assertEquals(3, takeLarge(consumers, 0, 1, 2), "two in the memory of all, one in its own");
    assertEquals(3, takeLarge(consumers, 3, 4, 0), "and who had no room comes first");
    assertEquals(0, polls.poll(consumers, 64));
  }

  private int takeLarge(List<Consumer> consumers, int... those) throws InterruptedException {
    int taken = polls.poll(consumers, 64);
    for (int i : those) {
      Batch batch = polls.batch(i);
      ByteBuffer payload = batch.get(0).payload().slice();
      assertEquals(i, payload.getLong(0));
      assertEquals(batch.get(0).sequence(), payload.getLong(payload.limit() - 8));
      assertEquals(1, batch.get(0).deliveries());
      assertEquals(1, consumers.get(i).acknowledge(batch));
    }
    return taken;
  }

  /** Whoever was entered before is left again, and nothing of it is taken. */
  @Test
  void refusesAListThatGrows() throws InterruptedException {
    List<Consumer> consumers = consumers(20);
    List<Consumer> growing =
        new ArrayList<>(consumers) {
          @Override
          public int size() {
            return 1;
          }
        };
    assertThrows(ConcurrentModificationException.class, () -> polls.poll(growing, 64));
    List<Consumer> withNone = new ArrayList<>(consumers);
    withNone.set(7, null);
    assertThrows(NullPointerException.class, () -> polls.poll(withNone, 64));
    assertEquals(20 * EACH, polls.poll(consumers, 64));
    assertAll(polls.batch(19));
  }

  @Test
  void refusesConsumersOfAnotherTrack() throws InterruptedException {
    List<Consumer> consumers = consumers(1);
    try (TestShop other = TestShop.onHost()) {
      Queue queue = other.open(QueueConfig.named("other"));
      Consumer stranger = queue.consumer("g", "stranger");
      List<Consumer> both = List.of(consumers.get(0), stranger);
      var refused = assertThrows(ConfigException.class, () -> polls.poll(both, 64));
      assertTrue(refused.getMessage().contains("'stranger'"), refused.getMessage());
    }
    assertEquals(EACH, polls.poll(consumers, 64));
    assertAll(polls.batch(0));
  }
}
