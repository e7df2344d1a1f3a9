package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.NotPendingException;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.IntSupplier;

/**
 * What one consumer says of entries: acknowledges them, or hands them back. One thread at a time.
 */
final class Settling {
  private final RedisQueue queue;
  private final Group group;
  private final Link link;
  private final PendingList pending;
  private final RedisBatch batch;

  Settling(RedisQueue queue, Group group, Link link, PendingList pending, RedisBatch batch) {
    this.queue = queue;
    this.group = group;
    this.link = link;
    this.pending = pending;
    this.batch = batch;
  }

  // ---- acknowledge

  /** Acknowledges what is still with this consumer of what its last poll returned. */
  int acknowledge(Batch polled) {
    return batch.size() == 0 ? 0 : settle(() -> acknowledge(stillHere(polled), polled));
  }

  private List<byte[]> stillHere(Batch polled) {
    List<byte[]> ids = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size() && batch.isOfThisMove(); i++) {
      if (isStillHere(batch.sequence(i), polled)) {
        ids.add(batch.id(i));
      }
    }
    return ids;
  }

  /** Whether nobody has settled, refused, or been handed an entry since it came in this batch. */
  private boolean isStillHere(Long sequence, Batch polled) {
    return group.latest.get(sequence) == polled && !group.refused.contains(sequence);
  }

  /** Acknowledges one entry, whoever holds it. */
  void acknowledge(long sequence) {
    Batch latest = requireSeen(sequence);
    if (settle(() -> acknowledge(List.of(Ids.id(sequence)), latest)) == 0) {
      throw notPending(sequence);
    }
    group.over(sequence);
  }

  /**
   * @param latest which batch they were handed out in last
   */
  private int acknowledge(List<byte[]> ids, Batch latest) {
    if (ids.isEmpty()) {
      return 0;
    }
    int count = pending.acknowledge(ids, sequence -> group.latest.get(sequence) == latest);
    ids.forEach(id -> group.latest.remove(Ids.sequence(id)));
    count(count);
    return count;
  }

  /** Settles entries that were fetched, and that no consumer is to see. */
  void settleUnseen(List<byte[]> ids) {
    settle(
        () -> {
          int count = batch.isOfThisMove() ? pending.acknowledge(ids, sequence -> true) : 0;
          group.settled.addAndGet(count);
          return count;
        });
  }

  /** Nobody refuses an entry, and nobody moves the group, from the look to the acknowledgement. */
  private int settle(IntSupplier lookAndAcknowledge) {
    Lock lock = group.moves.acknowledging();
    return queue.settle(
        link,
        () -> {
          lock.lock();
          try {
            return lookAndAcknowledge.getAsInt();
          } finally {
            lock.unlock();
          }
        });
  }

  /**
   * Sends the message of a dead letter again, to the queue that gave it up, and settles the letter.
   *
   * @param bytes of its payload
   * @param target the only group that is to see it, or null for all
   * @return the message's new sequence
   */
  long replay(long sequence, RedisQueue origin, int bytes, String target, Duration timeout)
      throws InterruptedException {
    requireSeen(sequence);
    var letter =
        new Pipeline.Source(
            queue.stream(), group.key, Ids.id(sequence), bytes, group.moves.acknowledging());
    long again = origin.resend(letter, target, timeout);
    if (again == Pipeline.NONE) {
      throw notPending(sequence);
    }
    settle(
        () -> {
          group.over(sequence);
          count(1);
          return 1;
        });
    return again;
  }

  /** Entries of the group were acknowledged. */
  private void count(int entries) {
    group.acknowledged.addAndGet(entries);
    group.settled.addAndGet(entries);
    group.letGo(); // it may have waited for one of these
    group.changed();
  }

  // ---- hand back

  /**
   * Ends the lease of one entry, whoever holds it.
   *
   * @param untried whether its last delivery does not count
   */
  void handBack(long sequence, Duration delay, boolean untried) {
    requireSeen(sequence);
    long delayMs = delay.isZero() ? 0 : Args.millisUp(delay) + 1; // as claimMs, not too early
    long inRedisMs = Math.min(delayMs, queue.claimMs());
    byte[] id = Ids.id(sequence);
    markRefused(sequence); // before another consumer can claim it, which takes it out again
    if (untried) {
      group.givenBack.add(sequence);
    }
    if (delayMs > inRedisMs) {
      group.delays.put(sequence, Deadline.after(delay));
    }
    if (!(untried ? parkUncounted(id, inRedisMs) : link.retry(() -> pending.park(id, inRedisMs)))) {
      group.over(sequence);
      throw notPending(sequence);
    }
    group.dueIn(TimeUnit.MILLISECONDS.toNanos(inRedisMs));
  }

  private boolean parkUncounted(byte[] id, long delayMs) {
    int deliveries = link.retry(() -> pending.deliveries(List.of(id))[0]);
    return deliveries > 0 && link.retry(() -> pending.park(id, delayMs, deliveries - 1));
  }

  private void markRefused(long sequence) {
    Lock lock = group.moves.refusing();
    lock.lock();
    try {
      group.refused.add(sequence);
    } finally {
      lock.unlock();
    }
  }

  /** Returns which batch it was handed out in last. */
  private Batch requireSeen(long sequence) {
    Batch latest = group.latest.get(sequence);
    if (latest == null) {
      throw notPending(sequence);
    }
    return latest;
  }

  private NotPendingException notPending(long sequence) {
    return new NotPendingException(
        "sequence "
            + sequence
            + ": not pending in group "
            + group.name
            + "; it was not delivered, or is acknowledged or dead-lettered");
  }
}
