package io.gpumq.soak.bench;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.soak.workload.Bodies;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Workload;
import io.gpumq.spi.Steps;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One queue of one track carries messages of one size through whichever stages are asked for. Each
 * stage, but {@link #fill}, ends when all it sent has come back, so that every stage starts with an
 * empty queue; the reckoning at the end covers them all. For one thread at a time.
 */
public final class QueueRun implements AutoCloseable {
  private static final String GROUP = "bench";

  private final BenchPlan plan;
  private final Meter meter;
  private final Workload workload;
  private final MessageQueue queue;
  private final MessageQueue letters;
  private final DeadLetterReader deadLetters;
  private Traffic traffic;

  /**
   * Opens the queue.
   *
   * @param bodies of the messages; they set their size
   * @param number of the queue, in its name and in every message
   */
  public QueueRun(BenchPlan plan, Meter meter, Track track, Bodies bodies, int number) {
    this.plan = plan;
    this.meter = meter;
    String name = "bench-" + Integer.toHexString(number);
    this.queue = track.open(plan.queue(name, bodies.payloadBytes()));
    // The producer beyond the plan's sends the round trips.
    this.workload =
        new Workload(
            bodies, number, plan.producers() + 1, plan.handler(), queue.config().handlerAttempts());
    this.letters = queue.deadLetters();
    this.deadLetters = new DeadLetterReader(letters, workload.deadLetters());
  }

  /** The queue's configuration. */
  public QueueConfig config() {
    return queue.config();
  }

  /** Sends as fast as it goes, for nothing but the JIT. */
  public void warmUp(Duration time) throws InterruptedException {
    if (!time.isZero()) {
      meter.begin("warm-up", time);
      send(BenchPlan.UNLIMITED, time);
    }
  }

  /** Sends as fast as there is room, until so many are sent or the time is over. */
  public Flow saturate(long messages, Duration atMost) throws InterruptedException {
    meter.begin("throughput", plan.duration());
    return send(messages, atMost);
  }

  private Flow send(long messages, Duration atMost) throws InterruptedException {
    Traffic ends = traffic();
    ends.receivers().forEach(Receiver::prepare);
    long sent = workload.sent();
    long seen = ends.seen();
    long allocated = ends.carry(everything(messages, atMost));
    return new Flow(workload.sent() - sent, ends.seen() - seen, first(), last(), allocated);
  }

  /** So many messages in equal shares, as fast as there is room. */
  private Traffic.Sending everything(long messages, Duration atMost) {
    long share = messages / plan.producers();
    long rest = messages % plan.producers();
    return (crew, sender) -> sender.sendAll(crew, share + (sender.number() < rest ? 1 : 0), atMost);
  }

  private long first() {
    List<Sender> senders = traffic.senders();
    long first = senders.get(0).startNanos();
    for (Sender sender : senders) {
      first = Math.min(first, sender.startNanos());
    }
    return first;
  }

  private long last() {
    long last = first() + 1;
    for (Receiver receiver : traffic.receivers()) {
      last = Math.max(last, receiver.lastNanos());
    }
    return last;
  }

  /**
   * Sends so many messages while no consumer polls, and waits until they are handled. The next
   * stage is {@link #drain}.
   */
  public Flow fill(long messages) throws InterruptedException {
    meter.begin("fill", plan.duration());
    Traffic ends = traffic();
    long sent = workload.sent();
    long handled = ends.handled();
    long allocated = ends.fill(everything(messages, BenchPlan.LONGEST));
    long last = System.nanoTime();
    return new Flow(workload.sent() - sent, ends.handled() - handled, first(), last, allocated);
  }

  /** Receives what is there, while no producer sends. */
  public Flow drain() throws InterruptedException {
    meter.begin("drain", plan.duration());
    Traffic ends = traffic();
    ends.receivers().forEach(Receiver::prepare);
    long seen = ends.seen();
    long first = System.nanoTime();
    long allocated = ends.carry(Traffic.Sending.NOTHING);
    return new Flow(0, ends.seen() - seen, first, last(), allocated);
  }

  /** Sends at the plan's rate, after its warm-up at that rate. */
  public Percentiles pace() throws InterruptedException {
    long planned = plan.warmup().plus(plan.duration()).toNanos();
    meter.begin("latency", Duration.ofNanos(planned));
    Traffic ends = traffic();
    List<Sender> senders = ends.senders();
    long perProducer = Math.max(1, (long) (plan.rate() * planned / 1e9 / senders.size()));
    long[] first = senders.stream().mapToLong(sender -> sender.generator().sent()).toArray();
    long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
    var schedule = new Schedule(start, plan.rate(), first, perProducer);
    long recordFrom = start + plan.warmup().toNanos();
    ends.receivers().forEach(receiver -> receiver.prepare(schedule, recordFrom));
    // A track that cannot keep the rate gets as long again; what is unsent then has waited so long.
    long deadline = start + 2 * planned;
    ends.carry((crew, sender) -> sender.sendPaced(crew, schedule, deadline));
    Histogram all = Percentiles.newHistogram();
    ends.receivers().forEach(receiver -> all.add(receiver.latency()));
    for (Sender sender : senders) {
      recordUnsent(all, schedule, sender, deadline);
    }
    return Percentiles.of(all);
  }

  /** What should have been sent and was not has waited at least until now. */
  private static void recordUnsent(Histogram all, Schedule schedule, Sender sender, long nowNanos) {
    long next = sender.generator().sent();
    long end = schedule.end(sender.number());
    long step = Math.max(1, (end - next) / 1_000_000);
    for (; next < end; next += step) {
      long waited = nowNanos - schedule.dueNanos(sender.number(), next);
      Percentiles.record(all, waited, Math.min(step, end - next));
    }
  }

  /** Sends one message at a time, by one thread; the other stages' threads are gone for good. */
  public Percentiles roundTrips(Duration warmup, Duration measured) throws InterruptedException {
    closeTraffic();
    meter.begin("round trips", warmup.plus(measured));
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
      trips.run(System.nanoTime() + warmup.toNanos(), Percentiles.newHistogram());
      trips.run(System.nanoTime() + measured.toNanos(), histogram);
    }
    deadLetters.collect();
    return Percentiles.of(histogram);
  }

  /** What became of every message of every stage. */
  public Tally settle() {
    return workload.settle();
  }

  private Traffic traffic() {
    if (traffic == null) {
      traffic = new Traffic(plan, meter, queue, GROUP, workload, deadLetters);
    }
    return traffic;
  }

  private void closeTraffic() {
    if (traffic != null) {
      traffic.close();
      traffic = null;
    }
  }

  @Override
  public void close() {
    try {
      closeTraffic();
    } finally {
      new Steps().run(deadLetters::close).run(queue::close).run(letters::close).finish();
    }
  }
}
