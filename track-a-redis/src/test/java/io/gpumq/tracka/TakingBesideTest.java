package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Reader;
import io.gpumq.api.Track;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers, consumers that refuse and close, readers, deletions and trims, all beside each other:
 * what nobody took out comes to each group, and at the end nobody owes anything.
 */
@Tag("redis")
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TakingBesideTest {
  private static final int EACH_SENDS = 2_000;
  private static final List<String> GROUPS = List.of("g", "h");

  private final long seed = Long.getLong("gpumq.seed", System.nanoTime());
  private final Workers workers = new Workers();
  private final Track track = TestRedis.track();
  private final AtomicBoolean allSent = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger sending = new AtomicInteger(2);

  /** What was sent, by its sequence. */
  private final ConcurrentSkipListMap<Long, Long> sent = new ConcurrentSkipListMap<>();

  private final Set<Long> deleted = ConcurrentHashMap.newKeySet();
  private final AtomicLong trimmedBelow = new AtomicLong();
  private final Map<String, Set<Long>> settled =
      Map.of("g", ConcurrentHashMap.newKeySet(), "h", ConcurrentHashMap.newKeySet());

  @AfterEach
  void close() {
    over.set(true);
    workers.close();
    track.close();
  }

  private static ByteBuffer payload(long number) {
    ByteBuffer payload = ByteBuffer.allocate(16 + (int) (number % 40));
    payload.putLong(0, number).putLong(8, number * 0x9E3779B97F4A7C15L);
    return payload;
  }

  private static long check(Entry entry) {
    ByteBuffer payload = entry.payload();
    long number = payload.getLong(payload.position());
    assertEquals(payload(number), payload);
    return number;
  }

  private Object send(MessageQueue queue, int producer) throws InterruptedException {
    try (Producer by = queue.producer()) {
      for (long i = 0; i < EACH_SENDS; i++) {
        long number = producer * 1_000_000L + i;
        sent.put(by.send(payload(number), Await.DEADLINE), number);
      }
    }
    allSent.compareAndSet(false, sending.decrementAndGet() == 0);
    return null;
  }

  private Object consume(MessageQueue queue, String group, String name) throws Exception {
    Random random = new Random(seed ^ (group + name).hashCode());
    Consumer consumer = queue.consumer(group, name);
    while (!over.get()) {
      Batch batch = consumer.poll(40, Duration.ofMillis(2));
      for (int i = 0; i < batch.size(); i++) {
        check(batch.get(i));
        settle(consumer, group, batch.get(i).sequence(), random.nextInt(20) == 0);
      }
      if (random.nextInt(30) == 0) {
        consumer.poll(5, Duration.ZERO); // it leaves these to the others
        consumer.close();
        consumer = queue.consumer(group, name);
      }
    }
    consumer.close();
    return null;
  }

  private void settle(Consumer consumer, String group, long sequence, boolean refuses) {
    try {
      if (refuses) {
        consumer.refuse(sequence, Duration.ZERO);
      } else {
        consumer.acknowledge(sequence);
        assertTrue(settled.get(group).add(sequence), () -> sequence + " was settled twice");
      }
    } catch (NotPendingException e) {
      // It was taken out, or the group lent it to another meanwhile: what is lost shows at the end.
    }
  }

  private Object take(MessageQueue queue, boolean trims) {
    Random random = new Random(seed);
    while (!allSent.get()) {
      Long last = sent.isEmpty() ? null : sent.lastKey();
      if (last == null) {
        continue;
      }
      List<Long> some = new ArrayList<>();
      for (Long each : sent.headMap(last, true).descendingKeySet()) {
        if (some.size() == 200) {
          break;
        }
        some.add(each);
      }
      if (trims && random.nextInt(12) == 0) {
        long below = some.get(random.nextInt(some.size()));
        trimmedBelow.accumulateAndGet(below, Math::max);
        queue.trim(Trim.below(below));
      } else {
        long one = some.get(random.nextInt(some.size()));
        if (queue.delete(one) == 1) {
          assertTrue(deleted.add(one), () -> one + " was deleted twice");
        }
      }
    }
    return null;
  }

  private Object read(MessageQueue queue) {
    Random random = new Random(seed + 1);
    try (Reader reader = queue.reader()) {
      while (!over.get()) {
        long oldest = reader.oldest(0);
        Long some = sent.ceilingKey(oldest);
        long position = some == null ? oldest : some;
        int most = 1 + random.nextInt(100);
        Batch batch =
            random.nextBoolean() ? reader.from(position, most) : reader.before(position, most);
        for (int i = 0; i < batch.size(); i++) {
          long number = check(batch.get(i));
          Long known = sent.get(batch.get(i).sequence());
          assertTrue(known == null || known == number, () -> number + " under another sequence");
        }
      }
    }
    return null;
  }

  /** Below the last trim nobody can tell what was lost: so the other half does without. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void loseNothing(boolean trims) throws Exception {
    MessageQueue queue =
        track.open(
            QueueConfig.named("beside").maxMessages(400).lease(Duration.ofMinutes(5)).build());
    GROUPS.forEach(queue::createGroup);
    List<Workers.Worker<?>> all = new ArrayList<>();
    for (String group : GROUPS) {
      all.add(workers.start(() -> consume(queue, group, "one")));
      all.add(workers.start(() -> consume(queue, group, "two")));
    }
    all.add(workers.start(() -> read(queue)));
    all.add(workers.start(() -> take(queue, trims)));
    all.add(workers.start(() -> send(queue, 0)));
    all.add(workers.start(() -> send(queue, 1)));
    Await.until(
        "all is sent", () -> allSent.get() || all.stream().anyMatch(Workers.Worker::isDone));
    Await.until("all is settled", () -> queue.stats().depth() == 0 && allSent.get());
    over.set(true);
    for (var each : all) {
      each.join();
    }
    assertNothingLost();
    queue
        .groups()
        .forEach(group -> assertEquals(0, group.lag() + group.pending(), group::toString));
    assertEquals(2 * EACH_SENDS, queue.stats().sent());
    assertEquals(2 * EACH_SENDS, queue.stats().handled());
    assertEquals(deleted.size(), queue.stats().deleted());
    assertTrue(queue.close(Duration.ZERO).drained());
  }

  private void assertNothingLost() {
    for (String group : GROUPS) {
      List<Long> lost =
          sent.tailMap(trimmedBelow.get()).keySet().stream()
              .filter(sequence -> !settled.get(group).contains(sequence))
              .filter(sequence -> !deleted.contains(sequence))
              .toList();
      assertEquals(List.of(), lost, "of group " + group + ", seed " + seed);
    }
  }
}
