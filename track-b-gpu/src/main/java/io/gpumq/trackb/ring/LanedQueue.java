package io.gpumq.trackb.ring;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.trackb.delivery.Sequences;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A queue striped into several rings, its lanes, that work side by side: neither a claim, nor a
 * take, nor a kernel's ticket waits for another lane's.
 *
 * <p>A message stays in the lane that its producer or its key chose, so its order there is that of
 * one ring. The lane's number stands in bits 56 to 59 of each of its sequences.
 */
public final class LanedQueue implements MessageQueue {
  private final QueueConfig config;
  private final Shared shared;
  private final RingQueue[] lanes;
  private final Letters letters;
  private final AtomicInteger producers = new AtomicInteger();
  private final AtomicInteger consumers = new AtomicInteger();
  private final AtomicReference<CompletableFuture<CloseReport>> closing = new AtomicReference<>();

  /**
   * Opens every lane of a queue on a device.
   *
   * @param running holds each lane for as long as its ring runs
   */
  public LanedQueue(QueueConfig config, RingDevice device, Set<RingQueue> running) {
    this.config = config;
    shared = new Shared(config);
    List<RingQueue> opened = new ArrayList<>();
    try {
      for (long lane = 0; lane < config.lanes(); lane++) {
        opened.add(new RingQueue(config, device, lane << Sequences.LANE_SHIFT, shared, running));
      }
    } catch (RuntimeException e) {
      opened.forEach(RingQueue::close);
      throw e;
    }
    lanes = opened.toArray(new RingQueue[0]);
    letters = new Letters(shared.deadLetters(), this::advanceAll, this::resend);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public QueueConfig config() {
    return config;
  }

  @Override
  public Producer producer() {
    Producer[] each = new Producer[lanes.length];
    for (int lane = 0; lane < each.length; lane++) {
      each[lane] = lanes[lane].producer();
    }
    return new LanedProducer(each, producers.getAndIncrement() & lanes.length - 1);
  }

  /** One after the other, so that every lane has the same groups. */
  @Override
  public synchronized void createGroup(String group, GroupStart start) {
    for (RingQueue lane : lanes) {
      lane.createGroup(group, start);
    }
  }

  @Override
  public synchronized boolean removeGroup(String group) {
    boolean removed = false;
    for (RingQueue lane : lanes) {
      removed |= lane.removeGroup(group);
    }
    return removed;
  }

  @Override
  public synchronized void moveGroup(String group, GroupStart to) {
    for (RingQueue lane : lanes) {
      lane.moveGroup(group, to);
    }
  }

  @Override
  public synchronized void moveGroup(String group, long sequence) {
    long lane = Sequences.lane(sequence);
    if (lane >= lanes.length) {
      throw new ConfigException(
          "sequence "
              + Sequences.show(sequence)
              + ": is of lane "
              + lane
              + ", and the queue has lanes 0 to "
              + (lanes.length - 1));
    }
    lanes[(int) lane].moveGroup(group, sequence);
  }

  @Override
  public List<GroupStats> groups() {
    return GroupSums.of(Arrays.stream(lanes).map(RingQueue::groups).toList());
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    boolean closed = false;
    for (RingQueue lane : lanes) {
      closed |= lane.closeConsumer(group, name);
    }
    return closed;
  }

  @Override
  public synchronized Consumer consumer(String group, String name) {
    createGroup(group); // in every lane, before the first is read
    List<RingConsumer> each = new ArrayList<>();
    try {
      for (RingQueue lane : lanes) {
        each.add(lane.consumer(group, name));
      }
    } catch (RuntimeException e) {
      each.forEach(RingConsumer::close);
      throw e;
    }
    return new LanedConsumer(
        each.toArray(new RingConsumer[0]), consumers.getAndIncrement() & lanes.length - 1);
  }

  @Override
  public DeadLetters deadLetters() {
    return letters;
  }

  private void advanceAll() {
    for (RingQueue lane : lanes) {
      lane.completed();
    }
  }

  /** In its key's lane; without a key in the lane where it was. */
  private long resend(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    OptionalLong key = letter.key();
    int lane =
        key.isPresent()
            ? LanedProducer.lane(key.getAsLong(), lanes.length)
            : (int) Sequences.lane(letter.sequence());
    return lanes[lane].resend(letter, group, timeout);
  }

  @Override
  public QueueStats stats() {
    QueueStats[] each = new QueueStats[lanes.length];
    for (int lane = 0; lane < each.length; lane++) {
      each[lane] = lanes[lane].stats();
    }
    return sum(each);
  }

  /** Every lane counts the letters of all. */
  private QueueStats sum(QueueStats[] each) {
    long sent = 0;
    long handled = 0;
    long delivered = 0;
    long acknowledged = 0;
    long redelivered = 0;
    long failed = 0;
    long depth = 0;
    long bytes = 0;
    for (QueueStats lane : each) {
      sent += lane.sent();
      handled += lane.handled();
      delivered += lane.delivered();
      acknowledged += lane.acknowledged();
      redelivered += lane.redelivered();
      failed += lane.failed();
      depth += lane.depth();
      bytes += lane.bytes();
    }
    return new QueueStats(
        sent,
        handled,
        delivered,
        acknowledged,
        redelivered,
        failed,
        shared.deadLetters().joined(),
        depth,
        bytes);
  }

  /**
   * Closes the lanes side by side: each stops its intake at once and has the whole drain, and goes
   * on for consumers until the last has drained. An interrupt of the caller ends the drain of all.
   */
  @Override
  public CloseReport close(Duration drain) {
    RingConsumer.requireWait(drain);
    var report = new CompletableFuture<CloseReport>();
    if (closing.compareAndSet(null, report)) {
      shared.stopIntake(); // of all lanes, before any is asked to drain
      try {
        report.complete(closeLanes(drain));
      } catch (RuntimeException e) {
        report.completeExceptionally(e);
      }
    }
    return RingQueue.outcome(closing.get());
  }

  private CloseReport closeLanes(Duration drain) {
    List<CompletableFuture<CloseReport>> ends = new ArrayList<>();
    List<Thread> closers = new ArrayList<>();
    Executor threadEach =
        task -> {
          closers.add(new Thread(task, "gpumq-close"));
          closers.get(closers.size() - 1).start();
        };
    Phaser together = new Phaser(lanes.length);
    for (RingQueue lane : lanes) {
      ends.add(CompletableFuture.supplyAsync(() -> close(lane, drain, together), threadEach));
    }
    try {
      CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0])).get();
    } catch (InterruptedException e) {
      closers.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // Told below, by the lane that it comes from.
    }
    boolean drained = true;
    long left = 0;
    QueueStats[] each = new QueueStats[lanes.length];
    RuntimeException failure = null;
    for (int lane = 0; lane < each.length; lane++) {
      try {
        CloseReport report = RingQueue.outcome(ends.get(lane));
        drained &= report.drained();
        left += report.left();
        each[lane] = report.stats();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return new CloseReport(drained, left, sum(each));
  }

  private static CloseReport close(RingQueue lane, Duration drain, Phaser together) {
    try {
      return lane.close(drain, together::arriveAndAwaitAdvance);
    } finally {
      together.arriveAndDeregister(); // a lane that was closed before does not keep the others
    }
  }
}
