package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XGROUP;
import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GroupStart;
import io.gpumq.api.GroupStats;
import io.gpumq.api.TrackFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.exceptions.JedisDataException;

/** A queue's groups: makes, moves, removes and describes them. Guarded by the queue's monitor. */
final class Groups {
  /** In one step: a consumer that asks between the two would be told that there is no group. */
  private static final byte[] MOVE =
      Args.bytes(
          """
          redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
          return redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2])
          """);

  /** How many messages lie up to an ID, few behind it. In one step: others are sent meanwhile. */
  private static final byte[] KEPT_UP_TO =
      Args.bytes(
          """
          local above = redis.call('XRANGE', KEYS[1], ARGV[1], '+')
          return redis.call('XLEN', KEYS[1]) - #above
          """);

  private final RedisQueue queue;
  private final Link admin;
  private final Map<String, Group> byName;
  private final Totals totals;
  private final Addressed addressed = new Addressed();
  private final Map<String, Integer> removals = new HashMap<>(); // of groups, by their names

  /**
   * @param byName written here alone
   */
  Groups(RedisQueue queue, Link admin, Map<String, Group> byName) {
    this.queue = queue;
    this.admin = admin;
    this.byName = byName;
    this.totals = new Totals(byName);
  }

  /** Returns what all groups have done. */
  Totals totals() {
    return totals;
  }

  /** Returns the group of that name, made to begin at {@code start} if there is none. */
  Group get(String name, GroupStart start) {
    if (!byName.containsKey(name)) {
      // Trimmed before, so that the group starts at what another one has not settled.
      queue.trimmer().trimThen(admin, () -> make(name, behind(start)));
    }
    return byName.get(name);
  }

  /** The sequence behind which a group is to begin. */
  private long behind(GroupStart start) {
    return start == GroupStart.NOW ? queue.highest() : 0;
  }

  private void make(String name, long behind) {
    byte[] key = key(name);
    admin.retry(() -> createInRedis(key, behind));
    long before = before(behind);
    long lease = queue.config().lease().toNanos();
    Group made = new Group(name, key, before, behind, lease, queue.health().bell());
    made.line = queue.health().bell().line(new GroupSource(queue, made));
    byName.put(name, made);
  }

  /** Unlike that of a group before it, whose consumers may still ask for that. */
  private byte[] key(String name) {
    int removed = removals.getOrDefault(name, 0);
    return Args.bytes(removed == 0 ? name : name + "~" + removed);
  }

  /** Messages up to a sequence, whatever is sent meanwhile; none is trimmed. */
  private long before(long behind) {
    return queue.room().trimmed() + (behind == 0 ? 0 : keptUpTo(behind));
  }

  private long keptUpTo(long behind) {
    if (behind < queue.highest()) {
      return queue.trimmer().walk(admin).between(0, behind + 1);
    }
    byte[] after = Ids.idAfter(behind);
    return admin.retry(() -> (Long) admin.call(EVAL, KEPT_UP_TO, Args.ONE, queue.stream(), after));
  }

  private Void createInRedis(byte[] key, long behind) {
    byte[] id = behind == 0 ? Args.FROM_START : Ids.id(behind);
    try {
      admin.call(XGROUP, Args.CREATE, queue.stream(), key, id);
    } catch (JedisDataException e) {
      if (!e.getMessage().startsWith("BUSYGROUP")) { // made by a first try, its answer lost
        throw e;
      }
    }
    return null;
  }

  /** Removes a group with what is pending in it; returns it, or null if there was none. */
  Group remove(String name) {
    Group group = byName.get(name);
    if (group != null) {
      queue.trimmer().holding(() -> destroy(group));
    }
    return group;
  }

  private void destroy(Group group) {
    group.removed = true; // first: its consumers are told so, and not that Redis refuses
    try {
      admin.retry(() -> admin.call(XGROUP, Args.DESTROY, queue.stream(), group.key));
    } catch (TrackFailedException e) {
      group.removed = false;
      throw e;
    }
    removals.merge(group.name, 1, Integer::sum);
    totals.remove(group);
  }

  void move(String name, GroupStart to) {
    Group group = require(name);
    queue.trimmer().trimThen(admin, () -> move(group, behind(to)));
  }

  void move(String name, long sequence) {
    Group group = require(name);
    queue
        .trimmer()
        .trimThen(
            admin,
            () -> {
              long oldest = oldest(admin);
              long next = queue.highest() + 1;
              if (sequence < oldest || sequence > next) {
                throw new ConfigException(
                    "sequence "
                        + sequence
                        + ": must be one from "
                        + oldest
                        + ", the oldest kept, to "
                        + next
                        + ", behind the latest");
              }
              move(group, sequence - 1);
            });
  }

  /** Returns the group of that name; throws where there is none. */
  Group require(String name) {
    Group group = byName.get(name);
    if (group == null) {
      throw new ConfigException("group '" + name + "': must be one of " + byName.keySet());
    }
    return group;
  }

  private long oldest(Link over) {
    List<?> first =
        over.retry(
            () ->
                (List<?>)
                    over.call(XRANGE, queue.stream(), Args.FIRST, Args.LAST, Args.COUNT, Args.ONE));
    return first.isEmpty()
        ? queue.highest() + 1
        : Ids.sequence((byte[]) ((List<?>) first.get(0)).get(0));
  }

  /** Makes it anew there: what is pending in it is forgotten; its consumers go on. */
  private void move(Group group, long behind) {
    group.moves.move(
        () -> {
          byte[] id = behind == 0 ? Args.FROM_START : Ids.id(behind);
          admin.retry(() -> admin.call(EVAL, MOVE, Args.ONE, queue.stream(), group.key, id));
          group.restart(before(behind), behind);
        });
  }

  /** Returns the figures of each group, by name. */
  List<GroupStats> stats() {
    List<GroupStats> all = new ArrayList<>();
    for (Group group : byName.values()) {
      all.add(stats(group));
    }
    all.sort(Comparator.comparing(GroupStats::name));
    return List.copyOf(all);
  }

  private GroupStats stats(Group group) {
    List<?> summary = admin.retry(() -> (List<?>) admin.call(XPENDING, queue.stream(), group.key));
    long unseen = group.unseen.size();
    long pending = (Long) summary.get(0) - unseen;
    long unread = queue.room().sent() - group.read.get() - addressed.forOthersAheadOf(group);
    long lag = Math.max(0, unread) + unseen;
    long age = 0;
    if (pending + lag > 0) {
      long oldest =
          (Long) summary.get(0) > 0 ? Ids.sequence((byte[]) summary.get(1)) : nextUnread(group);
      age = Math.max(0, Keeping.redisMillis(admin) - Ids.millis(oldest));
    }
    return new GroupStats(
        group.name,
        lag,
        pending,
        Duration.ofMillis(age),
        group.delivered.get(),
        group.acknowledged.get(),
        group.redelivered.get(),
        List.copyOf(group.consumers.keySet()));
  }

  private long nextUnread(Group group) {
    byte[] from = Ids.idAfter(group.lastRead());
    byte[] enough = Args.bytes(1L + addressed.forOthersAheadOf(group));
    List<?> next =
        admin.retry(
            () ->
                (List<?>) admin.call(XRANGE, queue.stream(), from, Args.LAST, Args.COUNT, enough));
    return next.stream()
        .mapToLong(entry -> Ids.sequence((byte[]) ((List<?>) entry).get(0)))
        .filter(sequence -> !addressed.isForOthers(sequence, group))
        .findFirst()
        .orElseGet(() -> Ids.firstAt(Keeping.redisMillis(admin)));
  }

  /**
   * A message was sent to one group alone.
   *
   * @param group its name, or {@code null}: it was sent to all
   * @return {@code sequence}
   */
  long addressed(long sequence, String group) {
    if (group != null) {
      addressed.add(sequence, group, byName.values());
    }
    return sequence;
  }

  /** Which messages are for one group alone. */
  Addressed addressed() {
    return addressed;
  }

  /** Returns who holds the oldest message, in words. */
  String holder(Link over) {
    Group lowest = null;
    long low = Long.MAX_VALUE;
    for (Group group : byName.values()) {
      long settled = queue.trimmer().settledBy(over, group);
      if (settled < low && !group.removed) {
        low = settled;
        lowest = group;
      }
    }
    if (queue.trimmer().keeping().keepsSettled() && low > oldest(over)) {
      return "its retention keeps what is settled: trim it, or set a limit there";
    }
    return lowest == null
        ? "it has no group yet, and keeps everything for the first"
        : "group '"
            + lowest.name
            + "' has not settled the oldest: acknowledge in it, move it, or remove it if nobody"
            + " reads it";
  }
}
