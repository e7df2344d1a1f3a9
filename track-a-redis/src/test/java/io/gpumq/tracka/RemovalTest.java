package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting.Outcome;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.ReadLetters;
import io.gpumq.conformance.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages leave while groups stand at different places, and answers are lost. */
class RemovalTest extends LostAnswers {
  private final Workers workers = new Workers();

  @AfterEach
  void endWorkers() {
    workers.close();
  }

  private static List<Integer> numbers(Batch batch) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      numbers.add(number(batch.get(i).payload()));
    }
    return numbers;
  }

  private static void assertOwes(MessageQueue queue, String group, long lag, long pending) {
    GroupStats stats =
        queue.groups().stream().filter(each -> each.name().equals(group)).findAny().orElseThrow();
    assertEquals(lag, stats.lag(), stats::toString);
    assertEquals(pending, stats.pending(), stats::toString);
  }

  /** Ten messages: group "far" has settled 0 to 3 and holds 4 to 7, "near" holds 0 to 2. */
  private record Places(MessageQueue queue, Consumer far, Consumer near, List<Long> sequences) {
    static Places of(MessageQueue queue) throws InterruptedException {
      Consumer far = queue.consumer("far", "c");
      Consumer near = queue.consumer("near", "c");
      List<Long> sequences = send(queue, 10);
      assertEquals(4, far.acknowledge(far.poll(4, SOON)));
      assertEquals(4, far.poll(4, SOON).size());
      assertEquals(3, near.poll(3, SOON).size());
      return new Places(queue, far, near, sequences);
    }

    void assertDrains(int sent, List<Integer> farGets, List<Integer> nearGets) throws Exception {
      far.close(); // what it holds comes again
      try (Consumer again = queue.consumer("far", "again")) {
        assertEquals(farGets, drain(again, farGets.size()));
      }
      near.close();
      try (Consumer again = queue.consumer("near", "again")) {
        assertEquals(nearGets, drain(again, nearGets.size()));
      }
      assertOwes(queue, "far", 0, 0);
      assertOwes(queue, "near", 0, 0);
      assertEquals(0, queue.stats().depth());
      assertEquals(sent, queue.stats().sent());
      assertEquals(sent, queue.stats().handled());
      assertTrue(queue.close(SOON).drained());
    }

    private static List<Integer> drain(Consumer consumer, int count) throws InterruptedException {
      List<Integer> got = new ArrayList<>();
      while (got.size() < count) {
        Batch batch = consumer.poll(64, SOON);
        assertTrue(!batch.isEmpty(), () -> "lost: only " + got + " came");
        got.addAll(numbers(batch));
        assertEquals(batch.size(), consumer.acknowledge(batch));
      }
      assertEquals(List.of(), numbers(consumer.poll(64, Duration.ofMillis(20))));
      return got;
    }
  }

  /** In what is lost stands a word of the request, {@code -} for none, and if it arrives. */
  @ParameterizedTest
  @CsvSource({"-,true", "EVAL,true", "XACK,true", "XACK,false", "XDEL,true", "XDEL,false"})
  void aDeletionSettlesInEachGroupWhatThatHasNotSettled(String lost, boolean arrives)
      throws Exception {
    Places at = Places.of(queue(QueueConfig.named("delete").maxMessages(64)));
    MessageQueue queue = at.queue();
    lose(lost, arrives);
    long[] gone = {1, 3, 4, 6, 8};
    for (int i = 0; i < gone.length; i++) {
      gone[i] = at.sequences().get((int) gone[i]);
    }
    assertEquals(5, queue.delete(gone));
    assertEquals("-".equals(lost) ? 0 : 1, proxy.cuts());
    assertEquals(0, queue.delete(gone));
    assertEquals(5, queue.stats().deleted());
    assertOwes(queue, "far", 1, 2); // 9; 5, 7
    assertOwes(queue, "near", 3, 2); // 5, 7, 9; 0, 2
    assertEquals(5, queue.stats().depth());
    long pending = at.sequences().get(4);
    assertThrows(NotPendingException.class, () -> at.far().acknowledge(pending));
    at.assertDrains(10, List.of(5, 7, 9), List.of(0, 2, 5, 7, 9));
  }

  @ParameterizedTest
  @CsvSource({"-,true", "EVAL,true", "XACK,true", "XACK,false", "XTRIM,true", "XTRIM,false"})
  void aTrimSettlesInEachGroupWhatThatHasNotSettled(String lost, boolean arrives) throws Exception {
    Places at = Places.of(queue(QueueConfig.named("trim").maxMessages(64)));
    MessageQueue queue = at.queue();
    queue.delete(at.sequences().get(5), at.sequences().get(9));
    lose(lost, arrives);
    assertEquals(6, queue.trim(Trim.below(at.sequences().get(7))));
    assertEquals("-".equals(lost) ? 0 : 1, proxy.cuts());
    assertOwes(queue, "far", 1, 1); // 8; 7
    assertOwes(queue, "near", 2, 0); // 7, 8
    assertEquals(2, queue.stats().depth());
    assertEquals(2, queue.stats().deleted(), "a trim deletes nothing");
    at.assertDrains(10, List.of(7, 8), List.of(7, 8));
  }

  private void lose(String word, boolean arrives) {
    if (!word.equals("-")) {
      if (arrives) {
        proxy.loseAnswerTo(word);
      } else {
        proxy.cutRequest(word, 0);
      }
    }
  }

  /** What a lost poll had fetched is as good as unread, and is read by nobody any more. */
  @Test
  void whatALostPollHadFetchedCanBeTakenOut() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("fetched").maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Long> sequences = send(queue, 6);
      BlockingQueue<FutureTask<Integer>> taking = new ArrayBlockingQueue<>(1);
      proxy.loseAnswerTo("XREADGROUP");
      proxy.whenCut(
          () -> {
            var task = new FutureTask<>(() -> queue.delete(sequences.get(1), sequences.get(4)));
            new Thread(task).start();
            taking.add(task);
          });
      List<Integer> got = new ArrayList<>();
      while (got.size() < 4) {
        Batch batch = consumer.poll(64, SOON);
        numbers(batch).stream().filter(number -> number != 1 && number != 4).forEach(got::add);
        consumer.acknowledge(batch);
      }
      assertEquals(2, taking.take().get(20, TimeUnit.SECONDS));
      assertEquals(List.of(0, 2, 3, 5), got);
      assertOwes(queue, "g", 0, 0);
      assertEquals(6, queue.stats().handled());
      assertTrue(queue.close(SOON).drained());
    }
  }

  /** Else the producer would not find it where it looks, and send it once more. */
  @Test
  void aMessageStaysUntilItsProducerKnowsThatItArrived() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("known").maxMessages(64));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      BlockingQueue<Workers.Worker<Integer>> taking = new ArrayBlockingQueue<>(1);
      proxy.loseAnswerTo("XADD");
      proxy.whenCut(
          () -> {
            long arrived = pollOne(consumer);
            var deleting = workers.start(() -> queue.delete(arrived));
            taking.add(deleting);
            Await.passed(Duration.ofMillis(50)); // time enough to delete it too early
            assertTrue(!deleting.isDone(), "nobody knows yet that it was sent");
          });
      producer.send(numbered(1), SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(1, taking.take().join());
      assertEquals(1, queue.stats().sent());
      assertEquals(List.of(), numbers(consumer.poll(64, Duration.ofMillis(50))));
      assertEquals(0, queue.stats().depth());
      assertTrue(queue.close(SOON).drained());
    }
  }

  /** Its producer did not know yet that it arrived: so it could not leave with its letter. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatHasItsLetterIsNoMessageThoughItIsStillThere(boolean byTrim) throws Exception {
    MessageQueue queue =
        queue(
            QueueConfig.named("stays")
                .handler("fail:every=1")
                .handlerAttempts(1)
                .retention(Retention.untilTrimmed()));
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c");
        Reader reader = queue.reader()) {
      proxy.loseAnswerTo("XADD");
      proxy.whenCut(() -> assertNothingComes(consumer));
      long sequence = producer.send(numbered(1), SOON);
      assertEquals(1, proxy.cuts());
      assertEquals(1, queue.stats().deadLettered());
      try (Consumer late = queue.consumer("late", "c")) {
        assertEquals(1, queue.groups().get(1).lag(), "it is still in the stream");
        assertNothingComes(late);
      }
      assertEquals(1, queue.stats().deadLettered(), "its letter is written once");
      assertEquals(reader.end(0), reader.oldest(0));
      assertEquals(0, byTrim ? queue.trim(Trim.toMessages(0)) : queue.delete(sequence));
      assertEquals(0, queue.stats().deleted());
      assertEquals(1, queue.stats().failed());
      assertTrue(queue.close(SOON).drained());
    }
  }

  private static void assertNothingComes(Consumer consumer) {
    try {
      assertEquals(List.of(), numbers(consumer.poll(1, Duration.ofMillis(20))));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long pollOne(Consumer consumer) {
    try {
      return consumer.poll(1, SOON).get(0).sequence();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsTakenOutIsNotRedeliveredWhenItsLeaseEnds() throws Exception {
    Duration lease = Duration.ofMillis(60);
    MessageQueue queue =
        track.open(QueueConfig.named("lease").maxMessages(64).lease(lease).build());
    try (Consumer dead = queue.consumer("g", "dead");
        Consumer alive = queue.consumer("g", "alive")) {
      List<Long> sequences = send(queue, 5);
      assertEquals(5, dead.poll(5, SOON).size());
      assertEquals(1, queue.trim(Trim.below(sequences.get(1))));
      assertEquals(1, queue.delete(sequences.get(3)));
      List<Integer> got = new ArrayList<>();
      while (got.size() < 3) {
        Batch batch = alive.poll(5, SOON);
        got.addAll(numbers(batch));
        alive.acknowledge(batch);
      }
      assertEquals(List.of(1, 2, 4), got);
      Await.passed(lease.multipliedBy(2));
      assertEquals(List.of(), numbers(alive.poll(5, Duration.ZERO)));
      assertTrue(queue.close(SOON).drained());
    }
  }

  /** The other group does not count it, there or gone. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMessageForOneGroupAloneIsTakenOut(boolean byTrim) throws Exception {
    MessageQueue queue = queue(QueueConfig.named("replayed").maxDeliveries(1).maxMessages(64));
    try (Consumer consumer = queue.consumer("g", "c")) {
      long sequence = send(queue, 1).get(0);
      consumer.poll(1, SOON);
      consumer.refuse(sequence, Duration.ZERO);
      assertEquals(List.of(), numbers(consumer.poll(1, Duration.ofMillis(20))));
      queue.createGroup("other", GroupStart.NOW);
      long again = ReadLetters.replay(queue, false);
      assertOwes(queue, "g", 1, 0);
      assertOwes(queue, "other", 0, 0);
      send(queue, 1);
      assertOwes(queue, "other", 1, 0);
      assertEquals(1, byTrim ? queue.trim(Trim.below(again + 1)) : queue.delete(again));
      assertOwes(queue, "g", 1, 0);
      assertOwes(queue, "other", 1, 0);
      assertEquals(1, queue.stats().depth());
    }
  }

  /** Redis has nothing for the group, though more was sent than it has read. */
  @Test
  void nobodyIsToldForEverOfWhatWasTakenOut() throws Exception {
    MessageQueue queue = queue(QueueConfig.named("told").maxMessages(64));
    BlockingQueue<Outcome> told = new ArrayBlockingQueue<>(1);
    try (Consumer consumer = queue.consumer("g", "c")) {
      send(queue, 3).forEach(queue::delete);
      assertEquals(List.of(), numbers(consumer.poll(64, Duration.ZERO)));
      queue.whenReady("g", 1, Duration.ofMillis(50), (waiting, outcome) -> told.add(outcome));
      assertEquals(Outcome.TIME_OVER, told.poll(20, TimeUnit.SECONDS));
      queue.whenReady("g", 1, SOON, (waiting, outcome) -> told.add(outcome));
      send(queue, 1);
      assertEquals(Outcome.READY, told.poll(20, TimeUnit.SECONDS));
    }
  }

  /** Nobody has polled them: they are no dead letters yet, and no reader may show them. */
  @Test
  void aReaderPassesOverWhatTheHandlerFailsAt() throws Exception {
    MessageQueue queue =
        queue(
            QueueConfig.named("fails")
                .handler("fail:every=2")
                .handlerAttempts(2)
                .retention(Retention.untilTrimmed()));
    List<Long> sequences = send(queue, 9);
    try (Reader reader = queue.reader()) {
      assertEquals(sequences.get(1), reader.oldest(0));
      proxy.loseAnswerTo("XRANGE");
      assertEquals(List.of(1, 3, 5, 7), forwards(reader, sequences.get(0)));
      assertEquals(1, proxy.cuts());
      assertEquals(List.of(7), numbers(reader.before(reader.end(0), 2)));
      assertEquals(List.of(1), numbers(reader.before(sequences.get(2), 1)));
      assertEquals(List.of(), numbers(reader.before(sequences.get(1), 1)));
      assertEquals(0, queue.stats().failed(), "a reader settles nothing");
      assertEquals(9, queue.trim(Trim.toMessages(0)));
      assertEquals(reader.end(0), reader.oldest(0));
    }
  }

  private static List<Integer> forwards(Reader reader, long from) {
    List<Integer> all = new ArrayList<>();
    long next = from;
    for (Batch batch; !(batch = reader.from(next, 2)).isEmpty(); ) {
      all.addAll(numbers(batch));
      next = batch.get(batch.size() - 1).sequence() + 1;
    }
    return all;
  }

  /** Payloads may be so large that a page of the stream is four messages. */
  @Test
  void countsAndReadsPageByPage() throws Exception {
    MessageQueue queue =
        queue(
            QueueConfig.named("pages")
                .maxPayloadBytes(1 << 20)
                .maxMessages(100)
                .retention(Retention.untilTrimmed()));
    queue.createGroup("g");
    List<Long> sequences = send(queue, 30);
    queue.moveGroup("g", sequences.get(17));
    assertOwes(queue, "g", 13, 0);
    assertEquals(13, queue.stats().depth());
    assertEquals(19, queue.trim(Trim.toMessages(11)));
    assertOwes(queue, "g", 11, 0);
    queue.moveGroup("g", GroupStart.OLDEST);
    assertOwes(queue, "g", 11, 0);
    queue.moveGroup("g", GroupStart.NOW);
    assertOwes(queue, "g", 0, 0);
    try (Reader reader = queue.reader()) {
      assertEquals(sequences.get(19), reader.oldest(0));
      assertEquals(List.of(28, 29), numbers(reader.before(reader.end(0), 2)));
      assertEquals(11, forwards(reader, 0).size());
    }
  }

  @Test
  void aReaderKnowsOneLaneAlone() {
    MessageQueue queue = queue(QueueConfig.named("lanes").lanes(4));
    try (Reader reader = queue.reader()) {
      assertEquals(reader.end(0), reader.oldest(0));
      var refusal = assertThrows(ConfigException.class, () -> reader.oldest(1));
      assertTrue(refusal.getMessage().contains("lane 1"), refusal::getMessage);
      refusal = assertThrows(ConfigException.class, () -> queue.trim(Trim.below(-3)));
      assertTrue(refusal.getMessage().contains("position -3"), refusal::getMessage);
    }
  }
}
