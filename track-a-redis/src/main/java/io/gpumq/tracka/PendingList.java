package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XACK;
import static redis.clients.jedis.Protocol.Command.XCLAIM;
import static redis.clients.jedis.Protocol.Command.XPENDING;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A group's pending list in Redis, asked over one consumer's link. For one thread at a time. */
final class PendingList {
  private static final int PAGE = 1024;

  /** Deletes a consumer that holds nothing; 0 if it was handed something meanwhile. */
  private static final byte[] DELETE_IF_EMPTY =
      Args.bytes(
          """
          if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
          redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
          return 1
          """);

  private final Link link;
  private final byte[] stream;
  private final Group group;
  private final byte[] claimMs;
  private final long claimMillis;

  PendingList(Link link, byte[] stream, Group group, long claimMs) {
    this.link = link;
    this.stream = stream;
    this.group = group;
    this.claimMillis = claimMs;
    this.claimMs = Args.bytes(claimMs);
  }

  /**
   * Acknowledges entries; says how many were pending.
   *
   * <p>Where the answer is lost, those that are not pending any more after it count as acknowledged
   * by this call, unless somebody else has settled them since, or been handed them.
   *
   * @param isOurs whether a sequence is still this call's to settle
   */
  int acknowledge(List<byte[]> ids, LongPredicate isOurs) {
    List<byte[]> left = ids;
    int settled = 0;
    long deadline = link.deadline();
    while (!left.isEmpty()) {
      try {
        return settled + acknowledgeOnce(left);
      } catch (JedisConnectionException e) {
        link.reconnect(e);
        List<byte[]> asked = left.stream().filter(id -> isOurs.test(Ids.sequence(id))).toList();
        left = link.retry(() -> stillPending(asked));
        settled += asked.size() - left.size();
      } catch (JedisDataException e) {
        link.awaitEndOf(e, deadline);
      }
    }
    return settled;
  }

  private int acknowledgeOnce(List<byte[]> ids) {
    byte[][] args = new byte[2 + ids.size()][];
    args[0] = stream;
    args[1] = group.key;
    for (int i = 0; i < ids.size(); i++) {
      args[2 + i] = ids.get(i);
    }
    return ((Long) link.call(XACK, args)).intValue();
  }

  private List<byte[]> stillPending(List<byte[]> ids) {
    int[] counts = deliveries(ids);
    List<byte[]> pending = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        pending.add(ids.get(i));
      }
    }
    return pending;
  }

  /** How often each entry has been delivered; 0 for one that is not pending. */
  int[] deliveries(List<byte[]> ids) {
    for (byte[] id : ids) {
      link.send(XPENDING, stream, group.key, id, id, Args.ONE);
    }
    int[] counts = new int[ids.size()];
    List<Object> replies = link.replies(counts.length);
    for (int i = 0; i < counts.length; i++) {
      List<?> found = list(replies.get(i));
      counts[i] = found.isEmpty() ? 0 : ((Long) ((List<?>) found.get(0)).get(3)).intValue();
    }
    return counts;
  }

  /** Hands one pending entry back, due after {@code delayMs}; false if it is not pending. */
  boolean park(byte[] id, long delayMs) {
    byte[] idle = Args.bytes(claimMillis - delayMs);
    return !list(link.call(XCLAIM, parking(id, Args.IDLE, idle, Args.JUSTID))).isEmpty();
  }

  /** As {@link #park}, and the entry was delivered so often: asked twice, that is no less. */
  boolean park(byte[] id, long delayMs, int deliveries) {
    byte[] idle = Args.bytes(claimMillis - delayMs);
    byte[] count = Args.bytes(deliveries);
    return !list(link.call(
            XCLAIM, parking(id, Args.IDLE, idle, Args.RETRYCOUNT, count, Args.JUSTID)))
        .isEmpty();
  }

  /** Hands entries back that nobody has seen: due at once, this delivery not counted. */
  void parkUnseen(List<byte[]> ids, List<Integer> deliveries) {
    for (int i = 0; i < ids.size(); i++) {
      byte[] before = Args.bytes(deliveries.get(i) - 1);
      long sequence = Ids.sequence(ids.get(i));
      if (deliveries.get(i) == 1 && !group.latest.containsKey(sequence)) {
        group.unseen.add(sequence);
      }
      link.send(
          XCLAIM, parking(ids.get(i), Args.IDLE, claimMs, Args.RETRYCOUNT, before, Args.JUSTID));
    }
    List<Object> replies = link.replies(ids.size());
    for (int i = 0; i < replies.size(); i++) {
      boolean isGone = list(replies.get(i)).isEmpty(); // taken out meanwhile
      if (isGone && group.unseen.remove(Ids.sequence(ids.get(i)))) {
        group.handled.incrementAndGet();
      }
    }
    group.dueIn(0);
  }

  private byte[][] parking(byte[] id, byte[]... options) {
    byte[][] args = new byte[5 + options.length][];
    args[0] = stream;
    args[1] = group.key;
    args[2] = Group.PARKING;
    args[3] = Args.FROM_START; // however short it has been idle
    args[4] = id;
    System.arraycopy(options, 0, args, 5, options.length);
    return args;
  }

  /**
   * Hands back what was delivered to a consumer since a moment, over a connection that broke before
   * the consumer saw it.
   *
   * @param seen sequences that the consumer had before: Redis tells times in whole milliseconds, so
   *     they may seem to be among those
   */
  void parkLost(byte[] consumer, long sinceNanos, Set<Long> seen) {
    List<byte[]> ids = new ArrayList<>();
    List<Integer> deliveries = new ArrayList<>();
    byte[] from = Args.FIRST;
    List<?> page;
    do {
      page = list(link.call(XPENDING, stream, group.key, from, Args.LAST, page(), consumer));
      long withinMs = (System.nanoTime() - sinceNanos) / 1_000_000 + 1;
      for (Object each : page) {
        List<?> entry = (List<?>) each;
        byte[] id = (byte[]) entry.get(0);
        long sequence = Ids.sequence(id);
        boolean isNew = !seen.contains(sequence) || group.refused.contains(sequence);
        if (isNew && (Long) entry.get(2) <= withinMs) {
          ids.add(id);
          deliveries.add(((Long) entry.get(3)).intValue());
        }
        from = Args.bytes("(" + Args.text(id));
      }
    } while (page.size() == PAGE);
    for (int i = 0; i < ids.size(); i++) {
      long sequence = Ids.sequence(ids.get(i));
      boolean isFirst = deliveries.get(i) == 1 && !group.latest.containsKey(sequence);
      if (isFirst && group.unseen.add(sequence)) { // once, however often this is asked
        group.read.incrementAndGet();
      }
    }
    parkUnseen(ids, deliveries);
    ids.forEach(id -> group.sawRead(Ids.sequence(id)));
  }

  /**
   * Hands back all that a consumer holds, due at once, and deletes the consumer. Redis forgets what
   * a deleted consumer holds: so one that was handed something meanwhile is not deleted yet.
   */
  void leave(byte[] consumer) {
    List<?> page;
    do {
      page = list(link.call(XPENDING, stream, group.key, Args.FIRST, Args.LAST, page(), consumer));
      for (Object entry : page) {
        byte[] id = (byte[]) ((List<?>) entry).get(0);
        link.send(XCLAIM, parking(id, Args.IDLE, claimMs, Args.JUSTID));
      }
      link.replies(page.size()).forEach(PendingList::list);
    } while (!page.isEmpty() || !deleteIfEmpty(consumer));
    group.dueIn(0);
  }

  private boolean deleteIfEmpty(byte[] consumer) {
    return (Long) link.call(EVAL, DELETE_IF_EMPTY, Args.ONE, stream, group.key, consumer) > 0;
  }

  private static byte[] page() {
    return Args.bytes(PAGE);
  }

  private static List<?> list(Object reply) {
    if (reply instanceof JedisDataException e) {
      throw e;
    }
    return (List<?>) reply;
  }
}
