package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.reference.Handler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Groups, consumers, polls and acknowledgements. */
abstract class DeliveryConformance extends QueueTest {
  DeliveryConformance(TrackFixture on) {
    super(on);
  }

  @Test
  void showsEveryGroupEveryEntry() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("one");
    queue.createGroup("one"); // changes nothing
    List<Long> sequences = send(queue, 0, 30);
    for (String group : List.of("one", "two", "three")) {
      try (Consumer consumer = queue.consumer(group, "c")) {
        assertEquals(group, consumer.group());
        assertEquals("c", consumer.name());
        assertMessages(poll(consumer, 30), sequences, 0, 1);
      }
    }
  }

  @Test
  void startsANewGroupAtTheOldestEntryKept() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 20);
    try (Consumer early = queue.consumer("early", "c")) {
      consume(early, 5);
      poll(early, 5); // pending: still kept
      try (Consumer late = queue.consumer("late", "c")) {
        List<Received> seen = poll(late, 15);
        while (seen.get(seen.size() - 1).sequence() < sequences.get(19)) {
          seen.addAll(poll(late, 1));
        }
        int first = 20 - seen.size();
        assertTrue(first <= 5, "begins at message " + first);
        assertMessages(seen, sequences.subList(first, 20), first, 1);
      }
    }
  }

  @Test
  void sharesEntriesAmongTheConsumersOfAGroup() throws Exception {
    int messages = 3_000;
    MessageQueue queue = open(config().maxMessages(128));
    Map<Long, Received> seen = new ConcurrentHashMap<>();
    for (int c = 0; c < 3; c++) {
      Consumer consumer = queue.consumer("g", "c" + c);
      workers.start(
          () -> {
            while (seen.size() < messages) {
              Batch batch = consumer.poll(16, Duration.ofMillis(20));
              for (Received entry : copy(batch)) {
                assertEquals(null, seen.put(entry.sequence(), entry), "delivered twice");
              }
              consumer.acknowledge(batch);
            }
            return null;
          });
    }
    List<Long> sequences = send(queue, 0, messages);
    workers.joinAll();
    assertMessages(List.copyOf(new TreeMap<>(seen).values()), sequences, 0, 1);
  }

  @Test
  void givesEachConsumerItsOwnEntries() throws Exception {
    MessageQueue queue = open(config());
    List<Long> sequences = send(queue, 0, 20);
    try (Consumer first = queue.consumer("g", "first");
        Consumer second = queue.consumer("g", "second")) {
      assertMessages(poll(first, 10), sequences.subList(0, 10), 0, 1);
      assertMessages(poll(second, 10), sequences.subList(10, 20), 10, 1);
      assertNothingComes(first);
      assertNothingComes(second);
    }
  }

  @Test
  void waitsForTheFirstEntry() throws Exception {
    MessageQueue queue = open(config());
    Consumer consumer = queue.consumer("g", "c");
    var waiting = workers.start(() -> copy(consumer.poll(8, SOON)));
    waiting.awaitWaiting();
    List<Long> sequences = send(queue, 0, 1);
    assertMessages(waiting.join(), sequences, 0, 1);
  }

  @Test
  void comesBackEmptyWhenNothingCame() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertTrue(consumer.poll(8, Duration.ZERO).isEmpty());
      long start = System.nanoTime();
      Batch batch = consumer.poll(8, Duration.ofMillis(80));
      assertTrue(System.nanoTime() - start >= 80_000_000, "came back before its wait was over");
      assertEquals(0, batch.size());
      assertTrue(batch.isEmpty());
      assertEquals(0, consumer.acknowledge(batch));
    }
  }

  @Test
  void stopsWaitingForEntriesWhenInterrupted() throws Exception {
    MessageQueue queue = open(config());
    Consumer consumer = queue.consumer("g", "c");
    var waiting = workers.start(() -> consumer.poll(8, SOON));
    waiting.awaitWaiting();
    waiting.interrupt();
    assertThrows(InterruptedException.class, waiting::join);
    List<Long> sequences = send(queue, 0, 1);
    assertMessages(consume(consumer, 1), sequences, 0, 1);
  }

  @Test
  void handsOutNoMoreThanAskedFor() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertThrows(ConfigException.class, () -> consumer.poll(0, Duration.ZERO));
      assertThrows(ConfigException.class, () -> consumer.poll(-1, Duration.ZERO));
      assertThrows(ConfigException.class, () -> consumer.poll(65_537, Duration.ZERO));
      List<Long> sequences = send(queue, 0, 20);
      List<Received> all = new ArrayList<>();
      for (int max = 1; all.size() < 20; max++) {
        List<Received> some = copy(consumer.poll(max, SOON));
        assertTrue(!some.isEmpty() && some.size() <= max, some.size() + " of " + max);
        all.addAll(some);
      }
      assertMessages(all, sequences, 0, 1);
      assertTrue(consumer.poll(65_536, Duration.ZERO).isEmpty());
    }
  }

  @Test
  void showsEntriesAsReadOnlyViews() throws Exception {
    MessageQueue queue = open(config().handler("crc32c"));
    send(queue, 0, 10);
    try (Consumer consumer = queue.consumer("g", "c")) {
      Batch batch =
          Await.until("two entries at once", () -> largest(queue, consumer), b -> b.size() > 1);
      for (int index : new int[] {1, 0, 1, batch.size() - 1, 0}) {
        Entry entry = batch.get(index);
        assertTrue(entry.payload().isReadOnly());
        assertTrue(entry.result().isReadOnly());
        assertEquals(4, entry.result().remaining());
        byte[] once = entry.payloadBytes();
        assertArrayEquals(once, entry.payloadBytes(), "reading leaves the view alone");
        assertEquals(once.length, entry.payload().remaining());
        ByteBuffer moved = entry.payload();
        assertEquals(ByteOrder.BIG_ENDIAN, moved.order());
        moved.position(moved.limit());
        assertArrayEquals(once, entry.payloadBytes(), "the next call sets the view anew");
      }
      assertThrows(IndexOutOfBoundsException.class, () -> batch.get(batch.size()));
      assertThrows(IndexOutOfBoundsException.class, () -> batch.get(-1));
    }
  }

  /** A track may hand out fewer than there are: asks again with more there. */
  private Batch largest(MessageQueue queue, Consumer consumer) throws InterruptedException {
    Batch batch = consumer.poll(64, SOON);
    if (batch.size() == 1) {
      consumer.acknowledge(batch);
      send(queue, 0, 2);
    }
    return batch;
  }

  @Test
  void acknowledgesOneByOneInAnyOrder() throws Exception {
    MessageQueue queue = open(config().maxMessages(16));
    List<Long> sequences = send(queue, 0, 16);
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer other = queue.consumer("g", "other")) {
      poll(consumer, 16);
      List<Long> order = new ArrayList<>(sequences);
      Collections.shuffle(order, random);
      for (int i = 0; i < 16; i++) {
        (i % 2 == 0 ? consumer : other).acknowledge(order.get(i));
      }
      assertEquals(16, queue.stats().acknowledged());
      List<Long> more = send(queue, 16, 32);
      assertMessages(consume(consumer, 16), more, 16, 1);
    }
  }

  @Test
  void acknowledgesWhatIsLeftOfABatch() throws Exception {
    MessageQueue queue = open(config());
    send(queue, 0, 40);
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int got = 0; got < 40; ) {
        Batch batch = consumer.poll(40 - got, SOON);
        int single = 0;
        for (int i = 0; i < batch.size(); i++) {
          if (random.nextBoolean()) {
            consumer.acknowledge(batch.get(i).sequence());
            single++;
          }
        }
        assertEquals(batch.size() - single, consumer.acknowledge(batch));
        assertEquals(0, consumer.acknowledge(batch));
        got += batch.size();
      }
      assertEquals(40, queue.stats().acknowledged());
      Await.until("nothing kept", () -> queue.stats().depth() == 0);
    }
  }

  @Test
  void refusesToAcknowledgeWhatIsNotPending() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer elsewhere = queue.consumer("other", "c")) {
      List<Long> sequences = send(queue, 0, 2);
      long delivered = sequences.get(0);
      poll(consumer, 1);
      for (long never : new long[] {sequences.get(1), delivered + 1_000_000, -1}) {
        NotPendingException refusal =
            assertThrows(NotPendingException.class, () -> consumer.acknowledge(never));
        assertTrue(refusal.getMessage().contains(Long.toString(never)), refusal::getMessage);
        assertThrows(NotPendingException.class, () -> consumer.refuse(never, Duration.ZERO));
      }
      assertThrows(NotPendingException.class, () -> elsewhere.acknowledge(delivered));
      consumer.acknowledge(delivered);
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(delivered));
      assertThrows(NotPendingException.class, () -> consumer.refuse(delivered, Duration.ZERO));
      assertEquals(1, queue.stats().acknowledged());
      assertMessages(consume(consumer, 1), sequences.subList(1, 2), 1, 1);
      assertMessages(consume(elsewhere, 2), sequences, 0, 1);
    }
  }

  @Test
  void letsASlowReaderReadAFullQueueIntact() throws Exception {
    MessageQueue queue = open(config().maxMessages(1024).handler("crc32c"));
    List<Long> sequences = send(queue, 0, 1024);
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Received> entries = poll(consumer, 1024);
      assertMessages(entries, sequences, 0, 1);
      for (int number = 0; number < 1024; number++) {
        assertArrayEquals(Handler.crc32c(payload(number)), entries.get(number).result());
      }
    }
  }

  @Test
  void allowsOneOpenConsumerOfAName() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c");
        Consumer elsewhere = queue.consumer("other", "c")) {
      ConfigException refusal = assertThrows(ConfigException.class, () -> queue.consumer("g", "c"));
      assertTrue(refusal.getMessage().contains("c"), refusal::getMessage);
      closeTwice(consumer);
      assertThrows(QueueClosedException.class, () -> consumer.poll(1, Duration.ZERO));
      assertThrows(QueueClosedException.class, () -> consumer.acknowledge(0));
      assertThrows(QueueClosedException.class, () -> consumer.refuse(0, Duration.ZERO));
      List<Long> sequences = send(queue, 0, 3);
      try (Consumer again = queue.consumer("g", "c")) {
        assertMessages(consume(again, 3), sequences, 0, 1);
      }
      assertMessages(consume(elsewhere, 3), sequences, 0, 1);
    }
  }

  @Test
  void refusesIllegalNames() {
    MessageQueue queue = open(config());
    for (String name : List.of("", "a b", "x".repeat(65), "ä", "a/b")) {
      assertThrows(ConfigException.class, () -> queue.createGroup(name), name);
      assertThrows(ConfigException.class, () -> queue.consumer(name, "c"), name);
      assertThrows(ConfigException.class, () -> queue.consumer("g", name), name);
    }
    assertFalse(queue.name().isEmpty());
  }

  @Test
  void keepsQueuesOfOneTrackApart() throws Exception {
    List<MessageQueue> queues =
        List.of(
            open(config().maxMessages(32).handler("echo")),
            open(config().maxMessages(64).maxPayloadBytes(512).handler("crc32c")),
            open(config().maxMessages(128).maxPayloadBytes(1024).handler("sha256")));
    for (int q = 0; q < queues.size(); q++) {
      int id = q + 1;
      MessageQueue queue = queues.get(q);
      workers.start(
          () -> {
            try (Producer producer = queue.producer()) {
              for (int number = 0; number < 300; number++) {
                producer.send(payload(id, number, 256), SOON);
              }
            }
            return null;
          });
      workers.start(
          () -> {
            try (Consumer consumer = queue.consumer("g", "c")) {
              for (int number = 0; number < 300; number++) {
                Received entry = consume(consumer, 1).get(0);
                assertArrayEquals(payload(id, number, 256), entry.payload());
                assertEquals(List.of(0, 4, 32).get(id - 1), entry.result().length);
              }
            }
            return null;
          });
    }
    workers.joinAll();
  }
}
