package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.soak.bench.Crew;
import io.gpumq.soak.workload.StreamChecker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/** Visits each of its queues in turn and takes what is there, over several stages. */
final class TurnReader {
  /** It waits so long for the next queue in turn; then it passes it over. */
  private static final Duration WAIT = Duration.ofMillis(1);

  private static final int MOST = 1024;

  private final Consumer[] consumers;
  private final int first;
  private final int step;
  private final StreamChecker checker;

  /** Messages acknowledged of each sender. */
  private final AtomicLongArray acknowledged;

  private volatile Duration wait = WAIT;
  private volatile boolean ended;
  private int queue;
  private long lastNanos;

  /**
   * Opens its consumers.
   *
   * @param number from 0, its name in each group
   * @param readers how many there are: each has its share of the queues, or all have all of them
   * @param senders how many there are: each has its share of the queues
   */
  TurnReader(Crowd crowd, int number, int readers, int senders) {
    boolean shared = crowd.size() < readers;
    this.first = shared ? 0 : number;
    this.step = shared ? 1 : readers;
    this.queue = first;
    this.checker = crowd.streams().checker("reader-" + number);
    this.acknowledged = new AtomicLongArray(senders);
    this.consumers = new Consumer[crowd.size()];
    for (int i = first; i < consumers.length; i += step) {
      consumers[i] = crowd.newConsumer(i, "reader-" + number);
    }
  }

  /** Prepares a stage. */
  void prepare() {
    wait = WAIT;
    ended = false;
  }

  /** Reads until it is told to end, and has been to each of its queues once more. */
  void run(Crew crew) throws InterruptedException {
    int left = consumers.length;
    while (left > 0 && !crew.stopping()) {
      left -= ended ? step : 0;
      visit();
      queue += step;
      if (queue >= consumers.length) {
        queue = first;
      }
    }
  }

  private void visit() throws InterruptedException {
    Batch entries = consumers[queue].poll(MOST, wait);
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
  }

  /** Messages of that sender acknowledged so far; may be asked by any thread. */
  long acknowledged(int sender) {
    return acknowledged.get(sender);
  }

  /** Says that all is sent: what is not there will not come. */
  void waitNoMore() {
    wait = Duration.ZERO;
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
