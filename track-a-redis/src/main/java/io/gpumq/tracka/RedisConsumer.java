package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XAUTOCLAIM;
import static redis.clients.jedis.Protocol.Command.XREADGROUP;

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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Reads a stream as a member of a group: fetches a batch, has it handled, hands it out. One
 * connection of its own.
 *
 * <p>Where a connection breaks during a poll, Redis may have noted deliveries that never arrived
 * here: they are handed back, and this delivery of them is not counted.
 */
final class RedisConsumer implements Consumer {
  private static final int MOST_POLLED = 65_536;

  /**
   * A thread that waits in Redis hears of an interrupt or a redelivery after this at the latest.
   */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final byte[] NO_MORE = Args.ZERO_ID;

  private final RedisQueue queue;
  private final QueueConfig config;
  private final Group group;
  private final String name;
  private final byte[] key;
  private final Link link;
  private final PendingList pending;
  private final Handling handling;
  private final RedisBatch batch;
  private final byte[] leaseMs;
  private final Set<Long> settledAlone = new HashSet<>(); // of the batch
  private volatile boolean closed;

  RedisConsumer(RedisQueue queue, Group group, String name, Link link, Handling handling) {
    this.queue = queue;
    this.config = queue.config();
    this.group = group;
    this.name = name;
    this.key = Args.bytes(name);
    this.link = link;
    this.pending = new PendingList(link, queue.stream(), group, queue.leaseMs());
    this.handling = handling;
    this.batch = new RedisBatch(handling);
    this.leaseMs = Args.bytes(queue.leaseMs());
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
        queue.health().await(heard, Math.min(left, SLICE_NANOS));
        continue;
      }
      group.holdBack(false);
      int fetched = fetch(most, left);
      handleAndHand();
      // Where all that was fetched became dead letters, there may be more.
      if (batch.size() > 0 || (left <= 0 && fetched == 0)) {
        return batch;
      }
    }
  }

  /** Fetches what is due for redelivery, then what is new; waits for that, a slice at most. */
  private int fetch(int most, long waitNanos) {
    long start = System.nanoTime();
    batch.clear();
    try {
      if (group.takeDue()) {
        claimDue(most);
      }
      if (batch.fetched() < most) {
        readNew(most - batch.fetched(), batch.fetched() > 0 ? 0 : waitNanos);
      }
    } catch (JedisConnectionException e) {
      batch.clear();
      link.reconnect(e);
      link.retry(
          () -> {
            pending.parkLost(key, start);
            return null;
          });
    } catch (JedisDataException e) {
      throw link.refused(e);
    }
    return batch.fetched();
  }

  private void claimDue(int most) {
    byte[] cursor = Args.ZERO_ID;
    do {
      byte[] count = Args.bytes(most - batch.fetched());
      List<?> reply =
          (List<?>)
              link.call(
                  XAUTOCLAIM, queue.stream(), group.key, key, leaseMs, cursor, Args.COUNT, count);
      cursor = (byte[]) reply.get(0);
      for (Object entry : (List<?>) reply.get(1)) {
        if (entry != null) {
          batch.add((List<?>) entry);
        }
      }
    } while (batch.fetched() < most && !Arrays.equals(cursor, NO_MORE));
    int claimed = batch.fetched();
    if (claimed == 0) {
      return;
    }
    if (claimed == most) {
      group.dueIn(0); // there may be more
    }
    int[] deliveries = pending.deliveries(ids(0));
    for (int i = 0; i < claimed; i++) {
      batch.deliveriesAt(i, deliveries[i]);
      group.refused.remove(batch.sequenceAt(i));
    }
    group.sawRead(batch.sequenceAt(claimed - 1));
    group.leased();
  }

  private void readNew(int count, long waitNanos) {
    long nanos = Math.min(waitNanos, Math.min(SLICE_NANOS, group.nanosToDue()));
    Object reply = nanos <= 0 ? link.call(XREADGROUP, reading(count)) : readWaiting(count, nanos);
    if (reply == null) {
      return;
    }
    List<?> entries = (List<?>) ((List<?>) ((List<?>) reply).get(0)).get(1);
    for (Object entry : entries) {
      batch.add((List<?>) entry);
    }
    group.read.addAndGet(entries.size());
    group.sawRead(batch.sequenceAt(batch.fetched() - 1));
    group.leased();
  }

  private byte[][] reading(int count) {
    return new byte[][] {
      Args.GROUP,
      group.key,
      key,
      Args.COUNT,
      Args.bytes(count),
      Args.STREAMS,
      queue.stream(),
      Args.NEW
    };
  }

  private Object readWaiting(int count, long nanos) {
    byte[] millis = Args.bytes(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    return link.call(
        XREADGROUP,
        Args.GROUP,
        group.key,
        key,
        Args.COUNT,
        Args.bytes(count),
        Args.BLOCK,
        millis,
        Args.STREAMS,
        queue.stream(),
        Args.NEW);
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
    int settled = queue.letters().write(link, group, ids, letters);
    queue.settled(link, settled);
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
    List<byte[]> ids = ids(position);
    List<Integer> deliveries = new ArrayList<>();
    for (int i = position; i < batch.fetched(); i++) {
      deliveries.add(Math.max(1, batch.deliveriesAt(i)));
    }
    link.retry(
        () -> {
          pending.parkUnseen(ids, deliveries);
          return null;
        });
    group.holdBack(true);
  }

  private List<byte[]> ids(int from) {
    List<byte[]> ids = new ArrayList<>(batch.fetched() - from);
    for (int i = from; i < batch.fetched(); i++) {
      ids.add(batch.idAt(i));
    }
    return ids;
  }

  // ---- acknowledge and refuse

  @Override
  public int acknowledge(Batch polled) {
    requireOpen();
    if (!(polled instanceof RedisBatch mine)) {
      throw new ConfigException("batch " + polled + ": must come from a poll of this track");
    }
    List<byte[]> ids = new ArrayList<>(mine.size());
    for (int i = 0; i < mine.size(); i++) {
      Long sequence = mine.sequence(i);
      if (!settledAlone.contains(sequence) && !group.refused.contains(sequence)) {
        ids.add(mine.id(i));
      }
    }
    return acknowledged(pending.acknowledge(ids));
  }

  @Override
  public void acknowledge(long sequence) {
    requireOpen();
    if (sequence < 0 || acknowledged(pending.acknowledge(List.of(Ids.id(sequence)))) == 0) {
      throw notPending(sequence);
    }
    group.refused.remove(sequence);
    settledAlone.add(sequence);
  }

  private int acknowledged(int count) {
    if (count > 0) {
      group.acknowledged.addAndGet(count);
      group.settled.addAndGet(count);
      queue.settled(link, count);
    }
    return count;
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    requireOpen();
    if (delay.isNegative() || delay.compareTo(config.lease()) > 0) {
      throw new ConfigException(
          "delay " + delay + ": must be between zero and the lease, " + config.lease());
    }
    long delayMs = Deadline.millisUp(delay);
    group.refused.add(sequence); // before another consumer can claim it, which takes it out again
    if (sequence < 0 || !link.retry(() -> pending.park(Ids.id(sequence), delayMs))) {
      group.refused.remove(sequence);
      throw notPending(sequence);
    }
    group.dueIn(TimeUnit.MILLISECONDS.toNanos(delayMs));
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
