package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.waiting.Line;
import io.gpumq.trackb.delivery.Group;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What consumers leave behind: neither entries that nobody has, nor numbers, nor a wait. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueConsumerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private Queue open(int lanes) {
    return shop.open(
        QueueConfig.named("consumed").maxMessages(16).lanes(lanes).lease(Duration.ofMinutes(10)));
  }

  /** Sends a message while there is no reader: it lies in the store alone. */
  private static long sendToNobody(Queue queue) throws InterruptedException {
    queue.createGroup("g", GroupStart.OLDEST);
    try (Producer producer = queue.producer()) {
      return producer.send(new byte[] {7}, SOON);
    }
  }

  @Test
  void entriesThatCannotBeReadNowAreNobodys() throws InterruptedException {
    Queue queue = open(1);
    sendToNobody(queue);
    Consumer first = queue.consumer("g", "first");
    Consumer second = queue.consumer("g", "second");
    first.refuse(first.poll(1, SOON).get(0).sequence(), Duration.ZERO);
    shop.device.beforeRead =
        () -> {
          throw new IllegalStateException("no memory");
        };
    assertThrows(IllegalStateException.class, () -> first.poll(1, SOON));
    shop.device.beforeRead = () -> {};
    Batch batch = second.poll(1, Duration.ZERO);
    assertEquals(1, batch.size(), "due at once, not when a lease ends");
    assertEquals(2, batch.get(0).deliveries(), "nobody has seen the one that failed");
    assertEquals(7, batch.get(0).payload().get());
    assertEquals(1, second.acknowledge(batch));
    assertTrue(first.poll(1, Duration.ZERO).isEmpty());
  }

  /**
   * Settled by another, an entry keeps its memory until the one that was handed it has its bytes.
   */
  @Test
  void anEntryIsHeldFromItsTakeUntilItIsRead() throws InterruptedException {
    Queue queue = open(1);
    long sequence = sendToNobody(queue);
    Consumer first = queue.consumer("g", "first");
    Consumer second = queue.consumer("g", "second");
    AtomicLong held = new AtomicLong();
    shop.device.beforeRead =
        () -> {
          shop.device.beforeRead = () -> {};
          second.acknowledge(sequence);
          passThrough(queue, second);
          held.set(queue.stats().storeBytes());
        };
    Batch batch = first.poll(1, SOON);
    assertEquals(sequence, batch.get(0).sequence());
    assertEquals(7, batch.get(0).payload().get());
    passThrough(queue, second);
    assertTrue(queue.stats().storeBytes() < held.get(), "it is let go");
  }

  /** Sends, receives and settles so much that all memory that is free was used meanwhile. */
  static void passThrough(Queue queue, Consumer consumer) {
    try (Producer producer = queue.producer()) {
      for (int i = 0; i < 4000; i++) {
        producer.send(new byte[queue.config().maxPayloadBytes()], SOON);
        assertEquals(1, consumer.acknowledge(consumer.poll(1, SOON)));
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theNumbersOfClosedConsumersAreUsedAgain() {
    Queue queue = open(1);
    QueueConsumer stays = (QueueConsumer) queue.consumer("g", "stays");
    int next = stays.owner() + 1;
    for (int i = 0; i < 100; i++) {
      try (QueueConsumer passes = (QueueConsumer) queue.consumer("g", "passes" + i);
          QueueConsumer other = (QueueConsumer) queue.consumer("other", "passes")) {
        assertEquals(next, passes.owner());
        assertNotEquals(passes.owner(), other.owner());
      }
    }
  }

  /** A group may be made again, and read, while the removal of the one before goes on. */
  @Test
  void theEndOfAGroupSparesConsumersOfALaterOneOfItsName() throws InterruptedException {
    Queue queue = open(1);
    Line line = queue.lane(0).room(); // nobody waits there
    Consumers consumers = new Consumers();
    Group before = group();
    Group later = group();
    Consumer left = consumers.open(before, "same", n -> consumer(queue, n, line, before));
    Consumer stays = consumers.open(later, "same", n -> consumer(queue, n, line, later));
    consumers.closeLeft("g", () -> later);
    assertThrows(QueueClosedException.class, () -> left.poll(1, Duration.ZERO));
    assertTrue(stays.poll(1, Duration.ZERO).isEmpty());
    consumers.closeLeft("g", () -> null);
    assertThrows(QueueClosedException.class, () -> stays.poll(1, Duration.ZERO));
  }

  private static Group group() {
    return new Group(
        "g", 0, 1, 1, false, sequence -> true, (sequence, cause, count, name) -> true, () -> 0);
  }

  private static QueueConsumer consumer(Queue queue, int number, Line line, Group... groups) {
    Part[] parts = new Part[groups.length];
    for (int lane = 0; lane < parts.length; lane++) {
      parts[lane] = new Part(queue.lane(lane), groups[lane]);
    }
    EntryBatch batch = new EntryBatch(new EntryFinder(queue.reading()));
    queue.hold(); // the consumer lets go at its end
    return new QueueConsumer(queue, "g", "c" + number, number, parts, 0, batch, line);
  }

  @Test
  void aSequenceIsShownWithLaneAndPositionIfItHasThem() {
    assertEquals("sequence 17", Lane.describe(17, 1));
    assertEquals("sequence 17 (lane 0, position 17)", Lane.describe(17, 4));
    assertEquals(
        "sequence 216172782113783825 (lane 3, position 17)", Lane.describe((3L << 56) + 17, 4));
    assertEquals("sequence -1", Lane.describe(-1, 4));
    assertEquals("sequence 9223372036854775807", Lane.describe(Long.MAX_VALUE, 4));
  }

  /** As long as it is out, whatever becomes of its queue's rings. */
  @Test
  void aBatchThatIsOutStaysWholeBehindTheEndOfItsRing() throws InterruptedException {
    Queue queue = open(1);
    Consumer consumer = queue.consumer("g", "c");
    try (Producer producer = queue.producer()) {
      producer.send(new byte[] {1, 2, 3}, SOON);
    }
    Batch batch = consumer.poll(1, SOON);
    shop.closeRings();
    assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), batch.get(0).payload());
    consumer.close();
  }
}
