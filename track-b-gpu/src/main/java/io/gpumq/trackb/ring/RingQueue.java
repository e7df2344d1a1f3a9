package io.gpumq.trackb.ring;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** One queue of Track B, or one lane of it: puts the parts of this package together. */
public final class RingQueue implements TrackQueue {
  /** Messages under way at most when one more is offered to the express. */
  private static final int EXPRESS_DEPTH = 2;

  private final QueueConfig config;
  private final RingGeometry geometry;
  private final SharedFile file;
  private final RunningRing ring;
  private final Running running;
  private final boolean offersExpress;

  private final Express express;
  private final Completions completions;
  private final Marks marks;
  private final Targets targets = new Targets();
  private final Releases releases;
  private final IngressRing ingress;
  private final Window window;
  private final Reads reads;
  private final Census census;
  private final Shared shared;
  private final DeadLetters letters;
  private final Watch watch;
  private final Waiters.Line room;
  private final Consumers consumers = new Consumers();

  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final AtomicReference<Closing> closing = new AtomicReference<>();
  private volatile boolean closed;
  private volatile String failure;

  /** What was true at the close; {@code null} before it. */
  private volatile Figures last;

  private record Figures(QueueStats stats, List<GroupStats> groups) {}

  /**
   * Opens a queue of one ring on a device.
   *
   * @param running holds the queue for as long as its ring runs
   */
  public RingQueue(QueueConfig config, RingDevice device, Running running) {
    this(config, device, 0, new Shared(config, running.waiters()), running);
  }

  /**
   * @param firstSequence a multiple of the ring's capacity
   * @param shared with the other lanes
   */
  RingQueue(
      QueueConfig config, RingDevice device, long firstSequence, Shared shared, Running running) {
    this.config = config;
    this.shared = shared;
    this.running = running;
    HandlerSpec handler = HandlerSpec.parse(config.handler());
    geometry = RingGeometry.of(config, handler, firstSequence);
    file = SharedFile.create(config.name(), geometry);
    try {
      ControlBlock control = new ControlBlock(file.control());
      express = new Express(file, geometry);
      offersExpress = device.hasExpress();
      completions = new Completions(file, geometry, express, this::giveUpFailed);
      completions.waitsOnlyWhile(this::requireUsable);
      marks = new Marks(geometry);
      reads = new Reads(file, geometry, completions);
      releases = new Releases(completions, geometry, targets);
      ingress = new IngressRing(file, geometry, completions::landed, releases::advance);
      window = new Window(control, geometry);
      census = new Census(file, geometry, completions, marks);
      watch = new Watch(config.handler(), config.handlerTimeout().toNanos(), control, completions);
      letters = new QueueLetters(shared.deadLetters(), this::refresh, this::resend);
      room = shared.bell().line(() -> ingress.room() > 0 || isClosing());
      ring = device.start(file, geometry, handler, completions::landedSoFar);
      reads.of(ring);
    } catch (Throwable e) {
      Steps.undo(e, file::close);
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

  RingGeometry geometry() {
    return geometry;
  }

  @Override
  public RingProducer producer() {
    return producer(new RingProducer.Call());
  }

  /** A producer that shares with those of other lanes which call is under way. */
  RingProducer producer(RingProducer.Call call) {
    requireOpen();
    return new RingProducer(this, ingress, marks, call);
  }

  // ---- groups and consumers

  @Override
  public void createGroup(String group, GroupStart start) {
    requireOpen();
    group(group, start);
  }

  private Group group(String name, GroupStart start) {
    Names.require("group", name);
    return releases.group(name, released -> place(start, released), at -> makeGroup(name, at));
  }

  private long place(GroupStart start, long released) {
    return start == GroupStart.OLDEST ? released : ingress.claimed();
  }

  private Group makeGroup(String name, long start) {
    var group =
        new Group(
            name,
            start,
            config.lease().toNanos(),
            config.maxDeliveries(),
            config.strictOrder(),
            targets.of(name, completions),
            this::giveUpUndeliverable,
            System::nanoTime);
    return group.describing(geometry::describe);
  }

  @Override
  public boolean removeGroup(String group) {
    requireUsable();
    Group removed = releases.remove(group);
    if (removed == null) {
      return false;
    }
    consumers.closeGroup(group);
    shared.dropLine(group);
    changed();
    return true;
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    requireUsable();
    releases.move(group, released -> place(to, released));
    changed();
  }

  @Override
  public void moveGroup(String group, long sequence) {
    requireUsable();
    releases.move(
        group,
        released -> {
          long end = ingress.claimed();
          if (sequence < released || sequence > end) {
            throw new ConfigException(
                geometry.describe(sequence)
                    + ": must be one from "
                    + geometry.describe(released)
                    + ", the oldest kept, to "
                    + geometry.describe(end)
                    + ", the next to be sent");
          }
          return sequence;
        });
    changed();
  }

  @Override
  public List<GroupStats> groups() {
    Figures figures = last;
    return figures != null ? figures.groups() : groupsNow();
  }

  private List<GroupStats> groupsNow() {
    List<GroupStats> each = new ArrayList<>();
    long claimed = ingress.claimed();
    for (Group group : releases.groups()) {
      each.add(census.of(group, claimed, consumers.names(group.name())));
    }
    each.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(each);
  }

  @Override
  public RingConsumer consumer(String group, String name) {
    return consumer(group, name, shared.line(group, () -> isReady(group)));
  }

  /**
   * @param line in which it waits for entries
   */
  RingConsumer consumer(String group, String name, Waiters.Line line) {
    requireOpen();
    Names.require("consumer", name);
    Group of = group(group, GroupStart.OLDEST);
    return consumers.open(
        group,
        name,
        owner -> {
          var batch =
              new RingBatch(
                  file, geometry, completions, express, window, reads, marks, releases.join());
          return new RingConsumer(this, of, name, owner, batch, line);
        });
  }

  /** Whether a poll for a group would not come back empty, or would throw. */
  boolean isReady(String group) {
    Group of = releases.find(group);
    return of == null || failure != null || closed || of.isReady(completed());
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    return consumers.close(group, name);
  }

  void forget(RingConsumer consumer, Hold reading) {
    releases.leave(reading);
    if (consumers.remove(consumer)) {
      file.release();
    }
  }

  // ---- what the producers and consumers of this queue ask

  /** Every sequence below is completed. */
  long completed() {
    return completions.advance();
  }

  /** The line in which producers wait for room. */
  Waiters.Line room() {
    return room;
  }

  Targets targets() {
    return targets;
  }

  /** Something was settled, refused, or sent: somebody may wait for that. */
  void changed() {
    shared.bell().ring();
  }

  /** Offers a message that was written and described, and is about to be published. */
  void offerExpress(long sequence, int length) {
    // One message at a time goes by express: what comes faster is carried together in less.
    if (offersExpress && sequence - completions.completed() < EXPRESS_DEPTH) {
      express.offer(
          sequence, length, completions.landedTo(sequence - RingLayout.EXPRESS_SLOTS + 1));
    }
  }

  /** Counts messages that were published, unless the queue was closed before. */
  void sent(int messages, long bytes) {
    countSent(messages, bytes);
    requireNotClosed();
  }

  void countSent(int messages, long bytes) {
    sent.add(messages);
    sentBytes.add(bytes);
    shared.bell().ring(); // behind the fence in IngressRing.publish()
  }

  /**
   * Throws if the queue was closed before a message was published. A close sets {@link #closed},
   * then counts what is published: so either that count has the message, or its sender hears that
   * it was not accepted. Between the publishing and this lies the fence in IngressRing.publish().
   */
  void requireNotClosed() {
    if (closed) {
      requireOpen();
    }
  }

  /** Why there is no room for a message, and what can be done. */
  String whyFull(Duration timeout) {
    String holder = releases.holder();
    String why =
        holder == null
            ? "it has no group yet, and keeps everything for the first"
            : shared.deadLetters().isFull()
                ? "its dead letters are full, "
                    + config.deadLetterCapacity()
                    + " of them, which"
                    + " holds entries back: take and acknowledge letters"
                : "group '"
                    + holder
                    + "' has not settled the oldest: acknowledge in it, move it,"
                    + " or remove it if nobody reads it";
    String where =
        geometry.lanes() == 1
            ? "queue '" + name() + "'"
            : LanedQueue.describeLane(geometry) + " of queue '" + name() + "'";
    return where
        + " is full: no free slot of its "
        + geometry.capacity()
        + " within "
        + timeout
        + "; "
        + why;
  }

  // ---- dead letters

  @Override
  public DeadLetters deadLetters() {
    return letters;
  }

  /** What has failed joins the letters when it is counted as completed. */
  void refresh() {
    if (!closed && failure == null) {
      completions.advance();
    }
  }

  /** Sends a letter's message again: to one group, or, where that is {@code null}, to all. */
  long resend(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    requireOpen();
    if (group != null && releases.find(group) == null) {
      throw new ConfigException("group '" + group + "': there is none of that name");
    }
    OptionalLong key = letter.key();
    return producer()
        .send(ByteBuffer.wrap(letter.payload()), key.isPresent(), key.orElse(0), group, timeout);
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
    if (shared.deadLetters().isFull()) {
      return false;
    }
    byte[] payload = reads.payload(sequence, Completion.length(word));
    OptionalLong key =
        marks.hasKey(sequence) ? OptionalLong.of(marks.key(sequence)) : OptionalLong.empty();
    Instant when = Instant.ofEpochMilli(marks.sentMillis(sequence));
    return shared
        .deadLetters()
        .offer(new DeadLetter(sequence, cause, reason, count, group, key, when, payload));
  }

  // ---- state

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

  boolean isClosed() {
    return closed;
  }

  private boolean isClosing() {
    return failure != null || closed || shared.intakeStopped();
  }

  /**
   * Asks the device whether the ring still runs, and looks whether a handler hangs; every waiting
   * call hears of it if so. For one thread at a time.
   */
  void watch() {
    if (failure == null && !closed) {
      long epoch = ring.epoch();
      String why = ring.failure();
      if (why == null) {
        String hangs = watch.look(System.nanoTime(), epoch);
        why = hangs == null ? null : ring.hung(hangs, epoch);
      }
      failure = why;
      if (why != null) {
        wakeAll();
      }
    }
  }

  private void wakeAll() {
    shared.wakeAll();
    room.wakeAll();
  }

  @Override
  public QueueStats stats() {
    Figures figures = last;
    if (figures != null) {
      return figures.stats();
    }
    refresh();
    return statsNow();
  }

  private QueueStats statsNow() {
    long delivered = 0;
    long acknowledged = 0;
    long redelivered = 0;
    List<Group> groups = List.copyOf(releases.groups());
    for (Group group : groups) {
      delivered += group.counts().delivered();
      acknowledged += group.counts().acknowledged();
      redelivered += group.counts().redelivered();
    }
    return new QueueStats(
        sent.sum(),
        completions.completed() - geometry.firstSequence() - completions.voided(),
        delivered,
        acknowledged,
        redelivered,
        completions.failed(),
        shared.deadLetters().joined(),
        census.depth(groups, releases.advance(), ingress.claimed()),
        sentBytes.sum());
  }

  @Override
  public boolean isEnded() {
    return Closing.isOver(closing);
  }

  @Override
  public CloseReport close(Duration drain) {
    return Closing.close(closing, drain, by -> end(by, () -> {}));
  }

  /**
   * Ends this ring: every step, whatever another throws.
   *
   * @param afterDrain run when this ring has drained, or the time for it is over: what it waits
   *     for, the end of the ring waits for
   */
  CloseReport end(Closing by, Runnable afterDrain) {
    shared.stopIntake();
    room.wakeAll();
    boolean[] drained = {false};
    Steps steps = new Steps();
    steps
        .run(() -> drained[0] = awaitDrained(by))
        .run(afterDrain)
        .run(this::refresh)
        .run(() -> closed = true)
        .run(() -> last = new Figures(statsNow(), groupsNow()))
        .run(this::wakeAll)
        .run(ring::stop)
        .run(() -> consumers.endWithQueue(file))
        .run(file::close)
        .run(() -> running.remove(this))
        .finish();
    return new CloseReport(drained[0], last.stats().depth(), last.stats());
  }

  private boolean awaitDrained(Closing by) {
    Backoff backoff = new Backoff();
    while (releases.advance() < ingress.claimed()) {
      if (failure != null || by.isOver() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      backoff.pause();
    }
    return true;
  }
}
