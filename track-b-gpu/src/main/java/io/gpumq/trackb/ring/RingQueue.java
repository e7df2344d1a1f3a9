package io.gpumq.trackb.ring;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.Names;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.spi.Closing;
import io.gpumq.spi.Steps;
import io.gpumq.spi.TrackQueue;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.waiting.Waiters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

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
  private final LateWriters lateWriters;
  private final Window window;
  private final Reads reads;
  private final Census census;
  private final Groups groups;
  private final Shared shared;
  private final LetterWriter letterWriter;
  private final DeadLetters letters;
  private final HealthCheck healthCheck;
  private final Readiness readiness;
  private final Waiters.Line room;
  private final Consumers consumers = new Consumers();

  private final Counters counters;
  private final AtomicReference<Closing> closing = new AtomicReference<>();
  private final RingState state;

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
    state = new RingState(config.name(), LanedQueue.describeWhere(geometry), shared);
    file = SharedFile.create(config.name(), geometry);
    try {
      ControlBlock control = new ControlBlock(file.control());
      express = new Express(file, geometry);
      offersExpress = device.hasExpress();
      completions = new Completions(file, geometry, express, this::giveUpFailed);
      completions.waitsOnlyWhile(state::requireUsable);
      marks = new Marks(geometry);
      reads = new Reads(file, geometry, completions);
      releases = new Releases(completions, geometry, targets);
      ingress = new IngressRing(file, geometry, completions::landed, releases::advance);
      lateWriters = new LateWriters(file, ingress);
      window = new Window(control, geometry);
      census = new Census(file, geometry, completions, marks);
      counters =
          new Counters(geometry, completions, releases, ingress, census, shared.deadLetters());
      letterWriter =
          new LetterWriter(config.handler(), completions, reads, marks, shared.deadLetters());
      groups =
          new Groups(
              config,
              file,
              geometry,
              releases,
              ingress,
              census,
              consumers,
              name -> targets.of(name, completions),
              letterWriter);
      letters =
          new QueueLetters(
              shared.deadLetters(), geometry::describe, this::refresh, this::resend, this::changed);
      readiness = new Readiness(file, state, completions, releases, ingress, shared.deadLetters());
      room = shared.roomLine(readiness::forSend);
      ring = device.start(file, geometry, handler, completions::landedSoFar);
      reads.of(ring);
      letterWriter.of(ring);
      Watch watch =
          new Watch(
              config.handler(),
              config.handlerTimeout().toNanos(),
              geometry::describe,
              control,
              completions);
      healthCheck = new HealthCheck(file, state, shared, watch, ring);
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
    state.requireOpen();
    return new RingProducer(this, ingress, marks, call);
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    state.requireOpen();
    groups.get(group, start);
  }

  @Override
  public boolean removeGroup(String group) {
    state.requireUsable();
    boolean removed = groups.remove(group);
    if (removed) {
      shared.dropLine(group);
      changed();
    }
    return removed;
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    state.requireUsable();
    groups.move(group, to);
    changed();
  }

  @Override
  public void moveGroup(String group, long sequence) {
    state.requireUsable();
    groups.move(group, sequence);
    changed();
  }

  @Override
  public List<GroupStats> groups() {
    Figures figures = last;
    return figures != null
        ? figures.groups()
        : file.looking(groups::stats, () -> requireLast().groups());
  }

  @Override
  public RingConsumer consumer(String group, String name) {
    return consumer(group, name, shared.line(group, () -> isReady(group)));
  }

  /**
   * @param line in which it waits for entries
   */
  RingConsumer consumer(String group, String name, Waiters.Line line) {
    state.requireOpen();
    Names.require("consumer", name);
    Group of = groups.get(group, GroupStart.OLDEST);
    return consumers.open(
        of,
        name,
        owner -> {
          state.requireOpen(); // again: a close from now on sees this consumer, and ends it
          var batch =
              new RingBatch(
                  file, geometry, completions, express, window, reads, marks, releases.join());
          return new RingConsumer(this, of, name, owner, batch, line);
        });
  }

  /** Whether a poll for a group may not come back empty, or would throw. Waits for nothing. */
  boolean isReady(String group) {
    return readiness.forPoll(group);
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

  RingState state() {
    return state;
  }

  /** Every sequence below is completed. */
  long completed() {
    return completions.advance();
  }

  /** The line in which producers wait for room. */
  Waiters.Line room() {
    return room;
  }

  LateWriters lateWriters() {
    return lateWriters;
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

  void countSent(int messages, long bytes) {
    counters.countSent(messages, bytes);
    shared.bell().ringBehindFence(); // that in IngressRing.publish()
  }

  /** Why there is no room for a message, and what can be done. */
  String whyFull(Duration timeout) {
    return LanedQueue.describeWhere(geometry)
        + "queue '"
        + name()
        + "' is full: no free slot of its "
        + geometry.capacity()
        + " within "
        + timeout
        + "; "
        + groups.holder(shared.deadLetters().isFull());
  }

  @Override
  public DeadLetters deadLetters() {
    return letters;
  }

  private boolean giveUpFailed(long sequence, long word) {
    return letterWriter.failed(sequence, word);
  }

  /** What has failed joins the letters when it is counted as completed. */
  void refresh() {
    if (state.isUsable()) {
      file.looking(completions::advance, () -> 0L);
    }
  }

  /** Sends a letter's message again: to one group, or, where that is {@code null}, to all. */
  long resend(DeadLetter letter, String group, Duration timeout) throws InterruptedException {
    state.requireOpen();
    if (group != null && releases.find(group) == null) {
      throw new ConfigException("group '" + group + "': there is none of that name");
    }
    OptionalLong key = letter.key();
    return producer()
        .send(ByteBuffer.wrap(letter.payload()), key.isPresent(), key.orElse(0), group, timeout);
  }

  /** Looks whether all is well. For one thread at a time. */
  void watch() {
    healthCheck.run();
  }

  @Override
  public QueueStats stats() {
    Figures figures = last;
    return figures != null
        ? figures.stats()
        : file.looking(this::statsNow, () -> requireLast().stats());
  }

  private QueueStats statsNow() {
    refresh();
    releases.advance();
    return counters.stats();
  }

  /** What was true at the close; it is over, and may have failed at that. */
  private Figures requireLast() {
    state.requireUsable();
    return Objects.requireNonNull(last, "figures at the close");
  }

  @Override
  public boolean isEnded() {
    return Closing.isOver(closing);
  }

  @Override
  public CloseReport close(Duration drain) {
    return Closing.close(closing, drain, this::end);
  }

  /** Ends this ring: every step, whatever another throws. */
  private CloseReport end(Closing by) {
    shared.stopIntake();
    shared.wakeAll();
    boolean[] drained = {false};
    Steps steps = new Steps();
    steps
        .run(() -> Drain.await(by, this))
        .run(() -> drained[0] = !hasUnreleased())
        .run(this::refresh)
        .run(releases::advance)
        .run(() -> state.close(ingress.published()))
        .run(() -> last = new Figures(counters.stats(), groups.stats()))
        .run(shared::wakeAll)
        .run(ring::stop)
        .run(() -> consumers.endWithQueue(file))
        .run(() -> running.remove(this)) // first: nobody is to watch memory that is gone
        .run(lateWriters::keep)
        .run(file::close)
        .finish();
    return new CloseReport(drained[0], last.stats().depth(), last.stats());
  }

  /** Whether something was claimed that is not released yet. */
  boolean hasUnreleased() {
    return releases.advance() < ingress.claimed();
  }
}
