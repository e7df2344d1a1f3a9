package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XAUTOCLAIM;
import static redis.clients.jedis.Protocol.Command.XREADGROUP;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Fetches entries of a group for one consumer into its batch. For one thread at a time.
 *
 * <p>Where a connection breaks meanwhile, Redis may have noted deliveries that never arrived here:
 * they are handed back, and this delivery of them is not counted.
 */
final class Fetching {
  /**
   * A thread that waits in Redis hears of an interrupt or a redelivery after this at the latest.
   */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final byte[] NO_MORE = Args.ZERO_ID;

  private final byte[] stream;
  private final Group group;
  private final byte[] consumer;
  private final Link link;
  private final PendingList pending;
  private final RedisBatch batch;
  private final byte[] claimMs;

  Fetching(
      RedisQueue queue,
      Group group,
      byte[] consumer,
      Link link,
      PendingList pending,
      RedisBatch batch) {
    this.stream = queue.stream();
    this.group = group;
    this.consumer = consumer;
    this.link = link;
    this.pending = pending;
    this.batch = batch;
    this.claimMs = Args.bytes(queue.claimMs());
  }

  /** Fetches what is due for redelivery, then what is new; waits for that, a slice at most. */
  int fetch(int most, long waitNanos) {
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
            pending.parkLost(consumer, start);
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
                  XAUTOCLAIM, stream, group.key, consumer, claimMs, cursor, Args.COUNT, count);
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
    int[] deliveries = pending.deliveries(batch.idsFrom(0));
    for (int i = 0; i < claimed; i++) {
      batch.deliveriesAt(i, deliveries[i]);
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
      Args.GROUP, group.key, consumer, Args.COUNT, Args.bytes(count), Args.STREAMS, stream, Args.NEW
    };
  }

  private Object readWaiting(int count, long nanos) {
    byte[] millis = Args.bytes(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    return link.call(
        XREADGROUP,
        Args.GROUP,
        group.key,
        consumer,
        Args.COUNT,
        Args.bytes(count),
        Args.BLOCK,
        millis,
        Args.STREAMS,
        stream,
        Args.NEW);
  }
}
