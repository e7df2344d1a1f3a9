package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random program on a small store: messages of all sizes, of which some fail, and some are
 * refused until they are letters, which nobody reads before the end. All that is kept at once would
 * have room in nine tenths of the store, if it lay in one piece.
 */
final class CutStorePrograms {
  private static final int MOST_BYTES = 300_000;
  private static final int QUEUES = 3;

  /** Letters are kept to the end: so much of them at most. */
  private static final int MOST_LETTER_BYTES = 9 << 20;

  /** Most messages are short, and most bytes in long ones. */
  private static final int[] MOST_OF = {200, 2_000, 20_000, 100_000, MOST_BYTES};

  private final Track track;
  private final long seed;
  private final Workers workers;
  private final int messages;

  CutStorePrograms(Track track, long seed, Workers workers, int messages) {
    this.track = track;
    this.seed = seed;
    this.workers = workers;
    this.messages = messages;
  }

  /** What is sent to a queue: how long each is, and what becomes of it. */
  private final class Plan {
    private final int queue;
    private final int[] lengths = new int[messages];
    private final boolean[] areLetters = new boolean[messages];
    private int letters;

    private Plan(int queue) {
      this.queue = queue;
      Random random = new Random(seed * QUEUES + queue);
      int letterBytes = 0;
      for (int i = 0; i < messages; i++) {
        lengths[i] = 8 + random.nextInt(MOST_OF[random.nextInt(MOST_OF.length)] - 8);
        areLetters[i] =
            random.nextInt(8) == 0 && letterBytes + lengths[i] < MOST_LETTER_BYTES / QUEUES;
        letterBytes += areLetters[i] ? lengths[i] + 4096 : 0;
        letters += areLetters[i] ? 1 : 0;
      }
    }

    /** The handler fails on even numbers; every other letter is refused instead. */
    private long number(int index) {
      boolean fails = areLetters[index] && index % 2 == 0;
      return 2L * (index + (long) queue * messages) + (fails ? 0 : 1);
    }

    private int index(long number) {
      return (int) (number / 2 - (long) queue * messages);
    }

    private ByteBuffer payload(int index) {
      ByteBuffer payload = ByteBuffer.allocate(lengths[index]).order(ByteOrder.LITTLE_ENDIAN);
      byte[] content = new byte[lengths[index]];
      new Random(number(index)).nextBytes(content);
      return payload.put(content).putLong(0, number(index)).clear();
    }

    private int check(ByteBuffer payload) {
      int index = index(payload.slice().order(ByteOrder.LITTLE_ENDIAN).getLong(0));
      assertEquals(payload(index), payload);
      return index;
    }

    Void send(MessageQueue to) throws InterruptedException {
      Random random = new Random(seed ^ queue);
      try (Producer producer = to.producer()) {
        for (int next = 0; next < messages; ) {
          int from = next;
          int some = Math.min(1 + random.nextInt(8), messages - next);
          if (random.nextBoolean()) {
            producer.sendBatch(some, (i, slot) -> slot.put(payload(from + i)), Await.DEADLINE);
          } else {
            for (int i = 0; i < some; i++) {
              producer.send(payload(from + i), Await.DEADLINE);
            }
          }
          next += some;
        }
      }
      return null;
    }

    Void settle(MessageQueue of) throws InterruptedException {
      Random random = new Random(seed + queue);
      try (Consumer consumer = of.consumer("g", "c")) {
        for (long stop = System.nanoTime(); !isDrained(of); ) {
          Batch batch = consumer.poll(1 + random.nextInt(32), Duration.ofMillis(5));
          for (int i = 0; i < batch.size(); i++) {
            int index = check(batch.get(i).payload());
            if (areLetters[index]) {
              consumer.refuse(batch.get(i).sequence(), Duration.ZERO);
            } else {
              consumer.acknowledge(batch.get(i).sequence());
            }
          }
          stop = batch.isEmpty() ? stop : System.nanoTime();
          assertTrue(
              System.nanoTime() - stop < Await.DEADLINE.toNanos(),
              () -> "seed " + seed + ": nothing moves at " + of.stats());
        }
      }
      return null;
    }

    private boolean isDrained(MessageQueue of) {
      return of.stats().sent() == messages && of.stats().depth() == 0;
    }
  }

  void run() throws Exception {
    System.out.println("-Dgpumq.seed=" + seed);
    List<Plan> plans = new ArrayList<>();
    List<MessageQueue> queues = new ArrayList<>();
    List<Workers.Worker<Void>> all = new ArrayList<>();
    for (int i = 0; i < QUEUES; i++) {
      Plan plan = new Plan(i);
      MessageQueue queue =
          track.open(
              QueueConfig.named("program" + i)
                  .maxPayloadBytes(MOST_BYTES)
                  .maxBytes(2 << 20)
                  .handler("fail:every=2")
                  .handlerAttempts(1)
                  .maxDeliveries(1)
                  .deadLetters("letters" + i)
                  .build());
      queue.createGroup("g");
      all.add(workers.start(() -> plan.settle(queue)));
      all.add(workers.start(() -> plan.send(queue)));
      plans.add(plan);
      queues.add(queue);
    }
    for (Workers.Worker<Void> each : all) {
      each.join();
    }
    for (int i = 0; i < QUEUES; i++) {
      readLetters(queues.get(i).deadLetters(), plans.get(i));
    }
  }

  private static void readLetters(MessageQueue letters, Plan plan) throws InterruptedException {
    try (Consumer consumer = letters.consumer("repair", "c")) {
      for (int read = 0; read < plan.letters; ) {
        Batch batch = consumer.poll(16, Await.DEADLINE);
        assertTrue(batch.size() > 0, "letters are missing");
        for (int i = 0; i < batch.size(); i++) {
          assertTrue(plan.areLetters[plan.check(batch.get(i).payload())]);
        }
        read += consumer.acknowledge(batch);
      }
    }
  }
}
