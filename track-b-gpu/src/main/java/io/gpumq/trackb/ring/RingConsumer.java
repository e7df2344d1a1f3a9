package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.trackb.delivery.Group;
import java.time.Duration;
import java.util.Objects;

/** A consumer of a ring: its group's share, its batch. */
final class RingConsumer implements Consumer {
  private static final int MAX_POLL = 65_536;

  private final RingQueue queue;
  private final Group group;
  private final String name;
  private final int owner;
  private final RingBatch batch;
  private final int mostEntries;
  private final Backoff backoff = new Backoff();
  private volatile boolean closed;

  RingConsumer(RingQueue queue, Group group, String name, int owner, RingBatch batch) {
    this.queue = queue;
    this.group = group;
    this.name = name;
    this.owner = owner;
    this.batch = batch;
    this.mostEntries = queue.geometry().readAreaSlots();
  }

  @Override
  public String group() {
    return group.name();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    requireMax(max);
    requireWait(wait);
    release();
    int most = Math.min(max, mostEntries);
    if (take(most)) {
      return batch;
    }
    if (!wait.isZero()) {
      long deadline = System.nanoTime() + wait.toNanos();
      backoff.reset();
      while (System.nanoTime() < deadline) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        backoff.pause();
        if (take(most)) {
          break;
        }
      }
    }
    return batch;
  }

  /** Lets go of the entries of the last poll: their memory may be written again. */
  void release() {
    batch.release();
  }

  private boolean take(int most) {
    requireOpen();
    queue.requireUsable();
    if (group.take(batch.delivery(), most, owner, queue.completed()) == 0) {
      return false;
    }
    batch.load();
    return true;
  }

  @Override
  public int acknowledge(Batch given) {
    requireOpen();
    queue.requireUsable();
    if (Objects.requireNonNull(given, "batch") != batch) {
      throw new ConfigException("batch: must be the one of this consumer's last poll");
    }
    return group.acknowledge(batch.delivery());
  }

  @Override
  public void acknowledge(long sequence) {
    requireOpen();
    queue.requireUsable();
    group.acknowledge(sequence);
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    requireOpen();
    queue.requireUsable();
    Duration lease = queue.config().lease();
    if (Objects.requireNonNull(delay, "delay").isNegative() || delay.compareTo(lease) > 0) {
      throw new ConfigException("delay " + delay + ": must be between 0 and the lease, " + lease);
    }
    group.refuse(sequence, delay.toNanos());
    batch.delivery().exclude(sequence);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      group.abandon(owner);
      batch.close();
      queue.forget(this);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new QueueClosedException(
          "consumer '" + name + "' of group '" + group.name() + "' is closed; open another");
    }
  }

  static void requireMax(int max) {
    if (max < 1 || max > MAX_POLL) {
      throw new ConfigException("max " + max + ": must be between 1 and " + MAX_POLL);
    }
  }

  static void requireWait(Duration wait) {
    if (Objects.requireNonNull(wait, "wait").isNegative()) {
      throw new ConfigException("wait " + wait + ": must be zero or more");
    }
  }
}
