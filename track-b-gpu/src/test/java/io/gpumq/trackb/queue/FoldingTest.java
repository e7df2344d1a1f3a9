package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Retention;
import io.gpumq.api.Waiting;
import io.gpumq.conformance.Await;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue that nobody uses is folded, and goes on where it was when somebody uses it again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FoldingTest {
  private static final int SENT = 10;

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private OpenQueue open(String name) {
    return open(QueueConfig.named(name));
  }

  private OpenQueue open(QueueConfig.Builder config) {
    return shop.shop.open(config.maxPayloadBytes(64).lease(Duration.ofHours(1)).build());
  }

  private static void send(OpenQueue queue, int count) throws Exception {
    try (Producer producer = queue.producer()) {
      long before = queue.stats().sent();
      producer.sendBatch(count, (index, slot) -> slot.putLong(before + index), Await.DEADLINE);
    }
    Await.until("all is handled", () -> queue.stats().handled() == queue.stats().sent());
  }

  /** Reads and settles so many, which are to begin with one. */
  private static void read(OpenQueue queue, String group, long first, int count) throws Exception {
    try (Consumer consumer = queue.consumer(group, "c")) {
      for (int read = 0; read < count; ) {
        Batch batch = consumer.poll(count - read, Await.DEADLINE);
        for (int i = 0; i < batch.size(); i++) {
          assertEquals(first + read + i, batch.get(i).sequence());
          assertEquals(first + read + i, batch.get(i).payload().getLong());
        }
        read += consumer.acknowledge(batch);
      }
    }
  }

  private void fold(OpenQueue queue) {
    assertFalse(queue.isFolded());
    shop.fold();
    assertTrue(queue.isFolded());
  }

  private void stays(OpenQueue queue) {
    queue.queue();
    shop.fold();
    assertFalse(queue.isFolded());
  }

  @Test
  void goesOnWithItsEntries() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    send(queue, SENT);
    QueueStats before = queue.stats();
    fold(queue);
    assertEquals(before, queue.stats());
    send(queue, SENT);
    assertEquals(2 * SENT, queue.stats().depth());
    read(queue, "g", 0, SENT + 1);
    fold(queue);
    assertEquals(SENT - 1, queue.stats().depth());
    assertEquals(SENT + 1, queue.stats().acknowledged());
    assertEquals(SENT - 1, queue.groups().get(0).lag());
    read(queue, "g", SENT + 1, SENT - 1);
    assertTrue(queue.close(Await.DEADLINE).drained());
    assertEquals(0, queue.share().held());
  }

  @Test
  void holdsNothingOnceItIsDrained() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    send(queue, SENT);
    read(queue, "g", 0, SENT);
    fold(queue);
    assertEquals(0, queue.share().held());
    assertEquals(0, queue.stats().storeBytes());
    assertEquals(SENT, queue.groups().get(0).acknowledged());
    queue.createGroup("other"); // begins behind what is gone
    send(queue, SENT);
    read(queue, "g", SENT, SENT);
    read(queue, "other", SENT, SENT);
    fold(queue);
    CloseReport report = queue.close(Await.DEADLINE);
    assertTrue(report.drained());
    assertEquals(2 * SENT, report.stats().acknowledged() - SENT);
    assertEquals(report.stats(), queue.stats());
    assertEquals(2, queue.groups().size());
    assertTrue(queue.isEnded());
    assertThrows(QueueClosedException.class, queue::producer);
  }

  /** Neither what it may still take nor what was deleted is forgotten. */
  @Test
  void keepsItsLimit() throws Exception {
    OpenQueue queue = open(QueueConfig.named("q").maxMessages(SENT));
    queue.createGroup("g");
    send(queue, SENT);
    assertEquals(1, queue.delete(SENT / 2));
    fold(queue);
    try (Producer producer = queue.producer()) {
      assertEquals(SENT, producer.trySend(ByteBuffer.allocate(8)));
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
    }
    Await.until("all is handled", () -> queue.stats().handled() == SENT + 1);
    fold(queue);
    assertEquals(SENT, queue.stats().depth());
    try (Producer producer = queue.producer()) {
      assertEquals(Producer.FULL, producer.trySend(ByteBuffer.allocate(8)));
    }
  }

  /** Its full segments have their headers by then, and give their memory back as they did. */
  @Test
  void goesOnWithSeveralSegments() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    for (int i = 0; i < 40; i++) {
      send(queue, 1);
    }
    long held = queue.share().held();
    Await.until(
        "it folds",
        () -> {
          shop.shop.upkeep().cleaner().advance();
          shop.fold();
          return queue.isFolded();
        });
    assertEquals(held, queue.stats().storeBytes());
    read(queue, "g", 0, 30);
    assertTrue(queue.share().held() < held, "full ones go");
    fold(queue);
    read(queue, "g", 30, 10);
    assertTrue(queue.close(Await.DEADLINE).drained());
    assertEquals(0, queue.share().held());
  }

  /** Neither the rings nor those who look after a track keep what a queue was. */
  @Test
  void leavesNothingOfTheWholeOne() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    send(queue, SENT);
    read(queue, "g", 0, SENT / 2);
    var whole = new WeakReference<>(queue.queue());
    shop.fold();
    shop.shop.upkeep().resting().look();
    Await.until(
        "it is collected",
        () -> {
          System.gc();
          return whole.get() == null;
        });
    read(queue, "g", SENT / 2, SENT - SENT / 2);
  }

  @Test
  void keepsWhatWasDeletedAndWhatFailed() throws Exception {
    OpenQueue queue = open(QueueConfig.named("q").handler("fail:every=5"));
    queue.createGroup("g");
    send(queue, SENT); // of which 0 and 5 fail
    try (Reader reader = queue.reader()) {
      assertEquals(SENT, reader.end(0)); // letters are written meanwhile
    }
    assertEquals(1, queue.delete(2));
    fold(queue);
    QueueStats stats = queue.stats();
    assertEquals(2, stats.failed());
    assertEquals(2, stats.deadLettered());
    assertEquals(1, stats.deleted());
    assertEquals(0, queue.delete(2));
    assertEquals(0, queue.delete(5));
    try (Consumer consumer = queue.consumer("g", "c")) {
      int got = 0;
      while (got < SENT - 3) {
        Batch batch = consumer.poll(SENT, Await.DEADLINE);
        for (int i = 0; i < batch.size(); i++) {
          long sequence = batch.get(i).sequence();
          assertTrue(sequence != 2 && sequence % 5 != 0, "of no message: " + sequence);
        }
        got += consumer.acknowledge(batch);
      }
    }
    fold(queue);
    assertEquals(2, queue.stats().failed());
    assertTrue(queue.close(Await.DEADLINE).drained());
  }

  @Test
  void staysWhileSomebodyUsesIt() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    try (Producer producer = queue.producer()) {
      producer.close(); // harmless, as often as one likes
      try (Producer other = queue.producer()) {
        stays(queue);
      }
    }
    try (Reader reader = queue.reader()) {
      stays(queue);
    }
    send(queue, SENT);
    try (Consumer consumer = queue.consumer("g", "c")) {
      assertEquals(1, consumer.poll(1, Await.DEADLINE).size());
      stays(queue);
    }
    stays(queue); // one is pending
    read(queue, "g", 0, SENT);
    fold(queue);
  }

  @Test
  void staysWhereOthersKnowIt() throws Exception {
    OpenQueue letters = open(QueueConfig.named("letters").deadLetters("letters"));
    OpenQueue keeps = open(QueueConfig.named("keeps").retention(Retention.untilNeeded()));
    keeps.createGroup("g");
    send(keeps, SENT);
    letters.createGroup("g");
    stays(letters);
    stays(keeps);
  }

  /** A send that another thread ends by a close is told so, and nothing is lost with the queue. */
  @Test
  void takesNothingFromWhoDoesNotKnowYet() throws Exception {
    OpenQueue queue = open("q");
    long accepted = 0;
    for (int round = 0; round < 50; round++) {
      Producer producer = queue.producer();
      AtomicInteger sent = new AtomicInteger();
      var sender =
          CompletableFuture.runAsync(
              () -> {
                while (true) {
                  sent.addAndGet(producer.trySendBatch(1, (index, slot) -> slot.putLong(index)));
                }
              });
      int some = round % 7;
      Await.until("some are sent", () -> sent.get() > some);
      producer.close();
      while (!sender.isDone()) {
        shop.fold();
      }
      var ended = assertThrows(ExecutionException.class, sender::get);
      assertEquals(QueueClosedException.class, ended.getCause().getClass());
      accepted += sent.get();
      assertEquals(accepted, queue.stats().sent());
      assertEquals(accepted, queue.stats().depth());
    }
    assertTrue(accepted > 0);
  }

  /** Whoever is still inside when its producer is closed has its claim refused, or it stays. */
  @Test
  void refusesClaimsOnceItIsFolded() throws Exception {
    OpenQueue queue = open("q");
    Queue whole = queue.queue();
    Producer producer = queue.producer();
    int sent =
        producer.trySendBatch(
            1,
            (index, slot) -> {
              producer.close();
              shop.fold();
              slot.putLong(7);
            });
    assertEquals(1, sent);
    assertSame(whole, queue.queue(), "room was reserved");
    Await.until("it is handled", () -> queue.stats().handled() == 1);
    fold(queue);
    var refused = assertThrows(QueueClosedException.class, whole.state()::requireOpen);
    assertTrue(refused.getMessage().contains("producer is closed"), refused.getMessage());
    assertEquals(1, queue.stats().sent());
  }

  /** Those who wait, or may wait again, are told, whatever has become of the queue meanwhile. */
  @Test
  void knowsThoseWhoWaitWithoutAThread() throws Exception {
    OpenQueue queue = open("q");
    queue.createGroup("g");
    send(queue, 1);
    var told = new LinkedBlockingQueue<Waiting>();
    var outcomes = new LinkedBlockingQueue<Waiting.Outcome>();
    Waiting.Listener listener =
        (waiting, outcome) -> {
          outcomes.add(outcome);
          told.add(waiting);
        };
    queue.whenReady("g", 1, Await.DEADLINE, listener);
    Waiting waiting = next(told);
    stays(queue); // it has its turn
    read(queue, "g", 0, 1);
    waiting.pass();
    foldSoon(queue);
    waiting.waitAgain();
    queue.whenReady("g", 1, Duration.ZERO, listener);
    assertNotSame(waiting, next(told), "the second one's time is over");
    foldSoon(queue); // while the first waits
    send(queue, 1);
    assertSame(waiting, next(told));
    waiting.pass();
    read(queue, "g", 1, 1);
    foldSoon(queue);
    queue.whenReady("g", 1, Await.DEADLINE, listener);
    foldSoon(queue);
    assertTrue(queue.close(Await.DEADLINE).drained());
    next(told);
    waiting.waitAgain();
    assertSame(waiting, next(told));
    var ended = Waiting.Outcome.ENDED;
    var ready = Waiting.Outcome.READY;
    assertEquals(
        List.of(ready, Waiting.Outcome.TIME_OVER, ready, ended, ended), List.copyOf(outcomes));
  }

  private static <T> T next(BlockingQueue<T> told) throws InterruptedException {
    return Objects.requireNonNull(told.poll(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS));
  }

  /** Once nobody looks for those who wait. */
  private void foldSoon(OpenQueue queue) {
    assertFalse(queue.isFolded());
    Await.until(
        "it folds",
        () -> {
          shop.fold();
          return queue.isFolded();
        });
  }
}
