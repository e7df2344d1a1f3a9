package io.gpumq.reference;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.reference.Group.Pending;
import io.gpumq.spi.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a {@link ReferenceQueue} for one group, under the queue's lock. */
final class ReferenceConsumer implements Consumer {
  private static final int MAX_POLL = 65_536;

  private final ReferenceQueue queue;
  private final Group group;
  private final String name;
  private Polled polled = new Polled();
  private boolean closed;

  ReferenceConsumer(ReferenceQueue queue, Group group, String name) {
    this.queue = queue;
    this.group = group;
    this.name = name;
  }

  @Override
  public String group() {
    return group.name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    if (max < 1 || max > MAX_POLL) {
      throw new ConfigException("poll of " + max + " entries: must be 1 to " + MAX_POLL);
    }
    Deadline.require("wait", wait);
    Deadline deadline = Deadline.after(wait);
    return queue.locked(
        () -> {
          polled.deliveries.clear();
          polled = new Polled();
          queue.await(() -> take(max), deadline);
          return polled;
        });
  }

  private boolean take(int max) {
    requireOpen();
    for (Pending entry : queue.take(group, this, max)) {
      polled.deliveries.add(new Delivery(entry.message, entry.deliveries));
    }
    return !polled.isEmpty();
  }

  @Override
  public int acknowledge(Batch batch) {
    return queue.locked(
        () -> {
          requireOpen();
          if (batch != polled) {
            throw new ConfigException("batch: must be that of the last poll");
          }
          int acknowledged = 0;
          for (int i = 0; i < batch.size(); i++) {
            Pending entry = group.pending.get(batch.get(i).sequence());
            if (entry != null && entry.owner == this && !entry.refused) {
              queue.acknowledge(group, entry);
              acknowledged++;
            }
          }
          return acknowledged;
        });
  }

  @Override
  public void acknowledge(long sequence) {
    queue.locked(
        () -> {
          requireOpen();
          queue.acknowledge(group, pending(sequence));
          return null;
        });
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    handBack(sequence, delay, 0);
  }

  @Override
  public void giveBack(long sequence, Duration delay) {
    handBack(sequence, delay, 1);
  }

  private void handBack(long sequence, Duration delay, int uncounted) {
    Deadline.require("delay", delay);
    queue.locked(
        () -> {
          requireOpen();
          Pending entry = pending(sequence);
          entry.refused = true;
          entry.deliveries = Math.max(0, entry.deliveries - uncounted);
          long nanos = Math.min(Deadline.nanos(delay), Long.MAX_VALUE / 2);
          group.reschedule(entry, System.nanoTime() + nanos);
          queue.wakeAll();
          return null;
        });
  }

  @Override
  public long replay(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, false);
  }

  @Override
  public long replayToAll(Entry letter, Duration timeout) throws InterruptedException {
    return replay(letter, timeout, true);
  }

  private long replay(Entry letter, Duration timeout, boolean toAll) throws InterruptedException {
    Deadline deadline = Deadline.after(Deadline.require("timeout", timeout));
    return queue.locked(
        () -> {
          requireOpen();
          if (letter != polled || polled.current == null || letter.letter().isEmpty()) {
            throw new ConfigException("letter: must be a dead letter of the last poll");
          }
          DeadLetter told = letter.letter().get();
          String target = toAll || told.group().isEmpty() ? null : told.group();
          ReferenceQueue origin = queue.letters().origin(told, target);
          Message message = polled.current.message;
          pending(message.sequence());
          if (!queue.await(origin::hasRoom, deadline)) {
            throw new QueueFullException("no room in queue " + told.queue(), 0);
          }
          requireOpen();
          origin.requireIntake();
          Pending entry = pending(message.sequence());
          long again = origin.append(message.payload(), message.key(), target);
          queue.acknowledge(group, entry);
          return again;
        });
  }

  @Override
  public void close() {
    queue.locked(
        () -> {
          if (!closed) {
            closed = true;
            group.consumers.remove(name, this);
            for (Pending entry : List.copyOf(group.pending.values())) {
              if (entry.owner == this && !entry.refused) {
                group.reschedule(entry, System.nanoTime());
              }
            }
            queue.wakeAll();
          }
          return null;
        });
  }

  private Pending pending(long sequence) {
    Pending entry = group.pending.get(sequence);
    if (entry == null) {
      throw new NotPendingException(
          "sequence " + sequence + ": not pending in group " + group.name + ", or settled before");
    }
    return entry;
  }

  private void requireOpen() {
    queue.requireOpen();
    if (group.removed) {
      throw new QueueClosedException("group " + group.name + " was removed");
    }
    if (closed) {
      throw new QueueClosedException("consumer " + name + " of " + group.name + " is closed");
    }
  }

  record Delivery(Message message, int deliveries) {}

  /** The batch and its one entry, reused and emptied as the API says. */
  static final class Polled implements Batch, Entry {
    final List<Delivery> deliveries = new ArrayList<>();
    private Delivery current;

    @Override
    public int size() {
      return deliveries.size();
    }

    @Override
    public Entry get(int index) {
      current = deliveries.get(index);
      return this;
    }

    @Override
    public long sequence() {
      return current.message.sequence();
    }

    @Override
    public int deliveries() {
      return current.deliveries;
    }

    @Override
    public boolean hasKey() {
      return current.message.key().isPresent();
    }

    @Override
    public long key() {
      return current.message.key().orElse(0);
    }

    @Override
    public long sentMillis() {
      return current.message.sentMillis();
    }

    @Override
    public Optional<DeadLetter> letter() {
      return Optional.ofNullable(current.message.letter());
    }

    @Override
    public ByteBuffer payload() {
      return ByteBuffer.wrap(current.message.payload()).asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer result() {
      return ByteBuffer.wrap(current.message.result()).asReadOnlyBuffer();
    }
  }
}
