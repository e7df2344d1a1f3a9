package io.gpumq.soak.bench;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.Track;
import io.gpumq.soak.workload.BodyPool;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * One queue of one track carries messages of one size through every stage: warm-up, throughput,
 * latency, round trips. Each stage ends when all it sent has come back, so that every stage starts
 * with an empty queue; the reckoning at the end covers them all.
 */
final class QueueRun implements AutoCloseable {
  private static final String GROUP = "bench";
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LETTERS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final BenchPlan plan;
  private final Meter meter;
  private final Track track;
  private final int payloadBytes;
  private final Workload workload;
  private final MessageQueue queue;
  private final DeadLetterReader deadLetters;
  private final List<Sender> senders = new ArrayList<>();
  private final List<Receiver> receivers = new ArrayList<>();
  private final List<AutoCloseable> ends = new ArrayList<>();
  private long lettersLookedNanos = System.nanoTime();

  QueueRun(BenchPlan plan, Meter meter, Track track, BodyPool pool, int number) {
    this.plan = plan;
    this.meter = meter;
    this.track = track;
    this.payloadBytes = pool.payloadBytes();
    String name = "bench-" + Integer.toHexString(number);
    this.queue = track.open(plan.queue(name, payloadBytes));
    // The producer beyond the plan's sends the round trips.
    this.workload =
        new Workload(
            pool, number, plan.producers() + 1, plan.handler(), queue.config().handlerAttempts());
    this.deadLetters = new DeadLetterReader(queue.deadLetters(), workload.deadLetters());
  }

  /**
   * Runs every stage.
   *
   * @param warmup before the throughput is measured; the other stages take the plan's
   */
  BenchResult run(Duration warmup) throws InterruptedException {
    openEnds();
    if (!warmup.isZero()) {
      meter.begin("warm-up", warmup);
      saturate(BenchPlan.UNLIMITED, warmup);
    }
    meter.begin("throughput", plan.duration());
    long sentBefore = workload.sent();
    long seenBefore = seen();
    double seconds = saturate(plan.messages(), plan.messagesWithin());
    long sent = workload.sent() - sentBefore;
    long received = seen() - seenBefore;
    meter.begin("latency", plan.warmup().plus(plan.duration()));
    Percentiles latency = pace();
    closeEnds();
    meter.begin("round trips", plan.warmup().plus(plan.duration()).dividedBy(2));
    Percentiles roundTrip = roundTrips();
    Tally total = workload.settle();
    return new BenchResult(
        track.name(),
        track.device(),
        track.describe(),
        payloadBytes,
        plan.producers(),
        plan.handler(),
        sent,
        received,
        received / seconds,
        latency,
        plan.rate(),
        roundTrip,
        total);
  }

  private void openEnds() {
    for (int i = 0; i < plan.consumers(); i++) {
      Consumer consumer = queue.consumer(GROUP, "consumer-" + i);
      ends.add(consumer);
      receivers.add(new Receiver(consumer, workload.verifier(consumer.name()), plan.batch()));
    }
    for (int i = 0; i < plan.producers(); i++) {
      Producer producer = queue.producer();
      ends.add(producer);
      senders.add(new Sender(producer, workload.generator(i), i, plan.batch()));
    }
  }

  private void closeEnds() {
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

  /** Sends as fast as it goes; answers the seconds from the first send to the last acknowledge. */
  private double saturate(long messages, Duration atMost) throws InterruptedException {
    receivers.forEach(Receiver::prepare);
    long share = messages / senders.size();
    long rest = messages % senders.size();
    carry(
        (crew, index) -> senders.get(index).sendAll(crew, share + (index < rest ? 1 : 0), atMost));
    long first = senders.get(0).startNanos();
    long last = first + 1;
    for (Sender sender : senders) {
      first = Math.min(first, sender.startNanos());
    }
    for (Receiver receiver : receivers) {
      last = Math.max(last, receiver.lastNanos());
    }
    return (last - first) / 1e9;
  }

  private Percentiles pace() throws InterruptedException {
    long planned = plan.warmup().plus(plan.duration()).toNanos();
    long perProducer = Math.max(1, (long) (plan.rate() * planned / 1e9 / senders.size()));
    long[] first = senders.stream().mapToLong(sender -> sender.generator().sent()).toArray();
    long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
    var schedule = new Schedule(start, plan.rate(), first, perProducer);
    long recordFrom = start + plan.warmup().toNanos();
    receivers.forEach(receiver -> receiver.prepare(schedule, recordFrom));
    // A track that cannot keep the rate gets as long again; what is unsent then has waited so long.
    long deadline = start + 2 * planned;
    carry((crew, index) -> senders.get(index).sendPaced(crew, schedule, deadline));
    Histogram all = Percentiles.newHistogram();
    receivers.forEach(receiver -> all.add(receiver.latency()));
    for (int p = 0; p < senders.size(); p++) {
      recordUnsent(all, schedule, p, deadline);
    }
    return Percentiles.of(all);
  }

  /** What should have been sent and was not has waited at least until now. */
  private void recordUnsent(Histogram all, Schedule schedule, int producer, long nowNanos) {
    long next = senders.get(producer).generator().sent();
    long end = schedule.end(producer);
    long step = Math.max(1, (end - next) / 1_000_000);
    for (; next < end; next += step) {
      long waited = nowNanos - schedule.dueNanos(producer, next);
      Percentiles.record(all, waited, Math.min(step, end - next));
    }
  }

  private Percentiles roundTrips() throws InterruptedException {
    Histogram histogram = Percentiles.newHistogram();
    try (Consumer consumer = queue.consumer(GROUP, "round-trips");
        Producer producer = queue.producer()) {
      var trips =
          new RoundTrips(
              producer,
              consumer,
              workload.generator(plan.producers()),
              workload.verifier(consumer.name()),
              deadLetters,
              plan.patience());
      trips.run(System.nanoTime() + plan.warmup().toNanos() / 2, Percentiles.newHistogram());
      trips.run(System.nanoTime() + plan.duration().toNanos() / 2, histogram);
    }
    deadLetters.collect();
    return Percentiles.of(histogram);
  }

  @FunctionalInterface
  private interface Sending {
    void run(Crew crew, int index) throws InterruptedException;
  }

  /** Runs one stage until all that was sent has come back, or nothing moves any more. */
  private void carry(Sending sending) throws InterruptedException {
    try (var crew = new Crew()) {
      for (int i = 0; i < receivers.size(); i++) {
        Receiver receiver = receivers.get(i);
        crew.start("consumer-" + i, () -> receiver.run(crew));
      }
      var sendThreads = new ArrayList<Thread>();
      for (int i = 0; i < senders.size(); i++) {
        int index = i;
        sendThreads.add(crew.start("producer-" + i, () -> sending.run(crew, index)));
      }
      if (awaitProgress(crew, () -> sendThreads.stream().noneMatch(Thread::isAlive))) {
        awaitProgress(crew, () -> seen() >= workload.sent());
      }
      receivers.forEach(Receiver::finish);
      if (!allSent(sendThreads)) {
        crew.stop();
      }
      crew.join();
      deadLetters.collect();
    }
  }

  private static boolean allSent(List<Thread> sendThreads) {
    return sendThreads.stream().noneMatch(Thread::isAlive);
  }

  /** Waits; false if the crew stops, or nothing is seen for as long as the plan is patient. */
  private boolean awaitProgress(Crew crew, BooleanSupplier done) {
    long seen = -1;
    long movedNanos = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (crew.stopping()) {
        return false;
      }
      long now = System.nanoTime();
      if (seen() != seen) {
        seen = seen();
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
  private long seen() {
    long sum = deadLetters.taken();
    for (Receiver receiver : receivers) {
      sum += receiver.acknowledged();
    }
    return sum;
  }

  @Override
  public void close() {
    try {
      closeEnds();
    } finally {
      queue.close();
    }
  }
}
