package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.gpumq.api.QueueFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Consumers and producers that one thread closes, and groups that it moves, while others work. */
abstract class CloseBesideConformance extends QueueTest {
  private static final int MOST_POLLED = 16;

  private final AtomicLong acknowledged = new AtomicLong();
  private final Set<Long> numbers = ConcurrentHashMap.newKeySet();

  CloseBesideConformance(TrackFixture on) {
    super(on);
  }

  private static QueueConfig.Builder config(int capacity) {
    return config().maxMessages(capacity).maxDeliveries(1000);
  }

  /** Polls and acknowledges until it is closed. */
  private Workers.Worker<Void> work(Consumer consumer) {
    return workers.start(
        () -> {
          try {
            while (true) {
              Batch batch = consumer.poll(MOST_POLLED, SOON);
              List<Received> entries = copy(batch);
              acknowledged.addAndGet(consumer.acknowledge(batch)); // it was open until now
              entries.forEach(entry -> numbers.add(Numbered.number(entry.payload())));
            }
          } catch (QueueClosedException e) {
            return null;
          } catch (IllegalStateException e) { // a look at an entry behind the close
            assertThrows(QueueClosedException.class, () -> consumer.poll(1, SOON));
            return null;
          }
        });
  }

  /** Opens consumers, one after the other, each closed soon, until {@code done} says so. */
  private void workByShortLivedConsumers(MessageQueue queue, BooleanSupplier done)
      throws Exception {
    long start = System.nanoTime();
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < SOON.toNanos(), "not all came: " + numbers.size());
      try (Consumer consumer = queue.consumer("g", "c")) {
        Workers.Worker<Void> worker = work(consumer);
        Await.passed(Duration.ofNanos(random.nextInt(5_000_000)));
        consumer.close();
        worker.join();
      }
    }
  }

  @Test
  void consumersClosedInTheirPollsLoseNothing() throws Exception {
    int count = 1500;
    MessageQueue queue = open(config(2048));
    queue.createGroup("g");
    Numbered.send(queue, random, 0, count);
    workByShortLivedConsumers(queue, () -> queue.stats().depth() == 0);
    assertEquals(all(count), numbers);
    assertEquals(count, acknowledged.get());
    assertEquals(count, queue.stats().acknowledged());
    assertEquals(List.of(), ReadLetters.peek(queue, 1));
  }

  @Test
  void consumersClosedInTheirPollsCountLettersRight() throws Exception {
    int count = 400;
    MessageQueue queue = open(config(512).handler("fail:every=2").maxDeadLetters(count));
    queue.createGroup("g");
    Numbered.send(queue, random, 0, count);
    workByShortLivedConsumers(queue, () -> queue.stats().depth() == 0);
    List<Letter> letters = ReadLetters.peek(queue, count);
    Set<Long> failed =
        letters.stream()
            .map(letter -> Numbered.number(letter.payload()))
            .collect(Collectors.toSet());
    assertEquals(all(count).stream().filter(n -> n % 2 == 0).collect(Collectors.toSet()), failed);
    assertEquals(count / 2, letters.size());
    assertEquals(count / 2, ReadLetters.size(queue));
    assertEquals(count / 2, queue.stats().deadLettered());
    assertEquals(count / 2, acknowledged.get());
  }

  private static Set<Long> all(int count) {
    return LongStream.range(0, count).boxed().collect(Collectors.toSet());
  }

  @Test
  void producersClosedInTheirBatchesSendNothingTwice() throws Exception {
    int capacity = 256;
    MessageQueue queue = open(config(capacity));
    try (Consumer consumer = queue.consumer("g", "c")) {
      Workers.Worker<Void> worker = work(consumer);
      long sent = 0;
      for (int round = 0; round < 30; round++) {
        sent += sendUntilClosed(queue, 1_000_000L * round, random.nextInt(3_000));
        assertTrue(queue.stats().depth() <= capacity, "over its capacity");
      }
      Await.until("all settled", () -> queue.stats().depth() == 0);
      consumer.close();
      worker.join();
      assertEquals(queue.stats().sent(), acknowledged.get());
      assertEquals(queue.stats().sent(), numbers.size());
      assertTrue(sent >= numbers.size(), "more came than was written");
      for (long number : numbers) { // of each producer the first ones
        assertTrue(number % 1_000_000 == 0 || numbers.contains(number - 1), "without " + number);
      }
    }
  }

  /** Sends one long batch, closed after so many messages; says how many were written. */
  private int sendUntilClosed(MessageQueue queue, long from, int closeAt) throws Exception {
    AtomicInteger written = new AtomicInteger();
    Producer producer = queue.producer();
    Workers.Worker<Void> sender =
        workers.start(
            () -> {
              try {
                producer.sendBatch(
                    900_000,
                    (index, slot) -> {
                      slot.put(Numbered.payload(from + index, random));
                      written.incrementAndGet();
                    },
                    SOON);
              } catch (QueueClosedException e) {
                return null;
              }
              throw new AssertionError("sent all of it");
            });
    Await.until("some messages written", () -> written.get() >= closeAt);
    producer.close();
    sender.join();
    return written.get();
  }

  /** What was fetched before a move is neither counted nor settled after it. */
  @Test
  void aGroupMovedBesidePollsLosesNothing() throws Exception {
    int count = 300;
    MessageQueue queue = open(config(512));
    queue.createGroup("keeper"); // so that all is kept
    try (Consumer consumer = queue.consumer("g", "c")) {
      Numbered.send(queue, random, 0, count);
      Workers.Worker<Void> worker = work(consumer);
      for (int round = 0; round < 40; round++) {
        Await.passed(Duration.ofNanos(random.nextInt(3_000_000)));
        queue.moveGroup("g", round % 4 == 3 ? GroupStart.NOW : GroupStart.OLDEST);
      }
      numbers.clear();
      queue.moveGroup("g", GroupStart.OLDEST);
      Await.until("all of it again", () -> numbers.equals(all(count)) && settled(queue, "g"));
      consumer.close();
      worker.join();
    }
    List<Long> kept = new ArrayList<>();
    try (Consumer keeper = queue.consumer("keeper", "c")) {
      consume(keeper, count).forEach(entry -> kept.add(Numbered.number(entry.payload())));
    }
    assertEquals(LongStream.range(0, count).boxed().toList(), kept);
    Await.until("nothing kept", () -> queue.stats().depth() == 0);
    assertTrue(queue.close(SOON).drained(), "drained");
  }

  /** A group's consumers and its name go on to the next of that name; its entries do not. */
  @Test
  void groupsComeAndGoBesideSendersAndConsumers() throws Exception {
    int capacity = 16;
    MessageQueue queue = open(config(capacity));
    AtomicBoolean over = new AtomicBoolean();
    Workers.Worker<Void> sender = workers.start(() -> keepSending(queue, over));
    Workers.Worker<Void> taker = workers.start(() -> keepTaking(queue, over));
    for (int round = 0; round < 150; round++) {
      Await.passed(Duration.ofNanos(random.nextInt(2_000_000)));
      queue.removeGroup("g");
      assertTrue(queue.stats().depth() <= capacity, "over its capacity");
    }
    over.set(true);
    sender.join();
    taker.join();
    queue.removeGroup("g");
    try (Consumer consumer = queue.consumer("g", "last")) {
      int left = (int) queue.stats().depth();
      assertEquals(left, consume(consumer, left).size());
      assertNothingComes(consumer);
    }
    assertTrue(queue.close(SOON).drained(), "drained");
  }

  private static Void keepSending(MessageQueue queue, AtomicBoolean over) throws Exception {
    try (Producer producer = queue.producer()) {
      while (!over.get()) {
        try {
          producer.send(new byte[8], Duration.ofMillis(1));
        } catch (QueueFullException e) {
          // A group that holds the oldest may be removed just then.
        }
      }
    }
    return null;
  }

  private static Void keepTaking(MessageQueue queue, AtomicBoolean over) throws Exception {
    while (!over.get()) {
      try (Consumer consumer = queue.consumer("g", "c")) {
        for (int i = 0; i < 3; i++) {
          consumer.acknowledge(consumer.poll(MOST_POLLED, Duration.ofMillis(1)));
        }
      } catch (QueueClosedException e) {
        // The group was removed.
      }
    }
    return null;
  }

  private static boolean settled(MessageQueue queue, String group) {
    GroupStats stats =
        queue.groups().stream().filter(each -> each.name().equals(group)).findFirst().orElseThrow();
    return stats.lag() == 0 && stats.pending() == 0;
  }
}
