package io.gpumq.soak.bench;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.soak.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The producers and consumers of one queue, and their threads in each stage. For one thread. */
final class Traffic implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LETTERS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What one sender does in a stage. */
  @FunctionalInterface
  interface Sending {
    /** Sends nothing. */
    Sending NOTHING = (crew, sender) -> {};

    void run(Crew crew, Sender sender) throws InterruptedException;
  }

  private final BenchPlan plan;
  private final Meter meter;
  private final MessageQueue queue;
  private final Workload workload;
  private final DeadLetterReader deadLetters;
  private final List<Sender> senders = new ArrayList<>();
  private final List<Receiver> receivers = new ArrayList<>();
  private final List<AutoCloseable> ends = new ArrayList<>();
  private long lettersLookedNanos = System.nanoTime();

  /** Opens the plan's producers, and its consumers in {@code group}. */
  Traffic(
      BenchPlan plan,
      Meter meter,
      MessageQueue queue,
      String group,
      Workload workload,
      DeadLetterReader deadLetters) {
    this.plan = plan;
    this.meter = meter;
    this.queue = queue;
    this.workload = workload;
    this.deadLetters = deadLetters;
    for (int i = 0; i < plan.consumers(); i++) {
      Consumer consumer = queue.consumer(group, "consumer-" + i);
      ends.add(consumer);
      receivers.add(new Receiver(consumer, workload.verifier(consumer.name()), plan.batch()));
    }
    for (int i = 0; i < plan.producers(); i++) {
      Producer producer = queue.producer();
      ends.add(producer);
      senders.add(new Sender(producer, workload.generator(i), i, plan.batch()));
    }
  }

  List<Sender> senders() {
    return senders;
  }

  List<Receiver> receivers() {
    return receivers;
  }

  /**
   * Runs senders and receivers until all that was sent has come back, or nothing moves any more.
   *
   * @return bytes of heap that the threads allocated
   */
  long carry(Sending sending) throws InterruptedException {
    try (var crew = new Crew()) {
      for (int i = 0; i < receivers.size(); i++) {
        Receiver receiver = receivers.get(i);
        crew.start("consumer-" + i, () -> receiver.run(crew));
      }
      List<Thread> sendThreads = start(crew, sending);
      if (awaitProgress(crew, this::seen, () -> allSent(sendThreads))) {
        awaitProgress(crew, this::seen, () -> seen() >= workload.sent());
      }
      receivers.forEach(Receiver::finish);
      return end(crew, sendThreads);
    }
  }

  /**
   * Runs senders alone until all that was sent is handled, or nothing moves any more.
   *
   * @return bytes of heap that the threads allocated
   */
  long fill(Sending sending) throws InterruptedException {
    try (var crew = new Crew()) {
      List<Thread> sendThreads = start(crew, sending);
      if (awaitProgress(crew, this::handled, () -> allSent(sendThreads))) {
        awaitProgress(crew, this::handled, () -> handled() >= workload.sent());
      }
      return end(crew, sendThreads);
    }
  }

  private List<Thread> start(Crew crew, Sending sending) {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < senders.size(); i++) {
      Sender sender = senders.get(i);
      threads.add(crew.start("producer-" + i, () -> sending.run(crew, sender)));
    }
    return threads;
  }

  private long end(Crew crew, List<Thread> sendThreads) throws InterruptedException {
    if (!allSent(sendThreads)) {
      crew.stop();
    }
    crew.join();
    deadLetters.collect();
    return crew.allocatedBytes();
  }

  private static boolean allSent(List<Thread> sendThreads) {
    return sendThreads.stream().noneMatch(Thread::isAlive);
  }

  /** Waits; false if the crew stops, or the count stands for as long as the plan is patient. */
  private boolean awaitProgress(Crew crew, LongSupplier count, BooleanSupplier done)
      throws InterruptedException {
    long counted = -1;
    long movedNanos = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (crew.stopping()) {
        return false;
      }
      long now = System.nanoTime();
      long moved = count.getAsLong();
      if (moved != counted) {
        counted = moved;
        movedNanos = now;
      } else if (now - movedNanos > plan.patience().toNanos()) {
        return false;
      }
      if (now - lettersLookedNanos > LETTERS_NANOS && plan.handler().startsWith("fail")) {
        lettersLookedNanos = now;
        deadLetters.collect();
      }
      meter.tick();
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /** Messages acknowledged by the receivers, or taken from the dead letters. */
  long seen() {
    long sum = deadLetters.taken();
    for (Receiver receiver : receivers) {
      sum += receiver.acknowledged();
    }
    return sum;
  }

  /** Messages that the handler is done with. */
  long handled() {
    return queue.stats().handled();
  }

  @Override
  public void close() {
    for (AutoCloseable end : ends) {
      try {
        end.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a producer or consumer does not close", e);
      }
    }
    ends.clear();
  }
}
