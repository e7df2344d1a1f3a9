package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XTRIM;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Lets messages go that every group has settled: those below the lowest one that some group has
 * not, as far as the queue's {@link Keeping} lets them. Safe for use by many threads, each with its
 * own link.
 */
final class Trimmer {
  /** Where memory is short in Redis, so many at least, so that few trims do for many messages. */
  private static final int YIELDED_AT_ONCE = 1024;

  /** Where a producer's messages that are on their way begin. */
  interface Floor {
    /** The highest sequence that is surely below them; the largest number if there are none. */
    long floor();
  }

  private final byte[] stream;
  private final int maxPayloadBytes;
  private final Room room;
  private final Keeping keeping;
  private final Collection<Group> groups;
  private final LongSupplier highest;
  private final Set<Floor> floors = ConcurrentHashMap.newKeySet();
  private final AtomicLong sinceTrim = new AtomicLong(); // settled, or arrived
  private final ReentrantLock lock = new ReentrantLock();
  private boolean countLost; // guarded by lock
  private volatile long keptFrom;

  /**
   * @param groups the queue's groups; grows under {@link #trimThen} alone
   * @param highest the highest sequence that Redis has confirmed
   */
  Trimmer(
      QueueConfig config,
      byte[] stream,
      Room room,
      Collection<Group> groups,
      LongSupplier highest) {
    this.stream = stream;
    this.maxPayloadBytes = config.maxPayloadBytes();
    this.keeping = new Keeping(config.retention(), room.most());
    this.room = room;
    this.groups = groups;
    this.highest = highest;
  }

  Keeping keeping() {
    return keeping;
  }

  /** Walks over the stream by a link. */
  Walk walk(Link link) {
    return Walk.over(link, stream, maxPayloadBytes);
  }

  void register(Floor floor) {
    floors.add(floor);
  }

  void unregister(Floor floor) {
    floors.remove(floor);
  }

  /** Every sequence below this is gone. */
  long keptFrom() {
    return keptFrom;
  }

  /** All below a sequence was taken out. */
  void tookOutBelow(long sequence) {
    keptFrom = Math.max(sequence, keptFrom);
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
    if (!keeping.isUntilNeeded() && (isEnough(count) || health.hasWaiters())) {
      trimAndRing(link, health);
    }
  }

  /** Messages have arrived: the oldest go now and then, where no more than a number stay. */
  void arrived(Link link, int count, Health health) {
    if (keeping.isCounting() && isEnough(count)) {
      trimAndRing(link, health);
    }
  }

  private boolean isEnough(int count) {
    return sinceTrim.addAndGet(count) >= keeping.enoughForTrim();
  }

  private void trimAndRing(Link link, Health health) {
    sinceTrim.set(0);
    try {
      tryTrim(link);
      health.ring();
    } catch (QueueClosedException | TrackFailedException e) {
      // What was settled is settled; the next call will say what happened.
    }
  }

  /** Trims, unless another thread is at it. */
  void tryTrim(Link link) {
    tryTrim(link, 0);
  }

  /** Trims where there is no room for one more, unless another thread is at it. */
  void makeRoom(Link link) {
    tryTrim(link, keeping.enoughForRoom());
  }

  /**
   * Has the oldest messages go that stay until their room is needed, unless another thread is at
   * it.
   *
   * @param link used by nobody else but under this trimmer's lock
   * @return whether some went
   */
  boolean yieldTo(Link link) {
    long before = room.trimmed();
    tryTrim(link, YIELDED_AT_ONCE);
    return room.trimmed() > before;
  }

  /**
   * Returns the oldest sequence; the largest number if there is none, or another thread trims.
   *
   * @param link as in {@link #yieldTo}
   */
  long oldest(Link link) {
    if (!lock.tryLock()) {
      return Long.MAX_VALUE;
    }
    try {
      long behind = walk(link).behindOldest(1, Long.MAX_VALUE);
      return behind == 0 ? Long.MAX_VALUE : behind - 1;
    } finally {
      lock.unlock();
    }
  }

  private void tryTrim(Link link, int wanted) {
    if (lock.tryLock()) {
      try {
        link.retry(() -> trimOnce(link, wanted));
      } finally {
        lock.unlock();
      }
    }
  }

  /** Trims, then makes a group before anything else is trimmed. */
  void trimThen(Link link, Runnable makeGroup) {
    holding(
        () -> {
          link.retry(() -> trimOnce(link, 0));
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

  private Void trimOnce(Link link, int wanted) {
    long below = keeping.below(walk(link), settledByAll(link), wanted);
    if (below > keptFrom || countLost) {
      try {
        if (countLost) {
          recount(link);
        }
        room.trimmed((Long) link.call(XTRIM, stream, Args.MINID, Ids.id(below)));
        tookOutBelow(below);
      } catch (JedisConnectionException e) {
        countLost = true;
        throw e;
      }
    }
    return null;
  }

  private void recount(Link link) {
    long confirmed = room.sent();
    countLost = !room.recount(confirmed, (Long) link.call(XLEN, stream));
  }

  /**
   * Returns the sequence below which every group has settled all.
   *
   * <p>The order of the reads matters. What a group had read <i>before</i> its pending list is
   * asked, and does not stand there, is settled. And a producer whose messages can stand in that
   * list has lowered its floor before, so the floors are looked at <i>after</i>: while it does not
   * know which of them arrived, none may go.
   */
  private long settledByAll(Link link) {
    List<Group> asked = List.copyOf(groups);
    if (asked.isEmpty()) { // nobody waits for what is kept; else all waits for the first group
      long next = highest.getAsLong() + 1;
      return keeping.keepsSettled() ? Math.min(next, lowestFloor()) : 0;
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
