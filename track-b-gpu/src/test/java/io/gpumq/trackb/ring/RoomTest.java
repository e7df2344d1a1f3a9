package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.spi.Deadline;
import io.gpumq.trackb.device.HostBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for room is woken, though nobody else looks at the queue. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoomTest {
  private static final int MESSAGES = 1 << 16;

  @Test
  void comesToAQueueWithoutAGroup() throws Exception {
    QueueConfig config = QueueConfig.named("room").capacity(MESSAGES).slotBytes(256).build();
    RingQueue queue = new RingQueue(config, new LocalDevice(new HostBackend()), new Running());
    try (Producer producer = queue.producer()) {
      int sent = producer.trySendBatch(MESSAGES, (index, slot) -> slot.putLong(index));
      while (sent < MESSAGES) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(20));
        queue.room().await(deadline, () -> false);
        queue.room().done();
        assertFalse(deadline.isPassed(), "not woken after " + sent);
        sent += producer.trySendBatch(MESSAGES - sent, (index, slot) -> slot.putLong(index));
      }
    } finally {
      queue.close(Duration.ZERO);
    }
  }
}
