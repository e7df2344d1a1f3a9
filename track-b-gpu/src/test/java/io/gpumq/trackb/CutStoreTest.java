package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import io.gpumq.trackb.queue.OpenQueue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store whose free memory lies in pieces: what is longer than each of them has room. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CutStoreTest {
  private static final int LARGE = 300_000;
  private static final int PIECE = 100_000;
  private static final int NEAR = 1_600;
  private static final int NEAR_EACH = 60;

  private final Track track =
      Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "16M")));

  private final Workers workers = new Workers();

  @AfterEach
  void close() {
    workers.close();
    track.close();
  }

  private MessageQueue open(String name) {
    MessageQueue queue = track.open(QueueConfig.named(name).maxPayloadBytes(LARGE).build());
    queue.createGroup("g");
    return queue;
  }

  private static ByteBuffer message(int number, int bytes) {
    ByteBuffer message = ByteBuffer.allocate(bytes);
    while (message.remaining() >= Integer.BYTES) {
      message.putInt(number * 31 + message.position());
    }
    return message.clear();
  }

  private static void assertMessages(MessageQueue queue, int count, int bytes) throws Exception {
    assertMessages(queue, 0, count, bytes);
  }

  private static void assertMessages(MessageQueue queue, int first, int end, int bytes)
      throws Exception {
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int next = first; next < end; ) {
        Batch batch = consumer.poll(16, Await.DEADLINE);
        assertTrue(batch.size() > 0, "message " + next + " is missing");
        for (int i = 0; i < batch.size(); i++) {
          assertEquals(message(next++, bytes), batch.get(i).payload());
        }
        consumer.acknowledge(batch);
      }
    }
  }

  /** Every other message goes, of each neighbours: so no piece is longer than one of them. */
  @Test
  void aLargeMessageHasRoomWhereFreePiecesAreShort() throws Exception {
    MessageQueue goes = open("goes");
    MessageQueue stays = open("stays");
    int each = 0;
    try (Producer going = goes.producer();
        Producer staying = stays.producer()) {
      while (going.trySend(message(each, PIECE)) != Producer.FULL
          && staying.trySend(message(each, PIECE)) != Producer.FULL) {
        each++;
      }
      assertMessages(goes, each, PIECE);
      MessageQueue large = open("large");
      int sent = each * PIECE / LARGE - 2;
      try (Producer producer = large.producer()) {
        for (int i = 0; i < sent; i++) {
          producer.send(message(i, LARGE), Await.DEADLINE);
        }
      }
      assertMessages(large, sent, LARGE);
    }
    assertMessages(stays, each, PIECE);
  }

  /** The last segment of a queue moves, too. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLargeMessageHasRoomAmongQueuesOfOneMessage(boolean areOpen) throws Exception {
    List<MessageQueue> queues = new ArrayList<>();
    List<Producer> producers = new ArrayList<>();
    for (boolean isFull = false; !isFull; ) {
      MessageQueue queue = open("queue" + queues.size());
      Producer producer = queue.producer();
      isFull = producer.trySend(message(queues.size(), PIECE)) == Producer.FULL;
      queues.add(queue);
      producers.add(producer);
    }
    queues.remove(queues.size() - 1);
    for (int i = 0; i < queues.size(); i += 2) {
      try (Consumer consumer = queues.get(i).consumer("g", "c")) {
        assertEquals(1, consumer.acknowledge(consumer.poll(1, Await.DEADLINE)));
      }
    }
    if (!areOpen) {
      producers.forEach(Producer::close);
      Await.until(
          "all are folded",
          () -> queues.stream().allMatch(queue -> ((OpenQueue) queue).isFolded()));
    }
    MessageQueue large = open("large");
    int sent = queues.size() / 2 * PIECE / LARGE - 2;
    try (Producer producer = large.producer()) {
      for (int i = 0; i < sent; i++) {
        producer.send(message(i, LARGE), Await.DEADLINE);
      }
    }
    assertMessages(large, sent, LARGE);
    for (int i = 1; i < queues.size(); i += 2) {
      try (Consumer consumer = queues.get(i).consumer("g", "c")) {
        assertEquals(message(i, PIECE), consumer.poll(1, Await.DEADLINE).get(0).payload());
      }
    }
  }

  /** What is in the way lies behind the letter, among those of the same queue. */
  @Test
  void aLetterIsReplayedWhereItsMessageHasNoRoomInARow() throws Exception {
    MessageQueue goes = open("goes");
    MessageQueue large = openRefusing("large");
    MessageQueue stays = openRefusing("stays");
    int each = 0;
    try (Producer first = large.producer();
        Producer going = goes.producer();
        Producer staying = stays.producer()) {
      first.send(message(1, LARGE), Await.DEADLINE);
      refuse(large, 1);
      while (going.trySend(message(each, PIECE)) != Producer.FULL
          && staying.trySend(message(each, PIECE)) != Producer.FULL) {
        refuse(stays, 1); // where its message lay the next one of the others will
        each++;
      }
    }
    assertMessages(goes, each, PIECE);
    try (Consumer repair = large.deadLetters().consumer("repair", "c")) {
      Batch letters = repair.poll(1, Await.DEADLINE);
      assertEquals(message(1, LARGE), letters.get(0).payload());
      repair.replay(letters.get(0), Await.DEADLINE);
    }
    assertMessages(large, 1, 2, LARGE);
  }

  private MessageQueue openRefusing(String name) {
    MessageQueue queue =
        track.open(
            QueueConfig.named(name)
                .maxPayloadBytes(LARGE)
                .maxDeliveries(1)
                .deadLetters("letters")
                .build());
    queue.createGroup("g");
    return queue;
  }

  /** Makes letters of all that it has. */
  private static void refuse(MessageQueue queue, int count) throws Exception {
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int i = 0; i < count; i++) {
        Batch next = consumer.poll(1, Await.DEADLINE);
        assertEquals(1, next.size(), "message " + i + " is missing");
        consumer.refuse(next.get(0).sequence(), Duration.ZERO);
      }
      Await.until(
          "all are letters",
          () -> consumer.poll(1, Duration.ZERO).isEmpty() && queue.stats().depth() == 0);
    }
  }

  /** What its readers find in the window is theirs, too, whose segment has moved meanwhile. */
  @Test
  void whatIsNearIsFoundThoughItsSegmentHasMoved() throws Exception {
    List<MessageQueue> near = new ArrayList<>();
    List<Producer> producers = new ArrayList<>(); // which keep these from folding
    MessageQueue goes = open("goes");
    int each = 0;
    try (Producer going = goes.producer()) {
      while (going.trySend(message(each, PIECE)) != Producer.FULL
          && sendNear(near, producers, each)) {
        each++;
      }
    }
    assertMessages(goes, each, PIECE);
    MessageQueue large = open("large");
    int sent = sendAll(large);
    assertTrue(sent > each * PIECE / LARGE / 2, sent + " beside " + each);
    for (int i = each - 1; i >= 0; i--) { // the last are in the window still
      assertNear(near.get(i), i);
    }
    assertMessages(large, sent, LARGE);
  }

  private boolean sendNear(List<MessageQueue> near, List<Producer> producers, int number)
      throws Exception {
    MessageQueue queue =
        track.open(QueueConfig.named("near" + number).maxPayloadBytes(NEAR).build());
    queue.createGroup("g");
    near.add(queue);
    Producer producer = queue.producer();
    producers.add(producer);
    if (producer.trySend(message(number, NEAR)) == Producer.FULL) {
      return false;
    }
    try (Consumer consumer = queue.consumer("g", "c")) { // what is sent behind it is near
      assertEquals(1, consumer.acknowledge(consumer.poll(1, Await.DEADLINE)));
    }
    int sent = 0;
    for (int some = 1; sent < NEAR_EACH && some > 0; sent += some) {
      int from = number + sent;
      some =
          producer.trySendBatch(
              NEAR_EACH - sent, (i, memory) -> memory.put(message(from + i, NEAR)));
    }
    return sent == NEAR_EACH;
  }

  private static int sendAll(MessageQueue queue) throws Exception {
    int sent = 0;
    try (Producer producer = queue.producer()) {
      for (; true; sent++) {
        producer.send(message(sent, LARGE), Duration.ofSeconds(1));
      }
    } catch (QueueFullException e) {
      return sent;
    }
  }

  private static void assertNear(MessageQueue queue, int number) throws Exception {
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int next = 0; next < NEAR_EACH; ) {
        Batch batch = consumer.poll(NEAR_EACH, Await.DEADLINE);
        assertTrue(batch.size() > 0, "message " + next + " of " + number + " is missing");
        for (int i = 0; i < batch.size(); i++) {
          assertEquals(message(number + next++, NEAR), batch.get(i).payload());
        }
        consumer.acknowledge(batch);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aProgramDrainsWhateverLetters(long seed) throws Exception {
    new CutStorePrograms(track, seed, workers, 600).run();
  }
}
