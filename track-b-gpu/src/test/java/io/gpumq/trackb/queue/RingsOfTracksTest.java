package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.spi.Unused;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two tracks of one process, on a device that has room for so many rings. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingsOfTracksTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int MOST = 4;

  private final TestShop first = TestShop.onHost();
  private final TestShop second = TestShop.onHost();

  @BeforeEach
  void limit() {
    first.device.beforeStart = this::requireRoom;
    second.device.beforeStart = this::requireRoom;
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private void requireRoom(String ring) {
    if (first.device.running.get() + second.device.running.get() >= MOST) {
      throw new ConfigException("no room for " + ring);
    }
  }

  private static Queue open(TestShop shop, String name, String handler) {
    return shop.open(QueueConfig.named(name).handler(handler));
  }

  private static void exchange(Queue queue) throws InterruptedException {
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(new byte[] {1, 2, 3}, SOON);
      assertEquals(1, consumer.acknowledge(consumer.poll(1, SOON)));
    }
  }

  @Test
  void oneMakesRoomForTheOther() throws InterruptedException {
    Queue stays = open(first, "stays", "echo");
    exchange(stays);
    Queue goes = open(first, "goes", "crc32c");
    exchange(goes);
    goes.close(); // its ring stays for the next of its kind
    exchange(open(second, "needs-two", "sha256")); // with one for reads
    exchange(stays);
  }

  /** Who asks for what nobody uses must not be given what is just being opened. */
  @Test
  void whatIsBeingOpenedIsUsed() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    Thread asker =
        new Thread(
            () -> {
              while (!isOver.get()) {
                Unused.giveBack();
              }
            });
    asker.start();
    try {
      for (int i = 0; i < 200; i++) {
        Queue queue = open(first, "opened-" + i, i % 2 == 0 ? "echo" : "crc32c");
        exchange(queue);
        queue.close();
      }
    } finally {
      isOver.set(true);
      asker.join();
    }
  }

  /** Another track may have been about to ask it when it closed. */
  @Test
  void aTrackThatIsClosedHasNothingUnused() throws InterruptedException {
    exchange(open(second, "closed", "sha256"));
    second.closeRings();
    assertEquals(0, second.device.running.get());
    assertFalse(second.rings.closeUnused());
    assertEquals(0, second.device.running.get());
  }

  @Test
  void whatIsUsedStays() throws InterruptedException {
    Queue stays = open(first, "stays", "echo");
    Queue too = open(first, "too", "crc32c");
    var refused = assertThrows(ConfigException.class, () -> open(second, "needs-two", "sha256"));
    assertEquals(true, refused.getMessage().startsWith("no room for ring-"));
    exchange(stays);
    exchange(too);
    too.close();
    exchange(open(second, "needs-two", "sha256"));
  }
}
