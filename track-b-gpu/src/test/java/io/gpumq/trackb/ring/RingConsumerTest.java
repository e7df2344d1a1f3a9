package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.RingErrors;
import io.gpumq.trackb.waiting.Waiters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What consumers leave behind: neither entries that nobody has, nor numbers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingConsumerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ReadingDevice device = new ReadingDevice(new LocalDevice(new HostBackend()));

  private RingQueue open() {
    QueueConfig config =
        QueueConfig.named("consumed").capacity(16).lease(Duration.ofMinutes(10)).build();
    return new RingQueue(config, device, new Running());
  }

  @Test
  void entriesThatCannotBeReadNowAreNobodys() throws InterruptedException {
    try (RingQueue queue = open();
        Producer producer = queue.producer()) {
      RingConsumer first = queue.consumer("g", "first");
      RingConsumer second = queue.consumer("g", "second");
      producer.send(new byte[8], SOON);
      first.refuse(first.poll(1, SOON).get(0).sequence(), Duration.ZERO);
      device.beforeRead =
          () -> {
            throw new IllegalStateException("no memory");
          };
      assertThrows(IllegalStateException.class, () -> first.poll(1, SOON));
      device.beforeRead = () -> {};
      Batch batch = second.poll(1, Duration.ZERO);
      assertEquals(1, batch.size(), "due at once, not when a lease ends");
      assertEquals(2, batch.get(0).deliveries(), "nobody has seen the one that failed");
      assertEquals(1, second.acknowledge(batch));
      assertTrue(first.poll(1, Duration.ZERO).isEmpty());
    }
  }

  /** Settled by another, an entry keeps its slot until the one that was handed it has its bytes. */
  @Test
  void anEntryIsHeldFromItsTakeUntilItIsRead() throws InterruptedException {
    try (RingQueue queue = open();
        Producer producer = queue.producer()) {
      RingConsumer first = queue.consumer("g", "first");
      RingConsumer second = queue.consumer("g", "second");
      long sequence = producer.send(new byte[] {7}, SOON);
      first.refuse(first.poll(1, SOON).get(0).sequence(), Duration.ZERO);
      AtomicInteger sent = new AtomicInteger();
      device.beforeRead =
          () -> {
            device.beforeRead = () -> {};
            second.acknowledge(sequence);
            while (producer.trySend(ByteBuffer.allocate(1)) != Producer.FULL) {
              sent.incrementAndGet();
            }
          };
      Batch batch = first.poll(1, SOON);
      assertEquals(queue.config().capacity() - 1, sent.get(), "all slots but that of the entry");
      assertEquals(sequence, batch.get(0).sequence());
      assertEquals(7, batch.get(0).payload().get());
      assertTrue(producer.trySend(ByteBuffer.allocate(1)) != Producer.FULL, "it is let go");
    }
  }

  @Test
  void theNumbersOfClosedConsumersAreUsedAgain() {
    try (RingQueue queue = open()) {
      RingConsumer stays = queue.consumer("g", "stays");
      int next = stays.owner() + 1;
      for (int i = 0; i < 100; i++) {
        try (RingConsumer passes = queue.consumer("g", "passes" + i);
            RingConsumer other = queue.consumer("other", "passes")) {
          assertEquals(next, passes.owner());
          assertNotEquals(passes.owner(), other.owner());
        }
      }
    }
  }

  /** A group may be made again, and read, while the removal of the one before goes on. */
  @Test
  void theEndOfAGroupSparesConsumersOfALaterOneOfItsName() {
    QueueConfig config = QueueConfig.named("named").capacity(16).slotBytes(64).build();
    RingGeometry g = RingGeometry.of(config, HandlerSpec.parse(config.handler()), 0);
    try (RingQueue queue = open();
        SharedFile file = SharedFile.create("named", g)) {
      Consumers consumers = new Consumers();
      Group before = group();
      Group later = group();
      RingConsumer left = consumers.open(before, "same", n -> consumer(queue, before, n, file, g));
      RingConsumer stays = consumers.open(later, "same", n -> consumer(queue, later, n, file, g));
      consumers.closeLeft("g", () -> later);
      assertTrue(left.isEnding());
      assertFalse(stays.isEnding());
      consumers.closeLeft("g", () -> null);
      assertTrue(stays.isEnding());
    }
  }

  private static Group group() {
    return new Group(
        "g", 0, 1, 1, false, sequence -> true, (sequence, cause, count, name) -> true, () -> 0);
  }

  private static RingConsumer consumer(
      RingQueue queue, Group group, int number, SharedFile file, RingGeometry g) {
    Express express = new Express(file, g);
    Completions completions = new Completions(file, g, express, (sequence, word) -> true);
    Window window = new Window(new ControlBlock(file.control()), g);
    Reads reads = new Reads(file, g, completions);
    RingBatch batch =
        new RingBatch(file, g, completions, express, window, reads, new Marks(g), new Hold());
    Waiters.Line line = new Waiters.Bell(new Waiters()).line(() -> false);
    return new RingConsumer(queue, group, "c" + number, number, batch, line);
  }

  @Test
  void aSequenceIsShownWithLaneAndPositionIfItHasThem() {
    assertEquals("sequence 17 (lane 0, position 17)", LanedQueue.describe(17));
    assertEquals(
        "sequence 216172782113783825 (lane 3, position 17)", LanedQueue.describe((3L << 56) + 17));
    assertEquals("sequence -1", LanedQueue.describe(-1));
    assertEquals("sequence 9223372036854775807", LanedQueue.describe(Long.MAX_VALUE));
  }

  @Test
  void anErrorNamesLaneAndPosition() {
    QueueConfig config = QueueConfig.named("laned").capacity(16).lanes(4).build();
    HandlerSpec handler = HandlerSpec.parse(config.handler());
    RingGeometry g = RingGeometry.of(config, handler, 3L << 56);
    Shared shared = new Shared(config, new Waiters());
    RingState state = new RingState("laned", LanedQueue.describeWhere(g), shared);
    long word = (long) RingLayout.ERROR_STAMP << RingLayout.ERROR_CODE_SHIFT | 7;
    state.fail(RingErrors.describe(word));
    String why = assertThrows(TrackFailedException.class, state::requireUsable).getMessage();
    assertTrue(
        why.startsWith("lane 3 of 4 of queue 'laned': the ring is broken at position 7: "), why);
  }
}
