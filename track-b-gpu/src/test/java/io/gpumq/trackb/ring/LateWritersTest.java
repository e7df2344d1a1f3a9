package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.device.HostBackend;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A producer that still writes when its queue closes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LateWritersTest {
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private long found;

  /** Writes, lets the queue close, and reads what it has written. */
  private void write(ByteBuffer slot) {
    slot.putLong(77);
    writing.countDown();
    try {
      goOn.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    found = slot.getLong(0);
  }

  @Test
  void keepsItsSlotAndIsToldThatTheQueueIsClosed() throws Exception {
    QueueConfig config = QueueConfig.named("late").capacity(16).build();
    RingQueue queue = new RingQueue(config, new LocalDevice(new HostBackend()), new Running());
    Producer producer = queue.producer();
    var send = CompletableFuture.runAsync(() -> producer.trySendBatch(1, (i, slot) -> write(slot)));
    writing.await();
    assertEquals(0, queue.close(Duration.ZERO).left()); // does not wait for it
    goOn.countDown();
    var failure = assertThrows(ExecutionException.class, () -> send.get(30, TimeUnit.SECONDS));
    assertInstanceOf(QueueClosedException.class, failure.getCause());
    assertEquals(77, found, "the memory was given back while it was written");
    assertThrows(QueueClosedException.class, () -> producer.trySend(ByteBuffer.allocate(8)));
  }
}
