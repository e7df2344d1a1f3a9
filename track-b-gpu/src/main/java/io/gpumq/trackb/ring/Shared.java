package io.gpumq.trackb.ring;

import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.waiting.Waiters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** What the lanes of one queue have in common. Safe for use by many threads. */
final class Shared {
  private final DeadLetterStore deadLetters;
  private final Waiters.Bell bell;
  private final Map<String, Waiters.Line> lines = new ConcurrentHashMap<>();
  private final List<Waiters.Line> rooms = new CopyOnWriteArrayList<>();
  private volatile boolean intakeStopped;

  Shared(QueueConfig config, Waiters waiters) {
    deadLetters = new DeadLetterStore(config.deadLetterCapacity());
    bell = new Waiters.Bell(waiters);
  }

  DeadLetterStore deadLetters() {
    return deadLetters;
  }

  /** Rung when something has changed that somebody may wait for. */
  Waiters.Bell bell() {
    return bell;
  }

  /** The line in which a group's consumers wait for entries. */
  Waiters.Line line(String group, BooleanSupplier ready) {
    return lines.computeIfAbsent(group, name -> bell.line(ready));
  }

  /** Makes the line in which the producers of one lane wait for room. */
  Waiters.Line roomLine(BooleanSupplier ready) {
    Waiters.Line line = bell.line(ready);
    rooms.add(line);
    return line;
  }

  /** A group is gone: those who wait for it find out. */
  void dropLine(String group) {
    Waiters.Line line = lines.remove(group);
    if (line != null) {
      line.wakeAll();
    }
  }

  /** From now on no lane takes a message. */
  void stopIntake() {
    intakeStopped = true;
  }

  boolean intakeStopped() {
    return intakeStopped;
  }

  /** Everybody who waits on the queue looks for themselves: it has failed, or is closed. */
  void wakeAll() {
    lines.values().forEach(Waiters.Line::wakeAll);
    rooms.forEach(Waiters.Line::wakeAll);
  }
}
