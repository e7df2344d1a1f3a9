package io.gpumq.trackb.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue that is folded whenever it can be does what one does that never is. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FoldingModelTest {
  private static final int STEPS = 400;
  private static final HexFormat HEX = HexFormat.of();
  private static final List<String> GROUPS = List.of("a", "b", "c");

  private final TestShop shop = TestShop.onHost();

  @AfterEach
  void close() {
    shop.close();
  }

  private OpenQueue open(String name, int lanes) {
    return shop.shop.open(
        QueueConfig.named(name)
            .maxPayloadBytes(2048)
            .lanes(lanes)
            .handler("fail:every=7")
            .lease(Duration.ofHours(1))
            .build());
  }

  /** One of the two queues: does what it is told, and says what came of it. */
  private static final class Told {
    private final OpenQueue queue;

    private Told(OpenQueue queue) {
      this.queue = queue;
    }

    /** Those of one step are alike in both. */
    Object step(int step, Random random) throws Exception {
      String group = GROUPS.get(random.nextInt(GROUPS.size()));
      int some = 1 + random.nextInt(12);
      boolean isFirst = random.nextBoolean();
      switch (random.nextInt(12)) {
        case 0, 1, 2:
          return send(some, step, random);
        case 3, 4, 5:
          return read(group, some, 0);
        case 6:
          return read(group, some, 2);
        case 7:
          queue.createGroup(group, isFirst ? GroupStart.OLDEST : GroupStart.NOW);
          return group;
        case 8:
          return random.nextInt(4) == 0 && queue.removeGroup(group);
        case 9:
          return delete(some);
        case 10:
          return random.nextInt(4) == 0 ? queue.trim(Trim.toMessages(some)) : 0;
        default:
          return move(group, isFirst ? GroupStart.OLDEST : GroupStart.NOW);
      }
    }

    private List<Long> send(int count, int step, Random random) throws Exception {
      List<Long> sent = new ArrayList<>();
      boolean hasKeys = random.nextBoolean();
      try (Producer producer = queue.producer()) {
        for (int i = 0; i < count; i++) {
          byte[] payload = new byte[8 + random.nextInt(random.nextInt(2000) + 1)];
          payload[0] = (byte) step;
          payload[1] = (byte) i;
          sent.add(
              hasKeys
                  ? producer.send(random.nextInt(9), payload, Await.DEADLINE)
                  : producer.send(payload, Await.DEADLINE));
        }
      }
      return sent;
    }

    /** Takes some, and settles them, but for the last few, which stay pending. */
    private List<String> read(String group, int count, int pending) throws Exception {
      List<String> got = new ArrayList<>();
      awaitHandled();
      try (Consumer consumer = queue.consumer(group, "c")) {
        Batch batch;
        while (got.size() < count && !(batch = consumer.poll(count, Duration.ZERO)).isEmpty()) {
          for (int i = 0; i < batch.size(); i++) {
            got.add(batch.get(i).sequence() + ": " + HEX.formatHex(batch.get(i).payloadBytes()));
            if (i < batch.size() - pending) {
              consumer.acknowledge(batch.get(i).sequence());
            }
          }
        }
      }
      return got;
    }

    private int delete(int some) {
      awaitHandled();
      try (Reader reader = queue.reader()) {
        return queue.delete(reader.oldest(0) + some, reader.end(0) - some);
      }
    }

    private String move(String group, GroupStart to) {
      try {
        queue.moveGroup(group, to);
        return "moved";
      } catch (ConfigException e) {
        return "none of that name";
      }
    }

    private void awaitHandled() {
      Await.until("all is handled", () -> queue.stats().handled() == queue.stats().sent());
      try (Reader reader = queue.reader()) {
        for (int lane = 0; lane < queue.config().lanes(); lane++) {
          reader.end(lane); // letters of all that failed are written
        }
      }
    }

    /** What can be seen of it, but for the bytes of the store, and times. */
    List<Object> seen() {
      awaitHandled();
      List<Object> seen = new ArrayList<>();
      QueueStats all = queue.stats();
      seen.add(
          List.of(
              all.sent(), all.delivered(), all.acknowledged(), all.redelivered(), all.failed()));
      seen.add(List.of(all.deadLettered(), all.deleted(), all.depth(), all.bytes()));
      for (GroupStats group : queue.groups()) {
        seen.add(List.of(group.name(), group.lag(), group.pending(), group.delivered()));
        seen.add(List.of(group.acknowledged(), group.redelivered(), group.consumers()));
      }
      return seen;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "4, 4", "5, 4"})
  void doesWhatOneDoesThatIsNot(long seed, int lanes) throws Exception {
    Told folding = new Told(open("folding", lanes));
    Told whole = new Told(open("whole", lanes));
    int folds = 0;
    try (Reader keeps = whole.queue.reader()) { // which keeps it from being folded
      Random random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        long draws = random.nextLong();
        Object one = folding.step(step, new Random(draws));
        Object other = whole.step(step, new Random(draws));
        assertEquals(other, one, "of step " + step);
        assertEquals(whole.seen(), folding.seen(), "behind step " + step);
        shop.shop.upkeep().cleaner().advance();
        shop.fold();
        folds += folding.queue.isFolded() ? 1 : 0;
        assertEquals(whole.seen(), folding.seen(), "folded behind step " + step);
      }
    }
    assertTrue(folds > STEPS / 20, folds + " folds");
    CloseReport report = folding.queue.close(Duration.ZERO);
    assertEquals(whole.queue.close(Duration.ZERO).left(), report.left());
    Await.until("its memory comes back", () -> folding.queue.share().held() == 0);
  }

  /** Whoever comes at that moment loses nothing, and nothing comes twice, or in another order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void keepsEverythingBesideItsUsers(int senders) throws Exception {
    OpenQueue queue = open("raced", 1);
    queue.createGroup("a");
    int each = 300;
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong sent = new AtomicLong();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      all.add(CompletableFuture.runAsync(() -> send(queue, each, sent)));
    }
    var folder =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                shop.fold();
              }
            });
    var looker =
        CompletableFuture.runAsync(
            () -> {
              for (long seen = 0; !over.get(); ) {
                long now = queue.stats().sent();
                assertTrue(now >= seen, () -> "less was sent than before: " + now);
                seen = now;
              }
            });
    try {
      long next = 0;
      while (next < (long) each * senders) {
        next += read(queue, next);
      }
      for (CompletableFuture<Void> sender : all) {
        sender.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      over.set(true);
    }
    folder.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    looker.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    CloseReport report = queue.close(Await.DEADLINE);
    assertTrue(report.drained());
    assertEquals((long) each * senders, report.stats().acknowledged());
    assertEquals(0, queue.share().held());
  }

  private static void send(OpenQueue queue, int count, AtomicLong sent) {
    byte[] payload = new byte[] {1, 0, 0, 0, 0, 0, 0, 0}; // which the handler does not fail on
    try {
      for (int i = 0; i < count; i++) {
        try (Producer producer = queue.producer()) {
          producer.send(payload, Await.DEADLINE);
          sent.incrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int read(OpenQueue queue, long next) throws Exception {
    try (Consumer consumer = queue.consumer("a", "c")) {
      Batch batch = consumer.poll(5, Duration.ofMillis(10));
      for (int i = 0; i < batch.size(); i++) {
        assertEquals(next + i, batch.get(i).sequence());
        assertEquals(1, batch.get(i).payload().get());
      }
      return consumer.acknowledge(batch);
    }
  }
}
