package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.GroupStart;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.device.HostBackend;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way to look at a ring's memory, beside a close that gives the memory back: a look comes
 * before that, or hears of the close. One that comes in the middle would end in an error of the
 * virtual machine, and in whichever queue its thread has come to by then.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LooksBesideCloseTest {
  private static final int ROUNDS = 50;
  private static final int LOOKERS = 2;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  /** A look. Each keeps looking until it hears of the close, or has looked behind it. */
  enum Look {
    WATCH(RingQueue::watch),
    STATS(RingQueue::stats),
    GROUPS(RingQueue::groups),
    LETTERS(queue -> queue.deadLetters().size()),
    READY(queue -> queue.isReady("g")),
    FULL(queue -> queue.whyFull(Duration.ZERO)),
    MAKE(queue -> queue.createGroup("h", GroupStart.NOW)),
    MOVE(queue -> queue.moveGroup("g", GroupStart.OLDEST)),
    SEND(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySend(ByteBuffer.allocate(8));
          }
        });

    private final Consumer<RingQueue> once;

    Look(Consumer<RingQueue> once) {
      this.once = once;
    }
  }

  @ParameterizedTest
  @EnumSource(Look.class)
  void hearsOfTheClose(Look look) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      QueueConfig config = QueueConfig.named("looks").capacity(64).slotBytes(64).build();
      RingQueue queue = new RingQueue(config, new LocalDevice(new HostBackend()), new Running());
      queue.createGroup("g", GroupStart.OLDEST);
      try (Producer producer = queue.producer()) {
        assertEquals(64, producer.trySendBatch(64, (index, slot) -> slot.putLong(index)));
      }
      CountDownLatch looking = new CountDownLatch(LOOKERS);
      List<Future<?>> lookers = new ArrayList<>();
      for (int i = 0; i < LOOKERS; i++) {
        lookers.add(threads.submit(() -> keepLooking(queue, look, looking)));
      }
      looking.await();
      queue.close(Duration.ZERO);
      for (Future<?> looker : lookers) {
        looker.get(20, TimeUnit.SECONDS); // throws what it has thrown
      }
    }
  }

  private static void keepLooking(RingQueue queue, Look look, CountDownLatch looking) {
    for (boolean isLast = false; !isLast; ) {
      isLast = queue.isEnded();
      try {
        look.once.accept(queue);
      } catch (QueueClosedException e) {
        // as it should
      }
      looking.countDown();
    }
  }
}
