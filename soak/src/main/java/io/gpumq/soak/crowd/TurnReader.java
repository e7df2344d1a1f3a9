package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MultiPoll;
import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.workload.StreamChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Visits its queues in turn, some of them at once, and takes a batch of each, over several stages,
 * each of which begins with its first queue. It goes on when it has all of these batches: one that
 * went on before would come back a round later, and what was left might be all that senders may
 * have under way.
 */
final class TurnReader {
  /** Queues that are polled at once. */
  private static final int AT_ONCE = 32;

  /** It waits so long, then looks whether it is to end. */
  private static final Duration WAIT = Duration.ofMillis(1);

  /** Entries that a poll takes at most when all is sent. */
  private static final int MOST = 1024;

  /** Whether others read the same queues: then what it waits for may be theirs. */
  private final boolean isShared;

  private final int batch;
  private final int first;
  private final int step;
  private final MultiPoll polls;
  private final StreamChecker checker;

  /** Of its queues, as many in each as are polled at once. */
  private final List<List<Consumer>> groups = new ArrayList<>();

  /** Messages of each of its queues that it has taken in this stage. */
  private final long[] taken;

  /** Messages acknowledged of each sender. */
  private final AtomicLongArray acknowledged;

  private volatile boolean allSent;
  private volatile boolean ended;
  private long lastNanos;

  /**
   * Opens its consumers.
   *
   * @param number from 0, its name in each group
   * @param readers how many there are: each has its share of the queues, or all have all of them
   * @param senders how many there are: each has its share of the queues
   * @param batch messages that a queue gets in its turn
   */
  TurnReader(Crowd crowd, int number, int readers, int senders, int batch) {
    this.isShared = crowd.size() < readers;
    this.first = isShared ? 0 : number;
    this.step = isShared ? 1 : readers;
    this.batch = batch;
    this.polls = crowd.multiPoll();
    this.checker = crowd.streams().checker("reader-" + number);
    this.acknowledged = new AtomicLongArray(senders);
    int most = isShared ? 1 : AT_ONCE;
    int queues = 0;
    for (int i = first; i < crowd.size(); i += step) {
      if (queues % most == 0) {
        groups.add(new ArrayList<>());
      }
      groups.get(queues++ / most).add(crowd.newConsumer(i, "reader-" + number));
    }
    this.taken = new long[queues];
  }

  /** Prepares a stage. */
  void prepare() {
    allSent = false;
    ended = false;
    Arrays.fill(taken, 0);
  }

  /** Reads until it is told to end, and has been to each of its queues once more. */
  void run(Crew crew) throws InterruptedException {
    for (long turn = 1; !ended && !crew.stopping(); turn++) {
      visitAll(crew, turn * batch);
    }
    visitAll(crew, 0);
  }

  /** Visits each of its queues once, and takes so many messages of it in this stage or more. */
  private void visitAll(Crew crew, long wanted) throws InterruptedException {
    int at = 0;
    for (List<Consumer> group : groups) {
      if (isShared) {
        take(group.get(0), at);
      } else {
        visit(crew, group, at, wanted);
      }
      at += group.size();
    }
  }

  private void visit(Crew crew, List<Consumer> group, int at, long wanted)
      throws InterruptedException {
    takeOfAll(group, at);
    for (int i = 0; i < group.size() && !allSent && !crew.stopping(); ) {
      if (taken[at + i] >= wanted) {
        i++;
      } else if (takeOfAll(group, at) == 0) {
        take(group.get(i), at + i);
      }
    }
  }

  private int takeOfAll(List<Consumer> group, int at) throws InterruptedException {
    int count = polls.poll(group, allSent ? MOST : batch);
    for (int i = 0; i < group.size(); i++) {
      check(group.get(i), at + i, polls.batch(i));
    }
    return count;
  }

  /** Takes of one alone, and waits for that. */
  private void take(Consumer consumer, int at) throws InterruptedException {
    check(consumer, at, consumer.poll(allSent ? MOST : batch, allSent ? Duration.ZERO : WAIT));
  }

  private void check(Consumer consumer, int at, Batch entries) {
    int count = entries.size();
    if (count > 0) {
      int queue = first + at * step;
      for (int i = 0; i < count; i++) {
        checker.check(queue, entries.get(i).payload());
      }
      consumer.acknowledge(entries);
      taken[at] += count;
      lastNanos = System.nanoTime();
      int sender = queue % acknowledged.length();
      acknowledged.lazySet(sender, acknowledged.getPlain(sender) + count);
    }
  }

  /** Messages of that sender acknowledged so far; may be asked by any thread. */
  long acknowledged(int sender) {
    return acknowledged.get(sender);
  }

  /** Says that all is sent: what is not there will not come. */
  void waitNoMore() {
    allSent = true;
  }

  /** Ends {@link #run} with a last round. */
  void end() {
    ended = true;
  }

  /** When it last acknowledged a batch; to be asked when the thread has ended. */
  long lastNanos() {
    return lastNanos;
  }
}
