package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XAUTOCLAIM;
import static redis.clients.jedis.Protocol.Command.XREAD;
import static redis.clients.jedis.Protocol.Command.XREADGROUP;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

  /** So long before a fetch another may seem to be a part of it, on Redis' clock. */
  private static final long RECENT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final byte[] NO_MORE = Args.ZERO_ID;

  /**
   * What a group in strict order may have next: nothing, not even an empty list, while an entry is
   * pending that is not due; else what is pending, with how often it was delivered, and what is
   * new. In one step, since a look before it would be out of date: another consumer may have taken,
   * or refused, entries since.
   *
   * <p>The first line is for older servers, as in {@link LetterWriter}.
   */
  private static final byte[] NEXT_IN_ORDER =
      Args.bytes(
          """
          redis.replicate_commands()
          local stream, group, consumer, lease = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
          local most = tonumber(ARGV[4])
          local pending = redis.call('XPENDING', stream, group)[1]
          local next = {}
          if pending > 0 then
            local due = redis.call('XPENDING', stream, group, 'IDLE', lease, '-', '+', pending)
            if #due < pending then return false end
            local deliveries = {}
            for _, entry in ipairs(due) do
              deliveries[entry[1]] = entry[4] + 1
            end
            local claimed = redis.call('XAUTOCLAIM', stream, group, consumer, lease, '0',
                'COUNT', most)[2]
            for _, entry in ipairs(claimed) do
              if entry then next[#next + 1] = {entry[1], entry[2], deliveries[entry[1]]} end
            end
          end
          if pending < most then
            local new = redis.call('XREADGROUP', 'GROUP', group, consumer,
                'COUNT', most - pending, 'STREAMS', stream, '>')
            if new then
              for _, entry in ipairs(new[1][2]) do
                next[#next + 1] = entry
              end
            end
          end
          return next
          """);

  private final byte[] stream;
  private final Group group;
  private final byte[] consumer;
  private final Link link;
  private final PendingList pending;
  private final RedisBatch batch;
  private final RecentFetches recent = new RecentFetches();
  private final byte[] claimMs;
  private final long claimMillis;
  private final boolean strictOrder;
  private final LongSupplier highest;

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
    this.claimMillis = queue.claimMs();
    this.claimMs = Args.bytes(claimMillis);
    this.strictOrder = queue.config().strictOrder();
    this.highest = queue::highest;
  }

  /** Fetches what is due for redelivery, then what is new; waits for that, a slice at most. */
  int fetch(int most, long waitNanos) throws InterruptedException {
    group.moves.fetching().lock();
    try {
      batch.clear();
      fetchBetweenMoves(most, waitNanos);
      return batch.fetched();
    } finally {
      group.moves.fetching().unlock();
    }
  }

  private void fetchBetweenMoves(int most, long waitNanos) throws InterruptedException {
    long start = System.nanoTime();
    recent.dropBefore(start - RECENT_NANOS);
    try {
      group.delays.refresh(pending, claimMillis);
      boolean mayBeDue = group.takeDue();
      if (strictOrder) {
        fetchInOrder(most, waitNanos);
      } else {
        if (mayBeDue) {
          claimDue(most);
        }
        if (batch.fetched() < most) {
          readNew(most - batch.fetched(), batch.fetched() > 0 ? 0 : waitNanos);
        }
      }
      recent.add(System.nanoTime(), batch);
    } catch (JedisConnectionException e) {
      link.reconnect(e);
      handBackLost(start);
    } catch (JedisDataException e) {
      link.awaitEndOf(e, link.deadline());
      handBackLost(start);
    }
  }

  private void handBackLost(long start) {
    batch.clear();
    link.retry(
        () -> {
          pending.parkLost(consumer, start, recent.sequences());
          return null;
        });
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
    long nanos = slice(waitNanos);
    long confirmed = highest.getAsLong(); // before Redis is asked
    Object reply = nanos <= 0 ? link.call(XREADGROUP, reading(count)) : readWaiting(count, nanos);
    List<?> entries =
        reply == null ? List.of() : (List<?>) ((List<?>) ((List<?>) reply).get(0)).get(1);
    if (entries.isEmpty()) { // nothing is there, or another consumer has it by now
      sawNothingNew(confirmed);
      return;
    }
    for (Object entry : entries) {
      batch.add((List<?>) entry);
    }
    group.read.addAndGet(entries.size());
    group.sawRead(batch.sequenceAt(batch.fetched() - 1));
    group.leased();
  }

  /**
   * Redis had nothing new for the group: what was confirmed before is read, or was taken out. So
   * nobody is told that it waits.
   */
  private void sawNothingNew(long confirmed) {
    group.sawRead(confirmed);
  }

  private byte[][] reading(int count) {
    return new byte[][] {
      Args.GROUP, group.key, consumer, Args.COUNT, Args.bytes(count), Args.STREAMS, stream, Args.NEW
    };
  }

  private Object readWaiting(int count, long nanos) {
    return link.call(
        XREADGROUP,
        Args.GROUP,
        group.key,
        consumer,
        Args.COUNT,
        Args.bytes(count),
        Args.BLOCK,
        millis(nanos),
        Args.STREAMS,
        stream,
        Args.NEW);
  }

  private void fetchInOrder(int most, long waitNanos) throws InterruptedException {
    long seen = group.changes();
    long confirmed = highest.getAsLong(); // before Redis is asked
    byte[] count = Args.bytes(most);
    List<?> next =
        (List<?>)
            link.call(EVAL, NEXT_IN_ORDER, Args.ONE, stream, group.key, consumer, claimMs, count);
    if (next == null) {
      group.awaitChange(seen, slice(waitNanos));
    } else if (next.isEmpty()) {
      sawNothingNew(confirmed);
      awaitNew(slice(waitNanos));
    } else {
      addInOrder(next);
    }
  }

  private void addInOrder(List<?> next) {
    int again = 0;
    for (Object each : next) {
      List<?> entry = (List<?>) each;
      batch.add(entry);
      if (entry.size() > 2) {
        batch.deliveriesAt(again++, ((Long) entry.get(2)).intValue());
      }
    }
    group.read.addAndGet(next.size() - again);
    group.sawRead(batch.sequenceAt(batch.fetched() - 1));
    group.leased();
  }

  /** Only looks whether something new is there: to take it would be to jump the queue. */
  private void awaitNew(long nanos) {
    if (nanos > 0) {
      byte[] last = Ids.id(group.lastRead());
      link.call(XREAD, Args.COUNT, Args.ONE, Args.BLOCK, millis(nanos), Args.STREAMS, stream, last);
    }
  }

  private long slice(long waitNanos) {
    return Math.min(waitNanos, Math.min(SLICE_NANOS, group.nanosToDue()));
  }

  private static byte[] millis(long nanos) {
    return Args.bytes(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }
}
