package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import io.gpumq.trackb.log.EntryLog;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do to a letter in the middle of its replay. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayTest {
  private static final Duration SOON = Await.DEADLINE;
  private static final int MOST = 8;

  private final TestShop shop = TestShop.onHost();
  private final Queue queue =
      shop.open(
          QueueConfig.named("q").maxMessages(MOST).maxDeliveries(1).lease(Duration.ofMinutes(10)));
  private final Queue letters = (Queue) queue.deadLetters();

  @AfterEach
  void close() {
    shop.close();
  }

  private void makeLetter() throws InterruptedException {
    try (Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      producer.send(new byte[100], SOON);
      consumer.refuse(consumer.poll(1, SOON).get(0).sequence(), Duration.ZERO);
      Await.until("a letter", () -> consumer.poll(1, Duration.ZERO).isEmpty() && depth() == 1);
    }
  }

  private long depth() {
    return letters.stats().depth();
  }

  /** It is read to be sent, and lies where it lay until then; but it is sent by nobody any more. */
  @Test
  void aLetterThatIsSettledMeanwhileStaysAndIsNotSent() throws Exception {
    makeLetter();
    EntryLog log = letters.lane(0).log();
    AtomicBoolean stayed = new AtomicBoolean();
    try (Consumer reader = letters.consumer("r", "reader");
        Consumer other = letters.consumer("r", "other")) {
      Entry letter = reader.poll(1, SOON).get(0);
      long sequence = letter.sequence();
      shop.device.beforeRead =
          () -> {
            shop.device.beforeRead = () -> {};
            other.acknowledge(sequence);
            assertEquals(0, depth());
            stayed.set(log.released() <= sequence);
          };
      assertThrows(NotPendingException.class, () -> reader.replay(letter, SOON));
      assertTrue(stayed.get());
      assertEquals(1, queue.stats().sent());
      Await.until(
          "it is let go",
          () -> {
            letters.lane(0).groups().advance();
            return log.released() > sequence;
          });
    }
  }

  @Test
  void theGroupMayGoMeanwhile() throws Exception {
    makeLetter();
    try (Consumer reader = letters.consumer("r", "reader")) {
      Entry letter = reader.poll(1, SOON).get(0);
      shop.device.beforeRead = () -> letters.removeGroup("r");
      assertThrows(QueueClosedException.class, () -> reader.replay(letter, SOON));
      assertEquals(1, queue.stats().sent());
    }
  }

  /** So what lies behind the letter may move, for one, and make the room. */
  @Test
  void nothingIsHeldWhileItWaitsForRoom() throws Exception {
    makeLetter();
    Lane from = letters.lane(0);
    try (Workers workers = new Workers();
        Consumer reader = letters.consumer("r", "reader");
        Producer producer = queue.producer()) {
      for (int i = 0; i < MOST; i++) {
        producer.send(new byte[100], SOON);
      }
      Entry letter = reader.poll(1, SOON).get(0);
      AtomicBoolean wasRead = new AtomicBoolean();
      shop.device.beforeRead = () -> wasRead.set(true);
      Workers.Worker<Long> replay = workers.start(() -> reader.replay(letter, SOON));
      Await.until("it is read", wasRead::get);
      Await.until("none is held", () -> from.groups().holds().lowest() == Long.MAX_VALUE);
      assertEquals(1 + MOST, queue.stats().sent());
      try (Consumer consumer = queue.consumer("g", "c")) {
        consumer.acknowledge(consumer.poll(1, SOON));
      }
      assertEquals(1 + MOST, replay.join());
    }
  }
}
