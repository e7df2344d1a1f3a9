package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How consumers spread over the lanes of a queue, each of which has more than they take. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpreadTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LANES = 4;
  private static final int EACH = 2_000;

  private final TestShop shop = TestShop.onHost();
  private Queue queue;

  @BeforeEach
  void fill() throws Exception {
    queue = shop.open(QueueConfig.named("spread").lanes(LANES).maxMessages(LANES * EACH));
    queue.createGroup("g", GroupStart.OLDEST);
    for (int i = 0; i < LANES; i++) {
      try (Producer producer = queue.producer()) { // each has the next lane for its home
        producer.sendBatch(EACH, (index, payload) -> payload.putInt(index), SOON);
      }
    }
    Await.until("each lane has all", () -> queue.stats().handled() == LANES * EACH);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private static long lane(Batch batch) {
    return Lane.of(batch.get(0).sequence());
  }

  @Test
  void eachComesToALaneOfItsOwn() throws InterruptedException {
    List<Consumer> consumers = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      consumers.add(queue.consumer("g", "c" + i));
    }
    BitSet lanes = new BitSet();
    for (int round = 0; round < 100; round++) {
      lanes.clear();
      for (Consumer consumer : consumers) {
        lanes.set((int) lane(consumer.poll(1, SOON)));
      }
    }
    assertEquals(LANES, lanes.cardinality(), "lanes that are read at the end");
  }

  @Test
  void oneAloneReadsAllInTurn() throws InterruptedException {
    Consumer consumer = queue.consumer("g", "alone");
    BitSet lanes = new BitSet();
    for (int round = 0; round < LANES * 16; round++) {
      lanes.set((int) lane(consumer.poll(1, SOON)));
    }
    assertEquals(LANES, lanes.cardinality());
  }

  /** A consumer that takes its time counts where it reads; what lies there is read all the same. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, LANES - 1})
  void noLaneDependsOnOneConsumer(int others) throws InterruptedException {
    long slow = lane(queue.consumer("g", "slow").poll(1, SOON));
    assertComeTo(slow, others);
  }

  private void assertComeTo(long slow, int count) throws InterruptedException {
    List<Consumer> others = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      others.add(queue.consumer("g", "other" + i));
    }
    int polls = 0;
    for (boolean isRead = false; !isRead; polls++) {
      assertTrue(polls < 600, "polls before somebody came there");
      for (Consumer other : others) {
        isRead |= lane(other.poll(1, SOON)) == slow;
      }
    }
  }
}
