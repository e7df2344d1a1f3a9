package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.waiting.Sleeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for room is woken, though nobody else looks at the queue. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoomTest {
  private static final int MESSAGES = 1 << 16;

  @Test
  void comesToAQueueWithoutAGroup() throws Exception {
    try (TestShop shop = TestShop.onHost()) {
      Queue queue = shop.open(QueueConfig.named("room").maxMessages(MESSAGES).maxPayloadBytes(256));
      Producer producer = queue.producer();
      Sleeper sleeper = new Sleeper();
      int sent = producer.trySendBatch(MESSAGES, (index, slot) -> slot.putLong(index));
      while (sent < MESSAGES) {
        Deadline deadline = Deadline.after(Await.DEADLINE);
        sleeper.await(queue.lane(0).room(), 1, deadline, () -> false);
        sleeper.done();
        assertFalse(deadline.isPassed(), "not woken after " + sent);
        sent += producer.trySendBatch(MESSAGES - sent, (index, slot) -> slot.putLong(index));
      }
    }
  }
}
