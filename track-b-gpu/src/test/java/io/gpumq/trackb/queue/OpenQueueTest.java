package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue that nobody uses is nearly nothing, and becomes a whole one when it is used. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenQueueTest {
  /** So many queues open as many rings as there will be. */
  private static final int ENOUGH = 200;

  private static final int MANY = 2_000;

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private MessageQueue open(String name) {
    return shop.shop.open(QueueConfig.named(name).build());
  }

  /** What opening allocates bounds what is left of it: some of that is garbage. */
  @Test
  void takesLittleHeapAndNothingOfTheStore() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<MessageQueue> queues = new ArrayList<>(2 * MANY);
    for (int i = 0; i < ENOUGH; i++) {
      queues.add(open("first" + i)); // opens the rings that all share
    }
    long free = shop.store.freeBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < MANY; i++) {
      MessageQueue queue = open("q" + i);
      queue.createGroup("g");
      queues.add(queue);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / MANY;
    assertTrue(each <= 1_024, each + " bytes of heap each");
    assertEquals(free, shop.store.freeBytes());
    assertEquals(0, queues.get(ENOUGH).stats().storeBytes());
    queues.forEach(MessageQueue::close);
  }

  @Test
  void hasTheGroupsThatWereMadeBeforeItWasUsed() throws Exception {
    try (MessageQueue queue = open("q")) {
      queue.createGroup("two", GroupStart.NOW);
      queue.createGroup("one");
      queue.createGroup("one");
      assertThrows(ConfigException.class, () -> queue.createGroup("no such name!"));
      assertEquals(List.of("one", "two"), names(queue));
      try (Producer producer = queue.producer()) {
        producer.send(new byte[] {7}, Await.DEADLINE);
      }
      assertEquals(List.of("one", "two"), names(queue));
      for (String group : names(queue)) {
        try (Consumer consumer = queue.consumer(group, "c")) {
          assertEquals(1, consumer.acknowledge(consumer.poll(1, Await.DEADLINE)));
        }
      }
    }
  }

  private static List<String> names(MessageQueue queue) {
    return queue.groups().stream().map(GroupStats::name).toList();
  }

  @Test
  void endsUnused() {
    MessageQueue queue = open("q");
    queue.createGroup("g");
    assertTrue(queue.close(Await.DEADLINE).drained());
    assertEquals(List.of("g"), names(queue));
    assertEquals(0, queue.close(Await.DEADLINE).stats().sent());
    assertFalse(queue.closeConsumer("g", "c"));
    assertThrows(QueueClosedException.class, queue::producer);
    assertThrows(QueueClosedException.class, () -> queue.createGroup("other"));
  }

  /** Neither its reserved minimum nor its place in the rings stays behind. */
  @Test
  void givesBackItsMinimumUnused() {
    long least = shop.store.unpromisedBytes() / 2;
    for (int i = 0; i < 3; i++) {
      shop.shop.open(QueueConfig.named("q" + i).minBytes(least).build()).close();
    }
    shop.shop.open(QueueConfig.named("last").minBytes(least).build()).close();
    assertTrue(shop.store.unpromisedBytes() > least, "nothing is promised any more");
  }
}
