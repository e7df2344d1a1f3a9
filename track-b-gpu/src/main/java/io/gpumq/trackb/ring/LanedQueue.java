package io.gpumq.trackb.ring;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.spi.Closing;
import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.waiting.Waiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue striped into several rings, its lanes, that work side by side: neither a claim, nor a
 * take, nor a kernel's ticket waits for another lane's.
 *
 * <p>A message stays in the lane that its producer or its key chose, so its order there is that of
 * one ring. The lane's number stands in bits 56 to 59 of each of its sequences.
 */
public final class LanedQueue implements TrackQueue {
  private static final int LANE_SHIFT = 56;
  private static final Log LOG = Log.of(LanedQueue.class);

  private final QueueConfig config;
  private final Shared shared;
  private final RingQueue[] lanes;
  private final DeadLetters letters;
  private final AtomicInteger producers = new AtomicInteger();
  private final AtomicInteger consumers = new AtomicInteger();
  private final AtomicReference<Closing> closing = new AtomicReference<>();

  /** Held while the groups change: no lane has one that another has not. */
  private final ReentrantLock changingGroups = new ReentrantLock();

  /**
   * Opens every lane of a queue on a device.
   *
   * @param running holds each lane for as long as its ring runs
   */
  public LanedQueue(QueueConfig config, RingDevice device, Running running) {
    this.config = config;
    shared = new Shared(config, running.waiters());
    List<RingQueue> opened = new ArrayList<>();
    try {
      for (long lane = 0; lane < config.lanes(); lane++) {
        opened.add(new RingQueue(config, device, lane << LANE_SHIFT, shared, running));
      }
    } catch (Throwable e) {
      Steps.undo(e, opened.stream().<Runnable>map(lane -> lane::close).toArray(Runnable[]::new));
      throw e;
    }
    lanes = opened.toArray(new RingQueue[0]);
    letters =
        new QueueLetters(
            shared.deadLetters(),
            LanedQueue::describe,
            this::refresh,
            this::resend,
            () -> shared.bell().ring());
  }

  /** Which lane a sequence belongs to; may be none that there is. */
  static long lane(long sequence) {
    return sequence >>> LANE_SHIFT;
  }

  /** Returns a sequence in words: its lane, and its position there, if it can be of a lane. */
  static String describe(long sequence) {
    if (lane(sequence) >= QueueConfig.MAX_LANES) {
      return "sequence " + sequence;
    }
    long position = sequence & (1L << LANE_SHIFT) - 1;
    return "sequence " + sequence + " (lane " + lane(sequence) + ", position " + position + ")";
  }

  /** Returns which lane of a queue a ring is, to stand before its name; empty if it has but one. */
  static String describeWhere(RingGeometry g) {
    return g.lanes() == 1 ? "" : "lane " + lane(g.firstSequence()) + " of " + g.lanes() + " of ";
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
    RingProducer.Call call = new RingProducer.Call();
    Producer[] each = new Producer[lanes.length];
    for (int lane = 0; lane < each.length; lane++) {
      each[lane] = lanes[lane].producer(call);
    }
    return new LanedProducer(each, producers.getAndIncrement() & lanes.length - 1);
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    inEachLane(lane -> lane.createGroup(group, start));
  }

  private void inEachLane(java.util.function.Consumer<RingQueue> change) {
    changingGroups.lock();
    try {
      for (RingQueue lane : lanes) {
        change.accept(lane);
      }
    } finally {
      changingGroups.unlock();
    }
  }

  @Override
  public boolean removeGroup(String group) {
    boolean[] removed = {false};
    inEachLane(lane -> removed[0] |= lane.removeGroup(group));
    return removed[0];
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    inEachLane(lane -> lane.moveGroup(group, to));
  }

  @Override
  public void moveGroup(String group, long sequence) {
    if (lane(sequence) >= lanes.length) {
      throw new ConfigException(
          describe(sequence) + ": the queue has lanes 0 to " + (lanes.length - 1));
    }
    lanes[(int) lane(sequence)].moveGroup(group, sequence);
  }

  @Override
  public List<GroupStats> groups() {
    Map<String, GroupStats> sums = new LinkedHashMap<>();
    for (RingQueue lane : lanes) {
      lane.groups().forEach(group -> sums.merge(group.name(), group, Census::sum));
    }
    return List.copyOf(sums.values());
  }

  @Override
  public Consumer consumer(String group, String name) {
    Names.require("consumer", name); // first: a name that is refused makes no group
    changingGroups.lock();
    try {
      createGroup(group); // in every lane, before the first is read
      return consumerOfEachLane(group, name);
    } finally {
      changingGroups.unlock();
    }
  }

  private Consumer consumerOfEachLane(String group, String name) {
    Waiters.Line line = shared.line(group, () -> isReady(group));
    List<RingConsumer> each = new ArrayList<>();
    try {
      for (RingQueue lane : lanes) {
        each.add(lane.consumer(group, name, line));
      }
    } catch (Throwable e) {
      Steps.undo(e, each.stream().<Runnable>map(lane -> lane::close).toArray(Runnable[]::new));
      throw e;
    }
    return new LanedConsumer(
        each.toArray(new RingConsumer[0]), consumers.getAndIncrement() & lanes.length - 1, line);
  }

  private boolean isReady(String group) {
    for (RingQueue lane : lanes) {
      if (lane.isReady(group)) {
        return true;
      }
    }
    return false;
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
  public DeadLetters deadLetters() {
    return letters;
  }

  private void refresh() {
    for (RingQueue lane : lanes) {
      lane.refresh();
    }
  }

  /** Through the lane that the message went through before: so it stays behind its key's others. */
  private long resend(DeadLetter letter, String group, Duration timeout)
      throws InterruptedException {
    return lanes[(int) lane(letter.sequence())].resend(letter, group, timeout);
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
  private static QueueStats sum(QueueStats[] each) {
    long sent = 0;
    long handled = 0;
    long delivered = 0;
    long acknowledged = 0;
    long redelivered = 0;
    long failed = 0;
    long letters = 0;
    long depth = 0;
    long bytes = 0;
    for (QueueStats lane : each) {
      sent += lane.sent();
      handled += lane.handled();
      delivered += lane.delivered();
      acknowledged += lane.acknowledged();
      redelivered += lane.redelivered();
      failed += lane.failed();
      letters = Math.max(letters, lane.deadLettered());
      depth += lane.depth();
      bytes += lane.bytes();
    }
    return new QueueStats(
        sent, handled, delivered, acknowledged, redelivered, failed, letters, depth, bytes);
  }

  @Override
  public boolean isEnded() {
    return Closing.isOver(closing);
  }

  @Override
  public CloseReport close(Duration drain) {
    return Closing.close(closing, drain, this::closeLanes);
  }

  /**
   * Closes the lanes side by side: each stops its intake at once and has the whole drain, and goes
   * on for consumers until the last has drained. An interrupt of the caller ends the drain of all.
   */
  private CloseReport closeLanes(Closing by) {
    shared.stopIntake(); // of all lanes, before any is asked to drain
    shared.wakeAll();
    Drain.await(by, lanes);
    for (int lane = 1; lane < lanes.length; lane++) {
      closeBeside(lanes[lane]);
    }
    boolean drained = true;
    long left = 0;
    QueueStats[] each = new QueueStats[lanes.length];
    Steps steps = new Steps();
    for (int lane = 0; lane < lanes.length; lane++) {
      RingQueue next = lanes[lane];
      CloseReport[] report = {null};
      steps.run(() -> report[0] = next.close(Duration.ZERO)); // begun by another, or by this thread
      if (report[0] != null) {
        drained &= report[0].drained();
        left += report[0].left();
        each[lane] = report[0].stats();
      }
    }
    steps.finish();
    return new CloseReport(drained, left, sum(each));
  }

  /** Begins to close a lane on a thread of its own, where there is room for one. */
  private static void closeBeside(RingQueue lane) {
    try {
      new Thread(() -> new Steps().run(() -> lane.close(Duration.ZERO)), "gpumq-close").start();
    } catch (Throwable e) {
      LOG.debug("no thread for the close of one lane: its queue's closer does it", e);
    }
  }
}
