package io.gpumq.soak.crowd;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.soak.workload.StreamChecker;
import io.gpumq.soak.workload.StreamWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a few entries into each queue of a crowd while nobody reads, and drains them again. For one
 * thread.
 */
public final class FilledCrowd {
  /** Queues that a thread polls at once. */
  private static final int AT_ONCE = 128;

  private static final Duration WAIT = Duration.ofMillis(100);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Crowd crowd;
  private final int each;
  private final Duration patience;
  private final List<StreamWriter> writers = new ArrayList<>();
  private final List<StreamChecker> checkers = new ArrayList<>();

  /**
   * @param each entries of a queue
   * @param senders threads that fill
   * @param readers threads that drain
   * @param patience without an entry before what is missing counts as lost
   */
  public FilledCrowd(Crowd crowd, int each, int senders, int readers, Duration patience) {
    this.crowd = crowd;
    this.each = each;
    this.patience = patience;
    for (int i = 0; i < senders; i++) {
      writers.add(crowd.streams().writer());
    }
    for (int i = 0; i < readers; i++) {
      checkers.add(crowd.streams().checker("reader-" + i));
    }
  }

  /** Fills every queue, and waits until the handler is done with all of it. */
  public void fill() throws InterruptedException {
    Crowd.forEach(crowd.size(), writers.size(), this::fill);
    for (int queue = 0; queue < crowd.size(); queue++) {
      awaitHandled(queue);
    }
  }

  private void fill(int thread, int queue) throws InterruptedException {
    StreamWriter writer = writers.get(thread).of(queue);
    try (Producer producer = crowd.newProducer(queue)) {
      producer.sendBatch(each, writer, patience);
    }
    writer.advance(each);
  }

  private void awaitHandled(int queue) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!crowd.isHandled(queue)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("the handler is not done within " + patience);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Opens the consumers, which stay open: a drain is not to be timed with that. */
  public void openConsumers() throws InterruptedException {
    Crowd.forEach(crowd.size(), checkers.size(), (thread, queue) -> crowd.consumer(queue));
  }

  /**
   * Drains every queue, by consumers that are open, of which each thread polls many at once.
   *
   * @return entries a second, of all together
   */
  public double drain() throws InterruptedException {
    List<Drain> drains = new ArrayList<>();
    for (StreamChecker checker : checkers) {
      drains.add(new Drain(checker));
    }
    long start = System.nanoTime();
    Crowd.forEach(crowd.size(), checkers.size(), (thread, queue) -> drains.get(thread).add(queue));
    Crowd.forEach(drains.size(), drains.size(), (thread, drain) -> drains.get(drain).drain());
    long nanos = System.nanoTime() - start;
    return (double) each * crowd.size() / Math.max(1, nanos) * 1e9;
  }

  /** Polls as many queues as there are in one go, for one thread. */
  private final class Drain {
    private final StreamChecker checker;
    private final MultiPoll polls = crowd.multiPoll();
    private final List<Consumer> consumers = new ArrayList<>();
    private final List<Integer> queues = new ArrayList<>();

    private Drain(StreamChecker checker) {
      this.checker = checker;
    }

    /** One more queue, which may wait for others. */
    private void add(int queue) throws InterruptedException {
      queues.add(queue);
      consumers.add(crowd.consumer(queue));
      if (queues.size() == AT_ONCE) {
        drain();
      }
    }

    /** Drains those that have been added, unless nothing comes for too long. */
    private void drain() throws InterruptedException {
      int left = each * queues.size();
      long movedNanos = System.nanoTime();
      while (left > 0 && System.nanoTime() - movedNanos < patience.toNanos()) {
        if (polls.poll(consumers, each) > 0) {
          left -= check();
          movedNanos = System.nanoTime();
        } else {
          Thread.yield();
        }
      }
      queues.clear();
      consumers.clear();
    }

    private int check() {
      int taken = 0;
      for (int i = 0; i < queues.size(); i++) {
        Batch entries = polls.batch(i);
        for (int entry = 0; entry < entries.size(); entry++) {
          checker.check(queues.get(i), entries.get(entry).payload());
        }
        taken += consumers.get(i).acknowledge(entries);
      }
      return taken;
    }
  }

  /** Drains every queue, by a consumer that is open no longer than that takes. */
  public void drainOnce() throws InterruptedException {
    Crowd.forEach(
        crowd.size(),
        checkers.size(),
        (thread, queue) -> {
          try (Consumer consumer = crowd.newConsumer(queue, "once")) {
            drain(thread, queue, consumer);
          }
        });
  }

  private void drain(int thread, int queue, Consumer consumer) throws InterruptedException {
    StreamChecker checker = checkers.get(thread);
    long deadline = 0;
    for (int taken = 0; taken < each; ) {
      Batch entries = consumer.poll(each, WAIT);
      for (int i = 0; i < entries.size(); i++) {
        checker.check(queue, entries.get(i).payload());
      }
      taken += consumer.acknowledge(entries);
      if (entries.isEmpty()) {
        long now = System.nanoTime();
        deadline = deadline == 0 ? now + patience.toNanos() : deadline;
        if (now - deadline > 0) {
          return;
        }
      }
    }
  }
}
