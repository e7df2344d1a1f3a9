package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads a stream as a member of a group: fetches a batch, has it handled, hands it out. One
 * connection of its own.
 */
final class RedisConsumer implements Consumer {
  private static final int MOST_POLLED = 65_536;
  private static final long HELD_BACK_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RedisQueue queue;
  private final QueueConfig config;
  private final Group group;
  private final String name;
  private final byte[] key;
  private final Link link;
  private final PendingList pending;
  private final Handling handling;
  private final RedisBatch batch;
  private final Fetching fetching;
  private final Set<Long> settledAlone = new HashSet<>(); // of the batch
  private volatile boolean closed;

  RedisConsumer(RedisQueue queue, Group group, String name, Link link, Handling handling) {
    this.queue = queue;
    this.config = queue.config();
    this.group = group;
    this.name = name;
    this.key = Args.bytes(name);
    this.link = link;
    this.pending = new PendingList(link, queue.stream(), group, queue.claimMs());
    this.handling = handling;
    this.batch = new RedisBatch(group, handling);
    this.fetching = new Fetching(queue, group, key, link, pending, batch);
  }

  @Override
  public String group() {
    return group.name;
  }

  @Override
  public String name() {
    return name;
  }

  // ---- poll

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    requireOpen();
    if (max < 1 || max > MOST_POLLED) {
      throw new ConfigException("poll of " + max + " entries: must be 1 to " + MOST_POLLED);
    }
    int most = Math.min(max, handling.capacity());
    long deadline = Deadline.in(wait);
    batch.clear();
    settledAlone.clear();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      requireOpen();
      long heard = queue.health().rings();
      long left = deadline - System.nanoTime();
      if (group.isHeldBack() && !queue.letters().hasRoom()) {
        if (left <= 0) {
          return batch;
        }
        queue.health().await(heard, Math.min(left, HELD_BACK_LOOK_NANOS));
        continue;
      }
      group.letGo();
      int fetched = fetching.fetch(most, left);
      handleAndHand();
      // Where all that was fetched became dead letters, there may be more.
      if (batch.size() > 0 || (left <= 0 && fetched == 0)) {
        return batch;
      }
    }
  }

  private void handleAndHand() {
    if (batch.fetched() == 0) {
      return;
    }
    try {
      handling.handle(batch);
    } catch (TrackFailedException e) {
      throw queue.health().fail(e.getMessage(), e);
    }
    int end = writeLetters();
    int firsts = 0;
    for (int i = 0; i < end; i++) {
      int deliveries = batch.deliveriesAt(i);
      firsts += deliveries == 1 ? 1 : 0;
      if (deliveries > 0 && letter(i) == null) {
        batch.hand(i);
        group.handed(batch.sequenceAt(i));
        group.redelivered.addAndGet(deliveries == 1 ? 0 : 1);
      }
    }
    group.handled.addAndGet(firsts);
    group.delivered.addAndGet(batch.size());
    if (end < batch.fetched()) {
      handBack(end);
    }
  }

  /**
   * Writes the letters that the batch asks for.
   *
   * @return where the first entry stands whose letter found no room; it holds the group back
   */
  private int writeLetters() {
    List<byte[]> ids = new ArrayList<>();
    List<DeadLetter> letters = new ArrayList<>();
    for (int i = 0; i < batch.fetched(); i++) {
      DeadLetter letter = letter(i);
      if (letter != null) {
        ids.add(batch.idAt(i));
        letters.add(letter);
      }
    }
    if (letters.isEmpty()) {
      return batch.fetched();
    }
    int settled = queue.settle(link, () -> queue.letters().write(link, group, ids, letters));
    if (settled == letters.size()) {
      return batch.fetched();
    }
    int position = 0;
    while (batch.idAt(position) != ids.get(settled)) {
      position++;
    }
    return position;
  }

  /** The letter that a fetched entry must become, or null. */
  private DeadLetter letter(int position) {
    int before = batch.deliveriesAt(position) - 1;
    int error = handling.error(position);
    if (before >= config.maxDeliveries()) {
      String reason = "delivered " + before + " times to group " + group.name;
      return letter(position, Cause.DELIVERY_LIMIT, reason, before, group.name);
    }
    if (error != 0) {
      String reason = "handler " + config.handler() + " failed with error " + error;
      return letter(position, Cause.HANDLER_FAILED, reason, config.handlerAttempts(), "");
    }
    return null;
  }

  private DeadLetter letter(int position, Cause cause, String reason, int count, String by) {
    return new DeadLetter(
        batch.sequenceAt(position), cause, reason, count, by, batch.payloadAt(position));
  }

  /** The group waits at this entry: it and those after it are fetched again when there is room. */
  private void handBack(int position) {
    List<byte[]> ids = batch.idsFrom(position);
    List<Integer> deliveries = new ArrayList<>();
    for (int i = position; i < batch.fetched(); i++) {
      deliveries.add(Math.max(1, batch.deliveriesAt(i)));
    }
    link.retry(
        () -> {
          pending.parkUnseen(ids, deliveries);
          return null;
        });
    group.holdBack();
  }

  // ---- acknowledge and refuse

  @Override
  public int acknowledge(Batch polled) {
    requireOpen();
    if (!(polled instanceof RedisBatch mine) || mine.group() != group) {
      throw new ConfigException("batch: must come from a poll of a consumer of this group");
    }
    List<byte[]> ids = new ArrayList<>(mine.size());
    for (int i = 0; i < mine.size(); i++) {
      Long sequence = mine.sequence(i);
      if (!settledAlone.contains(sequence) && !group.refused.contains(sequence)) {
        ids.add(mine.id(i));
      }
    }
    return ids.isEmpty() ? 0 : acknowledge(ids);
  }

  @Override
  public void acknowledge(long sequence) {
    requireOpen();
    if (!mayBePending(sequence) || acknowledge(List.of(Ids.id(sequence))) == 0) {
      throw notPending(sequence);
    }
    group.refused.remove(sequence);
    settledAlone.add(sequence);
  }

  private int acknowledge(List<byte[]> ids) {
    return queue.settle(
        link,
        () -> {
          int count = pending.acknowledge(ids);
          group.acknowledged.addAndGet(count);
          group.settled.addAndGet(count);
          group.letGo(); // it may have waited for one of these
          group.changed();
          return count;
        });
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    requireOpen();
    if (delay.isNegative() || delay.compareTo(config.lease()) > 0) {
      throw new ConfigException(
          "delay " + delay + ": must be between zero and the lease, " + config.lease());
    }
    long delayMs = delay.isZero() ? 0 : Deadline.millisUp(delay) + 1; // as claimMs, not too early
    if (!mayBePending(sequence)) {
      throw notPending(sequence);
    }
    group.refused.add(sequence); // before another consumer can claim it, which takes it out again
    if (!link.retry(() -> pending.park(Ids.id(sequence), delayMs))) {
      group.refused.remove(sequence);
      throw notPending(sequence);
    }
    group.dueIn(TimeUnit.MILLISECONDS.toNanos(delayMs));
  }

  private boolean mayBePending(long sequence) {
    return sequence >= 0 && !group.unseen.contains(sequence);
  }

  private NotPendingException notPending(long sequence) {
    return new NotPendingException(
        "sequence "
            + sequence
            + ": not pending in group "
            + group.name
            + "; it was not delivered, or is acknowledged or dead-lettered");
  }

  private void requireOpen() {
    queue.health().requireOpen();
    if (closed) {
      throw new QueueClosedException("consumer " + name + " of group " + group.name + " is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (!queue.health().isClosed() && !queue.health().isFailed()) {
        link.retry(
            () -> {
              pending.leave(key);
              return null;
            });
      }
    } catch (QueueClosedException | TrackFailedException e) {
      // What it held went with the queue, or is redelivered when its lease ends.
    } finally {
      queue.left(group, name, link);
      handling.close();
    }
  }
}
