package io.gpumq.trackb.ring;

import io.gpumq.api.CloseReport;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.DeadLetterStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** One queue of Track B: puts the parts of this package together, and ends them. */
public final class RingQueue implements MessageQueue {
  /** Messages under way at most when one more is offered to the express. */
  private static final int EXPRESS_DEPTH = 2;

  private final QueueConfig config;
  private final RingGeometry geometry;
  private final SharedFile file;
  private final ControlBlock control;
  private final RunningRing ring;
  private final Set<RingQueue> runningRings;
  private final boolean offersExpress;

  private final Express express;
  private final Completions completions;
  private final Releases releases;
  private final IngressRing ingress;
  private final RingGroups groups;
  private final Backlog backlog;
  private final Fullness fullness;
  private final Window window;
  private final Reads reads;
  private final Marks marks;
  private final Targets targets = new Targets();
  private final Shared shared;
  private final DeadLetterStore deadLetters;
  private final Letters letters;
  private final Watch watch;

  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final AtomicReference<CompletableFuture<CloseReport>> closing = new AtomicReference<>();
  private volatile List<GroupStats> groupsAtClose;
  private volatile boolean closed;
  private volatile String failure;

  /**
   * Opens a queue of one ring on a device.
   *
   * @param running holds the queue for as long as its ring runs
   */
  public RingQueue(QueueConfig config, RingDevice device, Set<RingQueue> running) {
    this(config, device, 0, new Shared(config), running);
  }

  /**
   * @param firstSequence a multiple of the ring's capacity
   * @param shared with the other lanes
   */
  RingQueue(
      QueueConfig config,
      RingDevice device,
      long firstSequence,
      Shared shared,
      Set<RingQueue> running) {
    this.config = config;
    this.shared = shared;
    this.deadLetters = shared.deadLetters();
    this.letters = new Letters(deadLetters, this::completed, this::resend);
    this.runningRings = running;
    HandlerSpec handler = HandlerSpec.parse(config.handler());
    geometry = RingGeometry.of(config, handler, firstSequence);
    marks = new Marks(geometry.capacity());
    file = SharedFile.create(config.name(), geometry);
    try {
      control = new ControlBlock(file.control());
      express = new Express(file, geometry);
      offersExpress = device.hasExpress();
      completions = new Completions(file, geometry, express, this::giveUpFailed);
      completions.waitsOnlyWhile(this::requireUsable);
      reads = new Reads(file, geometry, completions);
      releases = new Releases(completions, targets, geometry, this::claimed);
      ingress = new IngressRing(file, geometry, completions::landed, releases::advance);
      groups = new RingGroups(this, releases, this::giveUpUndeliverable);
      backlog = new Backlog(releases, completions, targets, ingress, marks, geometry);
      fullness =
          new Fullness(
              config.name(), geometry, releases, completions, ingress, backlog, deadLetters);
      window = new Window(control, geometry);
      watch = new Watch(config.handler(), config.handlerTimeout().toNanos(), control, completions);
      ring = device.start(file, geometry, handler, completions::landedSoFar);
      reads.of(ring);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
    running.add(this);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public QueueConfig config() {
    return config;
  }

  Marks marks() {
    return marks;
  }

  RingGeometry geometry() {
    return geometry;
  }

  @Override
  public Producer producer() {
    requireOpen();
    return new RingProducer(this, ingress, null);
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    requireOpen();
    groups.create(group, start);
  }

  @Override
  public boolean removeGroup(String group) {
    requireUsable(); // also while it drains: a group that nobody reads would hold that up
    return groups.remove(group);
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    requireUsable();
    releases.move(group, to);
  }

  @Override
  public void moveGroup(String group, long sequence) {
    requireUsable();
    releases.move(group, sequence);
  }

  @Override
  public RingConsumer consumer(String group, String name) {
    requireOpen();
    return groups.consumer(group, name);
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    return groups.closeConsumer(group, name);
  }

  @Override
  public List<GroupStats> groups() {
    List<GroupStats> atClose = groupsAtClose;
    return atClose != null ? atClose : groups.stats(backlog);
  }

  void forget(RingConsumer consumer) {
    groups.forget(consumer);
  }

  RingBatch newBatch() {
    return new RingBatch(file, geometry, completions, express, window, reads, marks);
  }

  @Override
  public DeadLetters deadLetters() {
    return letters;
  }

  /**
   * Sends a letter's message again.
   *
   * @param group the only one that is to see it, or null for all
   */
  long resend(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    requireOpen();
    if (group != null) {
      releases.requireGroup(group);
    }
    var producer = new RingProducer(this, ingress, group);
    ByteBuffer payload = ByteBuffer.wrap(letter.payload());
    return letter.key().isPresent()
        ? producer.send(letter.key().getAsLong(), payload, timeout)
        : producer.send(payload, timeout);
  }

  private long claimed() {
    return ingress.claimed();
  }

  /** Says why there is no room. */
  Fullness fullness() {
    return fullness;
  }

  Targets targets() {
    return targets;
  }

  /** Every sequence below is completed. */
  long completed() {
    return completions.advance();
  }

  /** Offers a message that was written and described, and is about to be published. */
  void offerExpress(long sequence, int length) {
    // One message at a time goes by express: what comes faster is carried together in less.
    if (offersExpress && sequence - completions.completed() < EXPRESS_DEPTH) {
      express.offer(
          sequence, length, completions.landedTo(sequence - RingLayout.EXPRESS_SLOTS + 1));
    }
  }

  void countSent(int messages, long bytes) {
    sent.add(messages);
    sentBytes.add(bytes);
  }

  /** A message whose handler failed for good; false when the dead-letter queue is full. */
  private boolean giveUpFailed(long sequence, long word) {
    String handler = "handler '" + config.handler() + "' ";
    int tries = Completion.tries(word);
    String verdict = ring.verdict(sequence);
    if (verdict == null) {
      String reason = handler + "failed with error " + Completion.error(word);
      return giveUp(sequence, word, DeadLetter.Cause.HANDLER_FAILED, reason, tries, "");
    }
    String reason = handler + "ended its device process at attempt " + tries + ": " + verdict;
    boolean given = giveUp(sequence, word, DeadLetter.Cause.HANDLER_FAULT, reason, tries, "");
    if (given) {
      ring.forget(sequence);
    }
    return given;
  }

  private boolean giveUpUndeliverable(
      long sequence, DeadLetter.Cause cause, int count, String group) {
    String reason = "not acknowledged after " + count + " deliveries to group '" + group + "'";
    return giveUp(sequence, completions.word(sequence), cause, reason, count, group);
  }

  private boolean giveUp(
      long sequence, long word, DeadLetter.Cause cause, String reason, int count, String group) {
    if (deadLetters.isFull()) {
      return false;
    }
    byte[] payload = reads.payload(sequence, Completion.length(word));
    long mark = marks.word(sequence);
    var key = Marks.hasKey(mark) ? OptionalLong.of(marks.key(sequence)) : OptionalLong.empty();
    Instant sentAt = Instant.ofEpochMilli(Marks.sentMillis(mark));
    return deadLetters.offer(
        new DeadLetter(sequence, cause, reason, count, group, key, sentAt, payload));
  }

  /** Throws if nothing can be polled or acknowledged any more. */
  void requireUsable() {
    String why = failure;
    if (why != null) {
      throw new TrackFailedException("queue '" + name() + "': " + why);
    }
    if (closed) {
      throw new QueueClosedException("queue '" + name() + "' is closed");
    }
  }

  /** Throws if nothing can be sent any more. */
  void requireOpen() {
    requireUsable();
    if (shared.intakeStopped()) {
      throw new QueueClosedException("queue '" + name() + "' is closing, and takes no more");
    }
  }

  /**
   * Asks the device whether the ring still runs, and looks whether a handler hangs; every waiting
   * call hears of it if so. For one thread at a time.
   */
  public void watch() {
    if (failure == null && !closed) {
      long epoch = ring.epoch();
      String why = ring.failure();
      if (why == null) {
        String hangs = watch.look(System.nanoTime(), epoch);
        why = hangs == null ? null : ring.hung(hangs, epoch);
      }
      failure = why;
    }
  }

  @Override
  public QueueStats stats() {
    long completed = completions.advance();
    Releases.Totals totals = releases.totals();
    return new QueueStats(
        sent.sum(),
        completed - geometry.firstSequence() - completions.voided(),
        totals.delivered(),
        totals.acknowledged(),
        totals.redelivered(),
        completions.failed(),
        deadLetters.joined(),
        backlog.depth(),
        sentBytes.sum());
  }

  @Override
  public CloseReport close(Duration drain) {
    return close(drain, () -> {});
  }

  /**
   * @param afterDrain run when this ring has drained, or the time for it is over: what it waits
   *     for, the end of the ring waits for
   */
  CloseReport close(Duration drain, Runnable afterDrain) {
    RingConsumer.requireWait(drain);
    var report = new CompletableFuture<CloseReport>();
    if (!closing.compareAndSet(null, report)) {
      return outcome(closing.get());
    }
    shared.stopIntake();
    try {
      boolean drained = awaitDrained(System.nanoTime() + drain.toNanos());
      afterDrain.run();
      closed = true;
      groupsAtClose = groups();
      QueueStats stats = stats();
      ring.stop();
      report.complete(new CloseReport(drained, stats.depth(), stats));
    } catch (RuntimeException e) {
      closed = true;
      report.completeExceptionally(e);
    } finally {
      file.close();
      runningRings.remove(this);
    }
    return outcome(report);
  }

  /** Every caller of {@link #close} sees the same: the report, or the failure itself. */
  static CloseReport outcome(CompletableFuture<CloseReport> report) {
    try {
      return report.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private boolean awaitDrained(long deadline) {
    Backoff backoff = new Backoff();
    while (releases.advance() < ingress.claimed()) {
      if (failure != null
          || System.nanoTime() >= deadline
          || Thread.currentThread().isInterrupted()) {
        return false;
      }
      backoff.pause();
    }
    return true;
  }
}
