package io.gpumq.reference;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.api.Reader;
import io.gpumq.api.Trim;
import io.gpumq.api.Waiting;
import io.gpumq.reference.Group.Pending;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.TrackQueue;
import io.gpumq.spi.waiting.Bell;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;

/** A queue as the API defines it. Everything happens under one lock; time is looked at on entry. */
final class ReferenceQueue extends Locked implements TrackQueue {
  private final QueueConfig config;
  private final Handler handler;
  private final ReferenceTrack track;
  private final Queue<Message> unhandled = new ArrayDeque<>();
  final Map<String, Group> groups = new TreeMap<>();
  private final Kept kept;
  private final Bell bell;
  private final Counts counts = new Counts();
  private long sent;
  private final ReferenceLetters letters;
  private boolean intakeClosed;
  boolean closed;
  private volatile CloseReport report; // asked for by the track, without the lock
  private Deadline drain;
  private List<GroupStats> lastGroups;

  ReferenceQueue(QueueConfig config, ReferenceTrack track) {
    super(track.lock, track.changed);
    this.config = config;
    this.track = track;
    kept = new Kept(groups, config.retention());
    bell = track.waiters.bell();
    letters = new ReferenceLetters(this, track);
    this.handler = Handler.of(config.handler());
  }

  void requireIntake() {
    if (intakeClosed) {
      throw new QueueClosedException("queue " + name() + " is closed");
    }
  }

  void requireOpen() {
    if (closed) {
      throw new QueueClosedException("queue " + name() + " is closed");
    }
  }

  /** Writes the dead letters that are due, as far as there is room for them. */
  @Override
  void letTimePass() {
    while (!closed && !unhandled.isEmpty() && letters.haveRoom()) {
      Message message = unhandled.remove();
      letters.write(message, Cause.HANDLER_FAILED, "handler failed", config.handlerAttempts(), "");
      kept.messages.remove(message.sequence());
    }
    kept.letTimePass();
    for (Group group : groups.values()) {
      for (Pending due : group.due(System.nanoTime())) {
        if (!closed && due.deliveries >= letters.after() && letters.haveRoom()) {
          String reason = "delivered as often as allowed";
          letters.write(due.message, Cause.DELIVERY_LIMIT, reason, due.deliveries, group.name);
          kept.settle(group, due);
          changed.signalAll();
        }
      }
    }
  }

  boolean takesLetter() {
    return !intakeClosed && hasRoom();
  }

  /** Keeps what another queue has given up. */
  void keep(Message message, DeadLetter letter) {
    Message kept = message.asLetter(sent++, letter);
    this.kept.add(kept);
    counts.took(kept.payload());
    changed.signalAll();
  }

  boolean hasRoom() {
    return kept.hasRoom(config.maxMessages());
  }

  long append(byte[] payload, OptionalLong key, String target) {
    byte[] result = null;
    for (int attempt = 1; attempt <= config.handlerAttempts() && result == null; attempt++) {
      result = handler.handle(payload, attempt);
    }
    long sequence = sent++;
    Message message =
        new Message(sequence, payload, result, key, System.currentTimeMillis(), target, null);
    kept.add(message);
    counts.took(payload);
    if (message.failed()) {
      counts.failed++;
      unhandled.add(message);
    }
    letTimePass();
    changed.signalAll();
    return sequence;
  }

  List<Pending> take(Group group, ReferenceConsumer consumer, int max) {
    long now = System.nanoTime();
    List<Pending> taken = group.take(max, now, letters.after(), kept.messages);
    for (Pending entry : taken) {
      group.lease(entry, consumer, now + config.lease().toNanos());
      counts.delivered++;
      group.delivered++;
      if (entry.isAgain) {
        counts.redelivered++;
        group.redelivered++;
      }
      entry.isAgain = true;
    }
    return taken;
  }

  void acknowledge(Group group, Pending entry) {
    counts.acknowledged++;
    group.acknowledged++;
    kept.settle(group, entry);
    changed.signalAll();
  }

  /** Why there is no room. */
  String holders() {
    return kept.holders();
  }

  ReferenceLetters letters() {
    return letters;
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
    return locked(
        () -> {
          requireIntake();
          if (config.keepsLetters()) {
            throw new ConfigException("queue " + name() + ": keeps dead letters alone");
          }
          return new ReferenceProducer(this);
        });
  }

  @Override
  public void createGroup(String group, GroupStart start) {
    Names.require("group name", group);
    locked(() -> groupOf(group, start));
  }

  private Group groupOf(String name, GroupStart start) {
    requireIntake();
    return groups.computeIfAbsent(
        name,
        of -> {
          Group made = new Group(of, config.strictOrder());
          made.line = bell.line(new Ready(this, made, kept.messages));
          made.startAt(start == GroupStart.OLDEST ? 0 : sent);
          return made;
        });
  }

  @Override
  public boolean removeGroup(String group) {
    return locked(
        () -> {
          requireOpen();
          Group removed = groups.remove(group);
          if (removed == null) {
            return false;
          }
          removed.removed = true;
          kept.dropSettled();
          changed.signalAll();
          return true;
        });
  }

  @Override
  public void moveGroup(String group, GroupStart to) {
    locked(() -> move(group, to == GroupStart.OLDEST ? kept.oldest(sent) : sent));
  }

  @Override
  public void moveGroup(String group, long sequence) {
    locked(() -> move(group, sequence));
  }

  private Group require(String group) {
    requireOpen();
    if (!groups.containsKey(group)) {
      throw new ConfigException("group '" + group + "': must be one of " + groups.keySet());
    }
    return groups.get(group);
  }

  private Object move(String group, long sequence) {
    Group moved = require(group);
    if (sequence < kept.oldest(sent) || sequence > sent) {
      throw new ConfigException(
          "sequence " + sequence + ": must be one from " + kept.oldest(sent) + " to " + sent);
    }
    moved.startAt(sequence);
    kept.dropSettled();
    changed.signalAll();
    return null;
  }

  @Override
  public int delete(long... sequences) {
    return locked(
        () -> {
          requireOpen();
          int deleted = (int) Arrays.stream(sequences).filter(kept::delete).count();
          counts.deleted += deleted;
          changed.signalAll();
          return deleted;
        });
  }

  @Override
  public long trim(Trim to) {
    return locked(
        () -> {
          requireOpen();
          long trimmed = kept.trim(to, sent);
          changed.signalAll();
          return trimmed;
        });
  }

  @Override
  public Reader reader() {
    return locked(
        () -> {
          requireOpen();
          return new ReferenceReader(this, kept);
        });
  }

  /** The next sequence. Under the lock. */
  long next() {
    return sent;
  }

  @Override
  public List<GroupStats> groups() {
    return locked(() -> lastGroups != null ? lastGroups : groupsNow());
  }

  private List<GroupStats> groupsNow() {
    return groups.values().stream().map(group -> group.stats(kept.messages)).toList();
  }

  @Override
  public boolean closeConsumer(String group, String name) {
    Group of = locked(() -> groups.get(group));
    ReferenceConsumer consumer = of == null ? null : locked(() -> of.consumers.get(name));
    if (consumer != null) {
      consumer.close();
    }
    return consumer != null;
  }

  @Override
  public Consumer consumer(String group, String name) {
    Names.require("group name", group);
    Names.require("consumer name", name);
    return locked(
        () -> {
          Group of = groupOf(group, GroupStart.OLDEST);
          if (of.consumers.containsKey(name)) {
            throw new ConfigException(
                "consumer name '" + name + "': is open in group " + group + ", choose another");
          }
          of.consumers.put(name, new ReferenceConsumer(this, of, name));
          return of.consumers.get(name);
        });
  }

  @Override
  public Waiting whenReady(String group, int max, Duration limit, Waiting.Listener listener) {
    return locked(() -> require(group).line).join(max, limit, listener);
  }

  @Override
  public MessageQueue deadLetters() {
    return letters.queue();
  }

  @Override
  public QueueStats stats() {
    return locked(() -> counts.stats(sent, letters.written(), kept.owed()));
  }

  @Override
  public CloseReport close(Duration drain) {
    Deadline.require("drain", drain);
    Deadline own = Deadline.after(drain);
    return locked(
        () -> {
          if (intakeClosed) {
            if (own.remainingNanos() < this.drain.remainingNanos()) {
              this.drain = own;
            }
            while (report == null) {
              changed.awaitUninterruptibly();
            }
            return report;
          }
          intakeClosed = true;
          this.drain = own;
          changed.signalAll();
          try {
            while (!this.drain.isPassed()
                && !await(() -> kept.owed() == 0, Deadline.after(Duration.ofNanos(TICK_NANOS)))) {
              // Another close may have brought the end forward.
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closes at once
          }
          closed = true;
          lastGroups = groupsNow();
          report = new CloseReport(kept.owed() == 0, kept.owed(), stats());
          track.openQueues().forget(this);
          changed.signalAll();
          return report;
        });
  }

  @Override
  public boolean isEnded() {
    return report != null;
  }
}
