package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.log.LargeArea;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where writers write large messages: in the large area while that has room, else beside it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeSlotTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LARGEST = 1 << 20;
  private static final int COUNT = 5;

  private final TestShop shop = TestShop.onHost();
  private final Random random = new Random(7);
  private final Queue queue = shop.open(QueueConfig.named("large").maxPayloadBytes(LARGEST));
  private final Producer producer = queue.producer();
  private final Consumer consumer = queue.consumer("g", "c");
  private final LargeArea area = queue.copier().largeArea();
  private final Deque<Integer> taken = new ArrayDeque<>();

  @AfterEach
  void close() {
    shop.close();
  }

  /** Takes all that there is for messages of that size; returns how many. */
  private int takeAll() {
    int before = taken.size();
    for (int at; (at = area.takeToSend(LARGEST)) != LargeArea.NO_ROOM; ) {
      taken.push(at);
    }
    return taken.size() - before;
  }

  private void giveAllBack() {
    while (!taken.isEmpty()) {
      area.giveBack(taken.pop(), LARGEST);
    }
  }

  /** Sends messages, of which some are not large, and receives them. */
  private void roundTrip(Runnable within) throws InterruptedException {
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      byte[] bytes = new byte[i == 2 ? 100 : LARGEST - i];
      random.nextBytes(bytes);
      messages.add(bytes);
    }
    producer.sendBatch(
        COUNT,
        (index, slot) -> {
          assertEquals(LARGEST, slot.remaining());
          within.run();
          slot.put(messages.get(index));
        },
        SOON);
    for (int got = 0; got < COUNT; ) {
      Batch batch = consumer.poll(COUNT, SOON);
      assertTrue(batch.size() > 0, "nothing came");
      for (int i = 0; i < batch.size(); i++) {
        assertArrayEquals(messages.get(got++), batch.get(i).payloadBytes());
      }
      consumer.acknowledge(batch);
    }
    consumer.poll(1, Duration.ZERO); // lets go of the last
  }

  @Test
  void aWriterHasAPartOfTheAreaWhileItWrites() throws InterruptedException {
    int all = takeAll();
    giveAllBack();
    roundTrip(
        () -> {
          assertEquals(all - 1, takeAll());
          giveAllBack();
        });
    assertEquals(all, takeAll(), "what it had is given back");
  }

  @Test
  void whereTheAreaIsTakenASenderHasItsOwn() throws InterruptedException {
    takeAll();
    roundTrip(() -> {});
    giveAllBack();
    roundTrip(() -> {});
  }

  @Test
  void aWriterThatThrowsLeavesNothing() throws InterruptedException {
    int all = takeAll();
    giveAllBack();
    assertThrows(
        IllegalStateException.class,
        () ->
            producer.sendBatch(
                1,
                (index, slot) -> {
                  throw new IllegalStateException("of the test");
                },
                SOON));
    assertEquals(all, takeAll());
    giveAllBack();
    roundTrip(() -> {});
  }

  @Test
  void whatMayBeLongerIsWrittenElsewhere() {
    assertEquals(LargeArea.NO_ROOM, area.takeToSend(16 << 20));
  }

  @Test
  void aClosedAreaHasNoRoom() {
    queue.close();
    shop.close();
    assertEquals(LargeArea.NO_ROOM, area.takeToSend(LARGEST));
  }
}
