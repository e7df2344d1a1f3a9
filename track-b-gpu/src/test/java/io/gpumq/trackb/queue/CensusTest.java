package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.conformance.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted of a queue, with entries that have failed; and groups that come and go. */
@Timeout(60)
class CensusTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private Queue open(QueueConfig.Builder config) {
    return shop.open(config.lease(Duration.ofMinutes(10)));
  }

  private static GroupStats only(MessageQueue queue) {
    assertEquals(1, queue.groups().size());
    return queue.groups().get(0);
  }

  @Test
  void whatHasFailedIsNeitherLagNorDepth() throws InterruptedException {
    try (Queue queue =
            open(
                QueueConfig.named("gaps")
                    .maxMessages(64)
                    .handler("fail:every=3")
                    .handlerAttempts(1));
        Producer producer = queue.producer()) {
      Consumer consumer = queue.consumer("g", "c");
      for (int number = 0; number < 9; number++) {
        producer.send(new byte[] {(byte) number, 0, 0, 0, 0, 0, 0, 0}, SOON); // 0, 3, 6 fail
      }
      assertThrows(
          ArithmeticException.class,
          () ->
              producer.trySendBatch(
                  4,
                  (index, slot) -> {
                    slot.put((byte) (1 / (1 - index)));
                  }));
      Await.until("all handled", () -> queue.stats().handled() >= 10);
      assertEquals(3, queue.stats().failed());
      long messages = 7;
      assertEquals(messages, queue.stats().depth());
      assertEquals(messages, only(queue).lag());
      Batch batch = consumer.poll(2, SOON);
      assertEquals(messages - 2, only(queue).lag());
      assertEquals(2, only(queue).pending());
      assertEquals(messages, queue.stats().depth());
      consumer.acknowledge(batch.get(1).sequence());
      assertEquals(messages - 1, queue.stats().depth());
      consumer.acknowledge(batch);
      assertEquals(messages - 2, queue.stats().depth());
      assertEquals(messages - 2, consumer.acknowledge(consumer.poll(64, SOON)));
      assertEquals(0, queue.stats().depth());
      assertEquals(0, only(queue).lag());
      assertEquals(Duration.ZERO, only(queue).oldestAge());
    }
  }

  /** Whatever happens to groups: no entry is another lap's, no figure is above the capacity. */
  @Test
  void groupsComeAndGoBesideTraffic() throws Exception {
    int capacity = 16;
    try (Queue queue = open(QueueConfig.named("busy").maxMessages(capacity))) {
      queue.createGroup("keeper");
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendUntil(stop, queue));
      List<CompletableFuture<Void>> readers =
          List.of(
              CompletableFuture.runAsync(() -> readUntil(stop, queue, "keeper")),
              CompletableFuture.runAsync(() -> readUntil(stop, queue, "guest")));
      Random random = new Random(5);
      for (int round = 0; round < 2_000; round++) {
        switch (random.nextInt(4)) {
          case 0 -> queue.removeGroup("guest");
          case 1 -> queue.createGroup("guest", GroupStart.NOW);
          case 2 -> queue.createGroup("guest", GroupStart.OLDEST);
          default -> {
            queue.createGroup("guest");
            queue.moveGroup("guest", random.nextBoolean() ? GroupStart.OLDEST : GroupStart.NOW);
          }
        }
        long depth = queue.stats().depth();
        assertTrue(depth >= 0 && depth <= capacity, "depth " + depth);
        for (GroupStats group : queue.groups()) {
          assertTrue(group.lag() >= 0 && group.lag() <= capacity, group.toString());
          assertTrue(group.pending() >= 0 && group.pending() <= capacity, group.toString());
          assertFalse(group.oldestAge().isNegative(), group.toString());
        }
      }
      stop.set(true);
      sender.get(20, TimeUnit.SECONDS);
      for (CompletableFuture<Void> reader : readers) {
        reader.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static void sendUntil(AtomicBoolean stop, Queue queue) {
    ByteBuffer payload = ByteBuffer.allocate(Long.BYTES);
    try (Producer producer = queue.producer()) {
      for (long next = 0; !stop.get(); ) {
        payload.putLong(0, next);
        next += producer.trySend(next, payload) == Producer.FULL ? 0 : 1;
      }
    }
  }

  private static void readUntil(AtomicBoolean stop, Queue queue, String group) {
    while (!stop.get()) {
      try (Consumer consumer = queue.consumer(group, "c")) {
        while (!stop.get()) {
          Batch batch = consumer.poll(8, Duration.ofMillis(1));
          String wrong = "";
          for (int i = 0; i < batch.size(); i++) {
            var entry = batch.get(i);
            long payload = entry.payload().getLong(entry.payload().position());
            if (payload != entry.sequence() || entry.key() != entry.sequence()) {
              wrong += " " + entry.sequence() + ": " + payload + " of key " + entry.key();
            }
          }
          consumer.acknowledge(batch); // it was open until now: what was read counts
          assertEquals("", wrong);
        }
      } catch (QueueClosedException | IllegalStateException e) {
        // The group was removed, perhaps at a look at an entry: read in the next of that name.
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
