package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many queues of one class share a few rings. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedRingsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int MANY = 200;

  /** One for reads, and four of a class. */
  private static final int MOST = 5;

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private List<Queue> open(int count, String name, String handler) {
    List<Queue> queues = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      queues.add(shop.open(QueueConfig.named(name + i).handler(handler)));
    }
    return queues;
  }

  private static void exchange(List<Queue> queues) throws InterruptedException {
    for (Queue queue : queues) {
      try (Producer producer = queue.producer();
          Consumer consumer = queue.consumer("g", "c")) {
        producer.send(new byte[] {1, 2, 3}, SOON);
        assertEquals(1, consumer.acknowledge(consumer.poll(1, SOON)));
      }
    }
  }

  private static int[] lanesByRing(List<Queue> queues) {
    return queues.stream()
        .map(queue -> queue.lane(0).ring())
        .distinct()
        .mapToInt(OpenRing::lanes)
        .toArray();
  }

  @Test
  void fewShareOne() {
    assertEquals(1, lanesByRing(open(32, "few", "echo")).length);
    assertEquals(2, shop.device.running.get());
  }

  @Test
  void manyAreSpreadEvenly() throws InterruptedException {
    List<Queue> queues = open(MANY, "many", "echo");
    int[] lanes = lanesByRing(queues);
    assertEquals(4, lanes.length);
    for (int each : lanes) {
      assertEquals(MANY / 4, each);
    }
    assertEquals(MOST, shop.device.running.get());
    exchange(queues);
  }

  /** However many classes are crowded, only as many rings are opened for that as leave room. */
  @Test
  void anotherClassHasItsFirstRing() throws InterruptedException {
    open(MANY, "many", "echo");
    List<Queue> others = open(MANY, "other", "crc32c");
    assertEquals(1, lanesByRing(others).length);
    assertEquals(MOST + 1, shop.device.running.get());
    exchange(others);
  }

  @Test
  void whatNobodyUsesMakesRoomForThat() {
    open(MANY, "many", "echo").forEach(Queue::close);
    List<Queue> others = open(MANY, "other", "crc32c");
    assertEquals(4, lanesByRing(others).length);
    assertTrue(shop.device.running.get() <= MOST, () -> shop.device.running + " rings");
  }

  @Test
  void whereTheDeviceHasNoRoomAllShareWhatThereIs() throws InterruptedException {
    shop.device.beforeStart =
        ring -> {
          if (shop.device.running.get() >= 2) {
            throw new ConfigException("no room for " + ring);
          }
        };
    List<Queue> queues = open(MANY, "many", "echo");
    assertEquals(1, lanesByRing(queues).length);
    exchange(queues);
  }
}
