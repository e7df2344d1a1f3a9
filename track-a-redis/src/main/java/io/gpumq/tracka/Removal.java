package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XACK;
import static redis.clients.jedis.Protocol.Command.XDEL;
import static redis.clients.jedis.Protocol.Command.XPENDING;
import static redis.clients.jedis.Protocol.Command.XTRIM;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Trim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes messages out of the stream whether groups have settled them or not. Safe for use by many
 * threads.
 *
 * <p>It does so while nobody else takes messages out, and while no consumer fetches or settles any.
 * So what it looks at first stays as it is: a command whose answer is lost can be asked again, and
 * what it did is known. A message goes only when its producer knows that it arrived; else that one
 * would not find it where it looks for it, and send it again.
 */
final class Removal {
  private static final int MOST_AT_ONCE = 256;
  private static final int PAGE = 1024;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Returns for each ID nothing, or 0 for a message that is there, and who has it pending. */
  private static final byte[] LOOK =
      Args.bytes(
          """
          local found = {}
          local groups = tonumber(ARGV[1])
          for i = 2 + groups, #ARGV do
            local id, one = ARGV[i], {}
            if #redis.call('XRANGE', KEYS[1], id, id) > 0 then
              one[1] = 0
              for g = 1, groups do
                if #redis.call('XPENDING', KEYS[1], ARGV[1 + g], id, id, 1) > 0 then
                  one[#one + 1] = g
                end
              end
            end
            found[#found + 1] = one
          end
          return found
          """);

  private final RedisQueue queue;
  private final Trimmer trimmer;
  private final Link admin; // guarded by the queue's monitor
  private final Collection<Group> groups;
  private final Addressed addressed;
  private final AtomicLong deleted = new AtomicLong();

  Removal(RedisQueue queue, Link admin, Collection<Group> groups, Addressed addressed) {
    this.queue = queue;
    this.trimmer = queue.trimmer();
    this.admin = admin;
    this.groups = groups;
    this.addressed = addressed;
  }

  /** What is about to go, and what each group has of it. */
  private static final class Taken {
    final List<Long> messages = new ArrayList<>();
    final Map<Group, List<Long>> pending = new LinkedHashMap<>();

    /** How many each group has not read. */
    final Map<Group, Long> unread = new LinkedHashMap<>();

    List<Long> pendingOf(Group group) {
      return pending.computeIfAbsent(group, of -> new ArrayList<>());
    }
  }

  /** How many messages were deleted. */
  long deleted() {
    return deleted.get();
  }

  // ---- by their sequences

  /** Deletes messages; says how many were there. */
  int delete(long... sequences) {
    queue.health().requireOpen();
    long[] wanted = Arrays.stream(sequences).filter(s -> s >= 0).sorted().distinct().toArray();
    int gone = 0;
    for (int from = 0; from < wanted.length; from += MOST_AT_ONCE) {
      int to = Math.min(wanted.length, from + MOST_AT_ONCE);
      gone += deleteSome(Arrays.copyOfRange(wanted, from, to));
    }
    return gone;
  }

  private int deleteSome(long[] wanted) {
    int[] gone = {0};
    boolean[] done = {false};
    while (true) {
      alone(
          () -> {
            Taken taken = look(wanted);
            done[0] = taken.messages.stream().allMatch(s -> s <= trimmer.lowestFloor());
            if (done[0]) {
              take(taken);
              gone[0] = (int) taken.messages.stream().filter(this::isMessage).count();
              deleted.addAndGet(gone[0]);
              taken.messages.forEach(queue.letters().writer()::left);
            }
          });
      if (done[0]) {
        return gone[0];
      }
      pause();
    }
  }

  /** One whose handler has failed is a dead letter, and no message of this queue. */
  private boolean isMessage(long sequence) {
    return !queue.letters().writer().hasFailed(sequence);
  }

  private Taken look(long[] wanted) {
    List<Group> asked = List.copyOf(groups);
    List<byte[]> args = new ArrayList<>(List.of(LOOK, Args.ONE, queue.stream()));
    args.add(Args.bytes(asked.size()));
    asked.forEach(group -> args.add(group.key));
    Arrays.stream(wanted).forEach(sequence -> args.add(Ids.id(sequence)));
    byte[][] asking = args.toArray(byte[][]::new);
    List<?> found = admin.retry(() -> (List<?>) admin.call(EVAL, asking));
    Taken taken = new Taken();
    for (int i = 0; i < wanted.length; i++) {
      long sequence = wanted[i];
      List<?> one = (List<?>) found.get(i);
      if (!one.isEmpty()) {
        taken.messages.add(sequence);
        one.stream()
            .skip(1)
            .map(number -> asked.get(((Long) number).intValue() - 1))
            .forEach(group -> taken.pendingOf(group).add(sequence));
        asked.stream()
            .filter(group -> group.lastRead() < sequence)
            .forEach(group -> taken.unread.merge(group, 1L, Long::sum));
      }
    }
    return taken;
  }

  private void take(Taken taken) {
    acknowledge(taken);
    if (!taken.messages.isEmpty()) {
      byte[][] args = ids(taken.messages, queue.stream());
      admin.retry(() -> admin.call(XDEL, args));
    }
    taken.messages.forEach(addressed::remove);
    count(taken, taken.messages.size());
  }

  // ---- by their positions

  /** Takes the oldest messages out; says how many were there. */
  long trim(Trim to) {
    queue.health().requireOpen();
    if (to instanceof Trim.ToBytes bytes) {
      throw new ConfigException(
          "trim to "
              + bytes.most()
              + " bytes: Redis does not say what the messages of a queue take; trim to a number of"
              + " messages, an age or a position, or use track b");
    }
    if (to instanceof Trim.Below below) {
      Ids.requirePosition(below.sequence());
    }
    long end = queue.highest() + 1;
    while (trimmer.lowestFloor() < end - 1) { // what is sent from now on has a higher one
      pause();
    }
    long[] gone = {0};
    alone(() -> gone[0] = trimBelow(Math.min(end, place(to, end))));
    return gone[0];
  }

  private long place(Trim to, long end) {
    if (to instanceof Trim.Below below) {
      return below.sequence();
    }
    if (to instanceof Trim.OlderThan older) {
      return Keeping.sentSince(admin, older.age());
    }
    Walk walk = trimmer.walk(admin);
    long beyond = walk.length() - ((Trim.ToMessages) to).most();
    return beyond <= 0 ? 0 : walk.behindOldest(beyond, end);
  }

  private long trimBelow(long end) {
    Walk walk = trimmer.walk(admin);
    long there = walk.between(-1, end);
    if (there == 0) {
      return 0;
    }
    Taken taken = new Taken();
    for (Group group : groups) {
      taken.pendingOf(group).addAll(pendingBelow(group, end));
      if (group.lastRead() < end - 1) {
        taken.unread.put(group, walk.between(group.lastRead(), end));
      }
    }
    acknowledge(taken);
    admin.retry(() -> admin.call(XTRIM, queue.stream(), Args.MINID, Ids.id(end)));
    int failed = queue.letters().writer().failedBelow(end);
    trimmer.tookOutBelow(end);
    groups.forEach(group -> group.sawRead(end - 1));
    count(taken, there);
    return there - failed;
  }

  private List<Long> pendingBelow(Group group, long end) {
    List<Long> all = new ArrayList<>();
    byte[] to = Ids.idBefore(end);
    List<?> page;
    do {
      byte[] from = all.isEmpty() ? Args.FIRST : Ids.idAfter(all.get(all.size() - 1));
      page =
          admin.retry(
              () ->
                  (List<?>)
                      admin.call(XPENDING, queue.stream(), group.key, from, to, Args.bytes(PAGE)));
      for (Object each : page) {
        all.add(Ids.sequence((byte[]) ((List<?>) each).get(0)));
      }
    } while (page.size() == PAGE);
    return all;
  }

  // ---- both

  /** Runs what takes messages out while nobody else does, nor fetches or settles any. */
  private void alone(Runnable action) {
    synchronized (queue) {
      queue.health().requireOpen();
      trimmer.holding(() -> still(List.copyOf(groups).iterator(), action));
    }
    queue.health().ring();
  }

  private static void still(Iterator<Group> left, Runnable action) {
    if (left.hasNext()) {
      left.next().moves.still(() -> still(left, action));
    } else {
      action.run();
    }
  }

  /** Before the messages leave the stream: Redis redelivers nothing that is not pending. */
  private void acknowledge(Taken taken) {
    taken.pending.forEach(
        (group, pending) -> {
          for (int from = 0; from < pending.size(); from += PAGE) {
            List<Long> some = pending.subList(from, Math.min(pending.size(), from + PAGE));
            byte[][] args = ids(some, queue.stream(), group.key);
            admin.retry(() -> admin.call(XACK, args));
          }
        });
  }

  private static byte[][] ids(List<Long> sequences, byte[]... before) {
    List<byte[]> args = new ArrayList<>(List.of(before));
    sequences.forEach(sequence -> args.add(Ids.id(sequence)));
    return args.toArray(byte[][]::new);
  }

  /** Each group is done with what is gone; none of its consumers will say so. */
  private void count(Taken taken, long gone) {
    queue.room().trimmed(gone);
    for (Group group : groups) {
      List<Long> pending = taken.pendingOf(group);
      for (long sequence : pending) {
        group.handled.addAndGet(group.unseen.remove(sequence) ? 1 : 0);
        group.over(sequence);
      }
      long unread = taken.unread.getOrDefault(group, 0L);
      group.read.addAndGet(unread);
      group.handled.addAndGet(unread);
      group.settled.addAndGet(unread + pending.size());
      group.letGo(); // it may have waited for one of these
      group.changed();
    }
  }

  /** A producer looks whether its messages arrived. */
  private void pause() {
    queue.health().requireOpen();
    queue.health().awaitUninterruptibly(queue.health().rings(), PAUSE_NANOS);
  }
}
