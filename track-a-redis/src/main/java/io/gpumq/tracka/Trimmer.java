package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XTRIM;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Lets messages go that every group has settled: all below the lowest one that some group has not.
 * Safe for use by many threads, each with its own link.
 */
final class Trimmer {
  private static final int MOST_PER_TRIM = 16_384;

  /** Where a producer's messages that are on their way begin. */
  interface Floor {
    /** The highest sequence that is surely below them; the largest number if there are none. */
    long floor();
  }

  private final byte[] stream;
  private final Room room;
  private final Collection<Group> groups;
  private final Set<Floor> floors = ConcurrentHashMap.newKeySet();
  private final int settledPerTrim;
  private final AtomicLong settledSinceTrim = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private boolean countLost; // guarded by lock
  private volatile long lowWater;

  /**
   * @param groups the queue's groups; grows under {@link #trimThen} alone
   */
  Trimmer(byte[] stream, Room room, Collection<Group> groups) {
    this.stream = stream;
    this.settledPerTrim = (int) Math.max(1, Math.min(room.most() / 8, MOST_PER_TRIM));
    this.room = room;
    this.groups = groups;
  }

  void register(Floor floor) {
    floors.add(floor);
  }

  void unregister(Floor floor) {
    floors.remove(floor);
  }

  /** Every sequence below this has been settled by every group. */
  long lowWater() {
    return lowWater;
  }

  /** Below this every producer knows what arrived. */
  long lowestFloor() {
    return floors.stream().mapToLong(Floor::floor).min().orElse(Long.MAX_VALUE);
  }

  /** Does what must not happen during a trim, or while a group is made. */
  void holding(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Entries were settled: trims now and then, or at once where somebody waits for room. */
  void settled(Link link, int count, Health health) {
    if (settledSinceTrim.addAndGet(count) < settledPerTrim && !health.hasWaiters()) {
      return;
    }
    settledSinceTrim.set(0);
    try {
      tryTrim(link);
      health.ring();
    } catch (QueueClosedException | TrackFailedException e) {
      // What was settled is settled; the next call will say what happened.
    }
  }

  /** Trims, unless another thread is at it. */
  void tryTrim(Link link) {
    if (lock.tryLock()) {
      try {
        link.retry(() -> trimOnce(link));
      } finally {
        lock.unlock();
      }
    }
  }

  /** Trims, then makes a group before anything else is trimmed. */
  void trimThen(Link link, Runnable makeGroup) {
    holding(
        () -> {
          link.retry(() -> trimOnce(link));
          makeGroup.run();
        });
  }

  /** Every sequence below this is settled by one group; the highest if it was removed meanwhile. */
  long settledBy(Link link, Group group) {
    long read = group.lastRead();
    List<?> summary = link.retry(() -> summary(link, group));
    if (summary == null) {
      return Long.MAX_VALUE;
    }
    return (Long) summary.get(0) == 0 ? read + 1 : Ids.sequence((byte[]) summary.get(1));
  }

  private List<?> summary(Link link, Group group) {
    try {
      return (List<?>) link.call(XPENDING, stream, group.key);
    } catch (JedisDataException e) {
      if (group.removed) {
        return null;
      }
      throw e;
    }
  }

  private long trimOnce(Link link) {
    long low = findLowWater(link);
    if (low > lowWater || countLost) {
      try {
        if (countLost) {
          recount(link);
        }
        room.trimmed((Long) link.call(XTRIM, stream, Args.MINID, Ids.id(low)));
        lowWater = Math.max(low, lowWater);
      } catch (JedisConnectionException e) {
        countLost = true;
        throw e;
      }
    }
    return low;
  }

  private void recount(Link link) {
    long confirmed = room.sent();
    countLost = !room.recount(confirmed, (Long) link.call(XLEN, stream));
  }

  /**
   * The order of the reads matters. What a group had read <i>before</i> its pending list is asked,
   * and does not stand there, is settled. And a producer whose messages can stand in that list has
   * lowered its floor before, so the floors are looked at <i>after</i>: while it does not know
   * which of them arrived, none may go.
   */
  private long findLowWater(Link link) {
    List<Group> asked = List.copyOf(groups);
    if (asked.isEmpty()) {
      return 0;
    }
    long[] read = asked.stream().mapToLong(Group::lastRead).toArray();
    for (Group group : asked) {
      link.send(XPENDING, stream, group.key);
    }
    List<Object> replies = link.replies(read.length);
    long low = Long.MAX_VALUE;
    for (int i = 0; i < read.length; i++) {
      if (replies.get(i) instanceof JedisDataException e) {
        throw e;
      }
      List<?> summary = (List<?>) replies.get(i);
      boolean empty = (Long) summary.get(0) == 0;
      low = Math.min(low, empty ? read[i] + 1 : Ids.sequence((byte[]) summary.get(1)));
    }
    return Math.min(low, lowestFloor());
  }
}
