package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Trim;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that are read by their positions. */
abstract class ReaderConformance extends QueueTest {
  private static final Retention KEPT = Retention.untilTrimmed();

  ReaderConformance(TrackFixture on) {
    super(on);
  }

  private static void awaitHandled(Reader reader, List<Long> sequences) throws Exception {
    long last = sequences.get(sequences.size() - 1);
    Await.until("all are handled", () -> reader.end(0) > last);
  }

  private static List<Received> forwards(Reader reader, int max) {
    List<Received> all = new ArrayList<>();
    long next = reader.oldest(0);
    for (Batch batch; !(batch = reader.from(next, max)).isEmpty(); ) {
      assertTrue(batch.size() <= max);
      all.addAll(copy(batch));
      next = batch.get(batch.size() - 1).sequence() + 1;
    }
    return all;
  }

  private static List<Received> backwards(Reader reader, int max) {
    List<Received> all = new ArrayList<>();
    long next = reader.end(0);
    for (Batch batch; !(batch = reader.before(next, max)).isEmpty(); ) {
      assertTrue(batch.size() <= max);
      all.addAll(0, copy(batch));
      next = batch.get(0).sequence();
    }
    return all;
  }

  @Test
  void readsForwardsAndBackwards() throws Exception {
    MessageQueue queue = open(config().maxMessages(512).handler("crc32c").retention(KEPT));
    List<Long> sequences = send(queue, 0, 300);
    try (Reader reader = queue.reader();
        Consumer consumer = queue.consumer("g", "c")) {
      awaitHandled(reader, sequences);
      for (int max : new int[] {1, 7, 1000}) {
        assertMessages(forwards(reader, max), sequences, 0, 0);
        assertMessages(backwards(reader, max), sequences, 0, 0);
      }
      List<Received> consumed = consume(consumer, 300);
      List<Received> read = forwards(reader, 64);
      for (int i = 0; i < 300; i++) {
        assertArrayEquals(consumed.get(i).result(), read.get(i).result());
      }
      assertMessages(read, sequences, 0, 0);
    }
  }

  @Test
  void leavesNothingPendingAndHoldsNothing() throws Exception {
    MessageQueue queue = open(config().maxMessages(4));
    try (Reader reader = queue.reader();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int round = 0; round < 20; round++) {
        List<Long> sequences = send(queue, 4 * round, 4 * round + 4);
        awaitHandled(reader, sequences);
        Batch batch = reader.from(sequences.get(0), 4);
        assertEquals(0, queue.groups().get(0).pending());
        assertMessages(consume(consumer, 4), sequences, 4 * round, 1);
        assertMessages(copy(batch), sequences, 4 * round, 0);
      }
    }
  }

  @Test
  void passesOverWhatIsDeletedTrimmedOrFailed() throws Exception {
    MessageQueue queue = open(config().handler("fail:every=3").handlerAttempts(1).retention(KEPT));
    List<Long> sequences = new ArrayList<>();
    try (var producer = queue.producer()) {
      for (int i = 0; i < 9; i++) { // 0, 3, 6 fail
        sequences.add(producer.send(new byte[] {(byte) i, 0, 0, 0, 0, 0, 0, 0}, SOON));
      }
    }
    try (Reader reader = queue.reader();
        Consumer consumer = queue.consumer("g", "c")) {
      consume(consumer, 6); // a track may make letters of what is polled alone
      awaitHandled(reader, sequences);
      queue.delete(sequences.get(5), sequences.get(8));
      assertEquals(1, queue.trim(Trim.below(sequences.get(2))));
      List<Long> left = List.of(sequences.get(2), sequences.get(4), sequences.get(7));
      assertEquals(left, forwards(reader, 2).stream().map(Received::sequence).toList());
      assertEquals(left, backwards(reader, 2).stream().map(Received::sequence).toList());
      assertEquals(left.get(0), reader.oldest(0));
      assertEquals(2, queue.trim(Trim.below(sequences.get(7))));
      queue.delete(sequences.get(7));
      assertEquals(reader.end(0), reader.oldest(0));
      assertTrue(reader.before(reader.end(0), 1).isEmpty());
    }
  }

  @Test
  void readsAnyPositionOfALaneThatThereIs() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    try (Reader reader = queue.reader()) {
      assertEquals(reader.end(0), reader.oldest(0));
      assertTrue(reader.from(reader.oldest(0), 1).isEmpty());
      List<Long> sequences = send(queue, 0, 5);
      awaitHandled(reader, sequences);
      queue.trim(Trim.below(sequences.get(2)));
      assertMessages(copy(reader.from(sequences.get(0), 9)), sequences.subList(2, 5), 2, 0);
      assertMessages(copy(reader.from(sequences.get(3), 1)), sequences.subList(3, 4), 3, 0);
      assertMessages(copy(reader.before(sequences.get(4), 1)), sequences.subList(3, 4), 3, 0);
      assertTrue(reader.before(sequences.get(2), 9).isEmpty());
      assertTrue(reader.from(reader.end(0) + 5, 9).isEmpty());
      assertMessages(copy(reader.before(reader.end(0) + 5, 2)), sequences.subList(3, 5), 3, 0);
      assertThrows(ConfigException.class, () -> reader.oldest(-1));
      assertThrows(ConfigException.class, () -> reader.end(16));
      assertThrows(ConfigException.class, () -> reader.from(-1, 1));
      assertThrows(ConfigException.class, () -> reader.before(Long.MAX_VALUE, 1));
      assertThrows(ConfigException.class, () -> reader.from(0, 0));
      assertThrows(ConfigException.class, () -> reader.before(0, 65_537));
    }
  }

  @Test
  void aBatchEndsWithTheNextCallAndNotBefore() throws Exception {
    MessageQueue queue = open(config().maxMessages(8).retention(KEPT));
    List<Long> sequences = send(queue, 0, 8);
    try (Reader reader = queue.reader()) {
      awaitHandled(reader, sequences);
      Batch batch = reader.from(sequences.get(0), 8);
      for (int round = 1; round < 30; round++) {
        queue.trim(Trim.toMessages(0));
        send(queue, 8 * round, 8 * round + 8);
      }
      assertMessages(copy(batch), sequences, 0, 0);
      reader.from(sequences.get(0), 1);
      assertEquals(0, batch.size());
    }
  }

  @Test
  void letsOthersReadLetters() throws Exception {
    MessageQueue queue = open(config().handler("fail:every=1").handlerAttempts(1));
    queue.createGroup("g");
    long sequence;
    try (var producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      sequence = producer.send(new byte[8], SOON);
      assertNothingComes(consumer);
    }
    try (Reader reader = queue.deadLetters().reader()) {
      Await.until("a letter", () -> reader.oldest(0) < reader.end(0));
      assertEquals(
          sequence, reader.from(reader.oldest(0), 1).get(0).letter().orElseThrow().sequence());
    }
  }

  @Test
  void aClosedOneReadsNothing() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    List<Long> sequences = send(queue, 0, 1);
    Reader reader = queue.reader();
    awaitHandled(reader, sequences);
    Batch batch = reader.from(sequences.get(0), 1);
    closeTwice(reader);
    assertEquals(0, batch.size());
    assertThrows(QueueClosedException.class, () -> reader.oldest(0));
    assertThrows(QueueClosedException.class, () -> reader.from(0, 1));
    try (Reader other = queue.reader()) {
      other.from(sequences.get(0), 1);
      queue.close();
      assertThrows(QueueClosedException.class, () -> other.from(0, 1));
      assertThrows(QueueClosedException.class, () -> other.end(0));
    }
    assertThrows(QueueClosedException.class, queue::reader);
  }
}
