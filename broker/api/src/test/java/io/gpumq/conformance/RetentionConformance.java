package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Trim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stays that every group has settled, and what a trim takes. */
abstract class RetentionConformance extends QueueTest {
  private static final Retention KEPT = Retention.untilTrimmed();

  RetentionConformance(TrackFixture on) {
    super(on);
  }

  private List<Long> sendAndSettle(MessageQueue queue, int from, int to) throws Exception {
    List<Long> sequences = new ArrayList<>();
    try (Consumer consumer = queue.consumer("g", "c")) {
      for (int number = from; number < to; number++) {
        sequences.addAll(send(queue, number, number + 1));
        consume(consumer, 1);
      }
    }
    return sequences;
  }

  /** Sequences that a group finds which begins with the oldest. */
  private static List<Long> kept(MessageQueue queue, int count) throws Exception {
    queue.createGroup("late", GroupStart.OLDEST);
    try (Consumer late = queue.consumer("late", "c")) {
      List<Long> found = consume(late, count).stream().map(Received::sequence).toList();
      assertNothingComes(late);
      return found;
    } finally {
      queue.removeGroup("late");
    }
  }

  @Test
  void whatIsSettledStaysForALateGroup() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    List<Long> sequences = sendAndSettle(queue, 0, 6);
    assertEquals(0, queue.stats().depth());
    assertEquals(sequences, kept(queue, 6));
    assertEquals(sequences, kept(queue, 6));
    assertEquals(0, queue.stats().depth());
  }

  @Test
  void aGroupIsMovedBackToWhatItHasSettled() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    List<Long> sequences = sendAndSettle(queue, 0, 6);
    try (Consumer consumer = queue.consumer("g", "c")) {
      queue.moveGroup("g", sequences.get(2));
      assertEquals(4, queue.stats().depth());
      assertMessages(consume(consumer, 4), sequences.subList(2, 6), 2, 1);
      queue.moveGroup("g", GroupStart.OLDEST);
      assertMessages(consume(consumer, 6), sequences, 0, 1);
      assertNothingComes(consumer);
      queue.moveGroup("g", GroupStart.OLDEST);
      assertEquals(6, queue.stats().depth());
      queue.trim(Trim.below(sequences.get(4)));
      assertEquals(2, queue.stats().depth());
      long gone = sequences.get(3);
      assertThrows(ConfigException.class, () -> queue.moveGroup("g", gone));
    }
  }

  @Test
  void asMoreArrivesTheOldestGoThatAreSettled() throws Exception {
    MessageQueue queue = open(config().retention(KEPT.messages(4)));
    List<Long> sequences = sendAndSettle(queue, 0, 10);
    assertEquals(sequences.subList(6, 10), kept(queue, 4));
    queue.moveGroup("g", GroupStart.NOW);
    queue.createGroup("idle", GroupStart.NOW);
    List<Long> more = sendAndSettle(queue, 10, 20);
    assertEquals(more, kept(queue, 10), "what a group has not settled stays");
  }

  @Test
  void whatIsOlderGoes() throws Exception {
    MessageQueue queue = open(config().retention(KEPT.age(Duration.ofMillis(20))));
    sendAndSettle(queue, 0, 3);
    try (Reader reader = queue.reader()) {
      Await.until("all has gone", () -> reader.oldest(0) == reader.end(0));
    }
    queue.createGroup("idle");
    List<Long> more = send(queue, 3, 5);
    Await.passed(Duration.ofMillis(400));
    assertEquals(more, kept(queue, 2), "what a group has not settled stays");
  }

  @Test
  void whatIsSettledGivesWayToWhatComes() throws Exception {
    MessageQueue queue = open(config().maxMessages(8).retention(Retention.untilNeeded()));
    List<Long> sequences = sendAndSettle(queue, 0, 8);
    assertEquals(sequences, kept(queue, 8));
    for (int round = 1; round < 5; round++) {
      sequences.addAll(sendAndSettle(queue, 8 * round, 8 * round + 8));
    }
    try (Reader reader = queue.reader()) {
      List<Received> left = copy(reader.from(reader.oldest(0), 64));
      assertTrue(left.size() >= 4 && left.size() <= 8, left::toString);
      int first = sequences.size() - left.size();
      assertEquals(
          sequences.subList(first, sequences.size()),
          left.stream().map(Received::sequence).toList());
    }
  }

  @Test
  void aQueueWithoutAGroupHasRoomAsLongAsItKeeps() throws Exception {
    MessageQueue queue = open(config().maxMessages(8).retention(Retention.untilNeeded()));
    List<Long> sequences = send(queue, 0, 40);
    try (Reader reader = queue.reader()) {
      Await.until("all handled", () -> reader.end(0) > sequences.get(39));
      List<Received> left = copy(reader.from(reader.oldest(0), 64));
      assertEquals(sequences.get(39), left.get(left.size() - 1).sequence());
      assertTrue(left.size() <= 8, left::toString);
    }
    CloseReport report = queue.close(SOON);
    assertTrue(report.drained());
    assertEquals(0, report.left());
  }

  @Test
  void aTrimTakesTheOldestWhateverGroupsHave() throws Exception {
    MessageQueue queue = open(config());
    queue.createGroup("g");
    List<Long> sequences = send(queue, 0, 10);
    assertEquals(6, queue.trim(Trim.toMessages(4)));
    assertEquals(0, queue.trim(Trim.toMessages(4)));
    assertEquals(4, queue.stats().depth());
    assertEquals(4, queue.groups().get(0).lag());
    assertEquals(1, queue.trim(Trim.below(sequences.get(7))));
    assertEquals(0, queue.trim(Trim.below(sequences.get(2))));
    assertEquals(sequences.subList(7, 10), kept(queue, 3));
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertMessages(consume(consumer, 3), sequences.subList(7, 10), 7, 1);
      assertNothingComes(consumer);
    }
  }

  @Test
  void everyTrimCanTakeAll() throws Exception {
    List<Trim> all = new ArrayList<>(List.of(Trim.toMessages(0), Trim.olderThan(Duration.ZERO)));
    if (fixture().countsBytes()) {
      all.add(Trim.toBytes(0));
    }
    MessageQueue queue = open(config().maxMessages(8).retention(KEPT));
    for (int round = 0; round < all.size(); round++) {
      long last = send(queue, 8 * round, 8 * round + 8).get(7);
      Await.passed(Duration.ofMillis(2)); // older than zero
      assertEquals(0, queue.trim(Trim.olderThan(Retention.FOREVER)));
      assertEquals(8, queue.trim(all.get(round)), all.get(round)::toString);
      assertEquals(0, queue.trim(Trim.below(last + 1)));
    }
  }

  @Test
  void ofWhatWasDeletedNoTrimCountsAnything() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    List<Long> sequences = send(queue, 0, 8);
    queue.delete(sequences.get(1), sequences.get(6));
    assertEquals(3, queue.trim(Trim.toMessages(3)));
    assertEquals(List.of(sequences.get(4), sequences.get(5), sequences.get(7)), kept(queue, 3));
  }

  @Test
  void whatIsTrimmedIsNotPendingAnyMore() throws Exception {
    MessageQueue queue = open(config());
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 0, 1);
      Batch batch = consumer.poll(1, SOON);
      assertEquals(1, queue.trim(Trim.toMessages(0)));
      assertEquals(0, queue.groups().get(0).pending());
      send(queue, 1, 40);
      assertMessages(copy(batch), sequences, 0, 1);
      assertEquals(0, consumer.acknowledge(batch));
      long gone = sequences.get(0);
      assertThrows(NotPendingException.class, () -> consumer.acknowledge(gone));
      assertThrows(NotPendingException.class, () -> consumer.refuse(gone, Duration.ZERO));
      assertEquals(39, consume(consumer, 39).size());
    }
    assertTrue(queue.close(SOON).drained());
  }

  @Test
  void whatIsKeptHoldsUpNoClose() throws Exception {
    MessageQueue queue = open(config().retention(KEPT));
    sendAndSettle(queue, 0, 5);
    CloseReport report = queue.close(SOON);
    assertTrue(report.drained());
    assertEquals(0, report.left());
  }

  @Test
  void aFullQueueThatKeepsIsTrimmed() throws Exception {
    MessageQueue queue = open(config().maxMessages(4).retention(KEPT));
    sendAndSettle(queue, 0, 4);
    try (var producer = queue.producer()) {
      var sending = workers.start(() -> producer.send(payload(4), SOON));
      sending.awaitWaiting();
      assertEquals(2, queue.trim(Trim.toMessages(2)));
      sending.join();
    }
  }
}
