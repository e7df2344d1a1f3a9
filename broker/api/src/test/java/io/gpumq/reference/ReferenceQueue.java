package io.gpumq.reference;

import io.gpumq.api.CloseReport;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Names;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueStats;
import io.gpumq.reference.Group.Pending;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A queue as the API defines it. Everything happens under one lock; time is looked at on entry. */
final class ReferenceQueue implements MessageQueue, DeadLetters {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** What runs under the lock; may wait there. */
  interface Guarded<T, E extends Exception> {
    T run() throws E;
  }

  private final QueueConfig config;
  private final Handler handler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<Long, Message> kept = new TreeMap<>();
  private final Queue<Message> unhandled = new ArrayDeque<>();
  private final Map<String, Group> groups = new TreeMap<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private long sent, handled, delivered, acknowledged, redelivered, failed, deadLettered, bytes;
  private boolean intakeClosed;
  private boolean closed;
  private CloseReport report;

  ReferenceQueue(QueueConfig config) {
    this.config = config;
    this.handler = Handler.of(config.handler());
  }

  // ---- the lock, time, and what is closed

  <T, E extends Exception> T locked(Guarded<T, E> action) throws E {
    lock.lock();
    try {
      letTimePass();
      return action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: waits until {@code condition} or the deadline; says whether it holds. */
  boolean await(BooleanSupplier condition, long deadlineNanos) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      changed.awaitNanos(Math.min(left, TICK_NANOS));
      letTimePass();
    }
    return true;
  }

  void wakeAll() {
    locked(
        () -> {
          changed.signalAll();
          return null;
        });
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
  private void letTimePass() {
    while (!unhandled.isEmpty() && letterFits()) {
      Message message = unhandled.remove();
      write(message, Cause.HANDLER_FAILED, "handler failed", config.handlerAttempts(), "");
      kept.remove(message.sequence());
    }
    for (Group group : groups.values()) {
      for (Pending due : group.due(System.nanoTime())) {
        if (due.deliveries >= config.maxDeliveries() && letterFits()) {
          write(
              due.message,
              Cause.DELIVERY_LIMIT,
              "delivered as often as allowed",
              due.deliveries,
              group.name);
          settle(group, due);
        }
      }
    }
  }

  private boolean letterFits() {
    return letters.size() < config.deadLetterCapacity() && !closed;
  }

  private void write(Message message, Cause cause, String reason, int count, String group) {
    letters.add(new DeadLetter(message.sequence(), cause, reason, count, group, message.payload()));
    deadLettered++;
  }

  // ---- for the producer

  boolean hasRoom() {
    return kept.size() < config.capacity();
  }

  long append(byte[] payload) {
    byte[] result = null;
    for (int attempt = 1; attempt <= config.handlerAttempts() && result == null; attempt++) {
      result = handler.handle(payload, attempt);
    }
    long sequence = sent++;
    Message message = new Message(sequence, payload, result);
    kept.put(sequence, message);
    bytes += payload.length;
    handled++;
    if (message.failed()) {
      failed++;
      unhandled.add(message);
    }
    letTimePass();
    changed.signalAll();
    return sequence;
  }

  // ---- for the consumer

  List<Pending> take(Group group, ReferenceConsumer consumer, int max) {
    long now = System.nanoTime();
    List<Pending> taken = group.take(max, now, config.maxDeliveries(), kept);
    for (Pending entry : taken) {
      group.lease(entry, consumer, now + config.lease().toNanos());
      delivered++;
      redelivered += entry.deliveries > 1 ? 1 : 0;
    }
    return taken;
  }

  void acknowledge(Group group, Pending entry) {
    acknowledged++;
    settle(group, entry);
  }

  private void settle(Group group, Pending entry) {
    group.settle(entry);
    if (groups.values().stream().noneMatch(other -> other.owes(entry.message))) {
      kept.remove(entry.message.sequence());
    }
    changed.signalAll();
  }

  // ---- MessageQueue

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
          return new ReferenceProducer(this);
        });
  }

  @Override
  public void createGroup(String group) {
    Names.require("group name", group);
    locked(() -> groupOf(group));
  }

  private Group groupOf(String name) {
    requireIntake();
    return groups.computeIfAbsent(name, of -> new Group(of, config.strictOrder()));
  }

  @Override
  public Consumer consumer(String group, String name) {
    Names.require("group name", group);
    Names.require("consumer name", name);
    return locked(
        () -> {
          Group of = groupOf(group);
          if (!of.consumers.add(name)) {
            throw new ConfigException(
                "consumer name '" + name + "': is open in group " + group + ", choose another");
          }
          return new ReferenceConsumer(this, of, name);
        });
  }

  @Override
  public DeadLetters deadLetters() {
    return this;
  }

  @Override
  public QueueStats stats() {
    return locked(
        () ->
            new QueueStats(
                sent,
                handled,
                delivered,
                acknowledged,
                redelivered,
                failed,
                deadLettered,
                kept.size(),
                bytes));
  }

  @Override
  public CloseReport close(Duration drain) {
    long deadline = System.nanoTime() + drain.toNanos();
    return locked(
        () -> {
          if (intakeClosed) {
            while (report == null) {
              changed.awaitUninterruptibly();
            }
            return report;
          }
          intakeClosed = true;
          changed.signalAll();
          try {
            await(kept::isEmpty, deadline);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closes at once
          }
          closed = true;
          report = new CloseReport(kept.isEmpty(), kept.size(), stats());
          changed.signalAll();
          return report;
        });
  }

  // ---- DeadLetters

  @Override
  public int size() {
    return locked(letters::size);
  }

  @Override
  public List<DeadLetter> peek(int max) {
    return locked(() -> List.copyOf(letters.subList(0, Math.min(max, letters.size()))));
  }

  @Override
  public List<DeadLetter> take(int max) {
    return locked(
        () -> {
          List<DeadLetter> oldest = letters.subList(0, Math.min(max, letters.size()));
          List<DeadLetter> taken = List.copyOf(oldest);
          oldest.clear();
          letTimePass();
          return taken;
        });
  }
}
