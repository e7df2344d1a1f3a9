package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.conformance.Await;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.waiting.Sleeper;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for room is woken, though nobody else looks at the queue. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoomTest {
  private static final int MESSAGES = 1 << 16;
  private static final int LARGE = 1_000_000;
  private static final int PIECE = 100_000;

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

  /** What a ring keeps for itself does not move. */
  @Test
  void whoWaitsInVainHearsThatWhatIsFreeLiesInPieces() {
    try (TestShop shop = TestShop.onHost()) {
      Queue queue = shop.open(QueueConfig.named("large").maxPayloadBytes(LARGE));
      List<Long> pieces = new ArrayList<>();
      for (long place; (place = shop.store.allocateForRing(PIECE)) != Store.NO_ROOM; ) {
        pieces.add(place);
      }
      for (int i = 0; i < pieces.size(); i += 2) {
        shop.store.freeOfRing(pieces.get(i), PIECE);
      }
      ByteBuffer message = ByteBuffer.allocate(LARGE);
      try (Producer producer = queue.producer()) {
        String why =
            assertThrows(
                    QueueFullException.class, () -> producer.send(message, Duration.ofMillis(50)))
                .getMessage();
        assertTrue(why.contains(" of a message in a row: what lies between is in use"), why);
      }
      for (int i = 1; i < pieces.size(); i += 2) {
        shop.store.freeOfRing(pieces.get(i), PIECE);
      }
    }
  }
}
