package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Retention;
import io.gpumq.trackb.spi.Unused;
import io.gpumq.trackb.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many queues of one class share a few rings. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedRingsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int MANY = 200;

  private static final int PAYLOAD = 2_000;

  /** Less than a ring takes of the store. */
  private static final int RING_BYTES = 8 << 10;

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

  /** Whichever of a class's rings was closed meanwhile, the first one or another. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereSomeAreClosedTheySpreadAgain(boolean isFirstClosed) throws InterruptedException {
    List<Queue> before = open(MANY, "before", "echo");
    OpenRing first = before.get(0).lane(0).ring();
    before.stream()
        .filter(queue -> (queue.lane(0).ring() == first) == isFirstClosed)
        .forEach(Queue::close);
    assertTrue(Unused.giveBack());
    List<Queue> after = open(2 * MANY, "after", "echo");
    assertEquals(4, lanesByRing(after).length);
    assertEquals(MOST, shop.device.running.get());
    exchange(after);
  }

  /** What is kept for readers to come is worth more than another ring. */
  @Test
  void noMessageGoesForARingToShare() throws InterruptedException {
    open(1, "first", "echo");
    Queue full =
        shop.open(
            QueueConfig.named("full")
                .maxPayloadBytes(PAYLOAD)
                .maxMessages(1_000_000)
                .retention(Retention.untilNeeded()));
    try (Producer producer = full.producer()) {
      while (hasRoomForARing()) {
        producer.sendBatch(8, (index, payload) -> payload.position(PAYLOAD), SOON);
      }
    }
    assertEquals(0, full.lane(0).groups().floor());
    assertEquals(1, lanesByRing(open(MANY, "many", "echo")).length);
    assertEquals(0, full.lane(0).groups().floor());
  }

  private boolean hasRoomForARing() {
    long place = shop.store.allocateForRing(RING_BYTES);
    if (place != Store.NO_ROOM) {
      shop.store.freeOfRing(place, RING_BYTES);
    }
    return place != Store.NO_ROOM;
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
