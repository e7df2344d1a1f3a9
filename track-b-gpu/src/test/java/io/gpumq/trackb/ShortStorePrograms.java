package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Track;
import io.gpumq.api.Trim;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A random program on a short store: some threads do all that there is to do with queues of all
 * kinds, and look at every byte that they get. Each queue is used for a while, and folds then. At
 * the end all of them drain, and hold nothing of the store any more.
 */
final class ShortStorePrograms {
  private static final int QUEUES = 30;
  private static final int USERS = 5;
  private static final Duration TURN = Duration.ofMillis(700);

  private final Track track;
  private final long seed;
  private final Workers workers;
  private final int turns;
  private final List<ShortStoreQueue> queues = new ArrayList<>();

  ShortStorePrograms(Track track, long seed, Workers workers, int turns) {
    this.track = track;
    this.seed = seed;
    this.workers = workers;
    this.turns = turns;
  }

  void run() throws Exception {
    System.out.println("-Dgpumq.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < QUEUES; i++) {
      queues.add(new ShortStoreQueue(track, i, random));
    }
    int[] firsts = random.ints(turns, 0, QUEUES).toArray();
    List<Workers.Worker<Void>> using = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      ShortStoreUser user = new ShortStoreUser(track, queues, seed * USERS + i, "u" + i + ".");
      using.add(workers.start(() -> use(user, firsts)));
    }
    joinAll(using);
    drainAll();
    for (ShortStoreQueue queue : queues) {
      queue.assertSettled();
      queue.opening.queue.trim(Trim.toMessages(0));
    }
    drainAll(); // what failed and no group had ahead is a letter only now
    Await.until("nothing is held", () -> told(ShortStorePrograms::holds), String::isEmpty);
  }

  private void drainAll() throws Exception {
    List<Workers.Worker<Void>> draining = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      ShortStoreUser user = new ShortStoreUser(track, queues, seed * USERS + i, "d" + i + ".");
      int first = i;
      draining.add(workers.start(() -> drain(user, first)));
    }
    joinAll(draining);
  }

  private static boolean holds(MessageQueue queue) {
    return queue.stats().storeBytes() > 0;
  }

  private static void joinAll(List<Workers.Worker<Void>> all) throws Exception {
    for (Workers.Worker<Void> each : all) {
      each.join();
    }
  }

  private Void use(ShortStoreUser user, int[] firsts) throws Exception {
    for (int first : firsts) {
      user.turnTo(first);
      for (long start = System.nanoTime(); System.nanoTime() - start < TURN.toNanos(); ) {
        user.step();
      }
    }
    user.letGoOfAll();
    return null;
  }

  private Void drain(ShortStoreUser user, int first) throws Exception {
    long last = System.nanoTime();
    for (boolean isDrained = false; !isDrained; ) {
      isDrained = true;
      for (int i = first; i < QUEUES; i += USERS) {
        ShortStoreQueue queue = queues.get(i);
        boolean took = user.drain(queue) > 0;
        last = took ? System.nanoTime() : last;
        isDrained &= !took && isDrained(queue.opening.queue) && isDrained(letters(queue));
        assertTrue(
            System.nanoTime() - last < Await.DEADLINE.toNanos() * 3 / 4,
            () -> "nothing moves at" + told(each -> !isDrained(each)));
      }
    }
    return null;
  }

  /** All that there is to be said of some queues. */
  private String told(Predicate<MessageQueue> which) {
    StringBuilder all = new StringBuilder();
    for (MessageQueue each : track.queues()) {
      if (which.test(each)) {
        all.append('\n').append(each.config()).append('\n').append(each.stats());
        all.append('\n').append(each.groups());
      }
    }
    return all.toString();
  }

  private MessageQueue letters(ShortStoreQueue queue) {
    return track.queue(queue.config.deadLetters()).orElse(null);
  }

  private static boolean isDrained(MessageQueue queue) {
    if (queue == null) {
      return true;
    }
    QueueStats stats = queue.stats();
    return stats.depth() == 0 && stats.handled() == stats.sent();
  }
}
