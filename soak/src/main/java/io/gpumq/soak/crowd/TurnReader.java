package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.workload.StreamChecker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Visits each of its queues in turn and takes a batch there, over several stages, each of which
 * begins with its first queue. It goes to the next when it has the whole batch: one that went on
 * before would come back a round later, and what was left might be all that senders may have under
 * way.
 */
final class TurnReader {
  /** It waits so long, then looks whether it is to end. */
  private static final Duration WAIT = Duration.ofMillis(1);

  /** Entries that a last visit takes at most. */
  private static final int MOST = 1024;

  /** Whether others read the same queues: then what a visit waits for may be theirs. */
  private final boolean isShared;

  private final int batch;
  private final Consumer[] consumers;
  private final int first;
  private final int step;
  private final StreamChecker checker;

  /** Messages acknowledged of each sender. */
  private final AtomicLongArray acknowledged;

  private volatile boolean allSent;
  private volatile boolean ended;
  private int queue;

  /** Messages that this visit has taken. */
  private int taken;

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
    this.checker = crowd.streams().checker("reader-" + number);
    this.acknowledged = new AtomicLongArray(senders);
    this.consumers = new Consumer[crowd.size()];
    for (int i = first; i < consumers.length; i += step) {
      consumers[i] = crowd.newConsumer(i, "reader-" + number);
    }
  }

  /** Prepares a stage. */
  void prepare() {
    allSent = false;
    ended = false;
    queue = first;
    taken = 0;
  }

  /** Reads until it is told to end, and has been to each of its queues once more. */
  void run(Crew crew) throws InterruptedException {
    int left = consumers.length;
    while (left > 0 && !crew.stopping()) {
      left -= ended ? step : 0;
      boolean goesOn = allSent || isShared;
      int count = allSent ? visit(MOST, Duration.ZERO) : visit(batch - taken, WAIT);
      taken += count;
      if (goesOn || taken >= batch) {
        moveOn();
      }
    }
  }

  private void moveOn() {
    taken = 0;
    queue += step;
    if (queue >= consumers.length) {
      queue = first;
    }
  }

  private int visit(int most, Duration wait) throws InterruptedException {
    Batch entries = consumers[queue].poll(most, wait);
    int count = entries.size();
    if (count > 0) {
      for (int i = 0; i < count; i++) {
        checker.check(queue, entries.get(i).payload());
      }
      consumers[queue].acknowledge(entries);
      lastNanos = System.nanoTime();
      int sender = queue % acknowledged.length();
      acknowledged.lazySet(sender, acknowledged.getPlain(sender) + count);
    }
    return count;
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
