package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XACK;
import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XRANGE;
import static redis.clients.jedis.Protocol.Command.XREVRANGE;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.exceptions.JedisDataException;

/** Turns entries of groups into dead letters. Guarded by the {@link Letters}' lock. */
final class LetterWriter {
  /**
   * Settles an entry for its group and writes its letter, both or neither, so that asking again
   * after a lost answer does no harm: 0 if the entry was not pending.
   *
   * <p>A message whose handler failed is given up for every group: it leaves the stream as well (2
   * then, else 1), so that groups that no consumer has seen it in do without. Not where a consumer
   * of another group holds it: that one's handler may have done better.
   *
   * <p>The first line lets older servers log what was written rather than the script.
   */
  private static final byte[] SCRIPT =
      Args.bytes(
          """
          redis.replicate_commands()
          if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
          redis.call('XADD', KEYS[2], '*', 's', ARGV[3], 'c', ARGV[4], 'r', ARGV[5],
              'n', ARGV[6], 'g', ARGV[7], 'p', ARGV[8], 'k', ARGV[9])
          if ARGV[10] == '0' then return 1 end
          local parked = {}
          for i = 11, #ARGV do
            local held = redis.call('XPENDING', KEYS[1], ARGV[i], ARGV[2], ARGV[2], 1)[1]
            if held then
              if held[2] ~= '~' or held[4] > 0 then return 1 end
              parked[#parked + 1] = ARGV[i]
            end
          end
          for _, group in ipairs(parked) do
            redis.call('XACK', KEYS[1], group, ARGV[2])
          end
          redis.call('XDEL', KEYS[1], ARGV[2])
          return 2
          """);

  private static final byte[] TWO_KEYS = Args.bytes("2");
  private static final byte[] STAY = Args.bytes("0");
  private static final byte[] LEAVE = Args.bytes("1");
  private static final int FIXED_ARGS = 14; // of the script, its name and number of keys included

  private static final int NOT_PENDING = 0;
  private static final int WRITTEN = 1;
  private static final int WRITTEN_AND_LEFT = 2;

  private final Trimmer trimmer;
  private final Room room;
  private final Collection<Group> groups;
  private final byte[] stream;
  private final byte[] key;
  private final TreeSet<Long> failed = new TreeSet<>(); // whose letter is written, still in stream
  private long failedCount;

  LetterWriter(Trimmer trimmer, Room room, Collection<Group> groups, byte[] stream, byte[] key) {
    this.trimmer = trimmer;
    this.room = room;
    this.groups = groups;
    this.stream = stream;
    this.key = key;
  }

  /** An entry that is to become a letter of its group. */
  private final class Work {
    final Group by;
    final byte[] id;
    final DeadLetter letter;
    final boolean failure;

    /** Its handler failed for another group before: it has its letter. */
    final boolean known;

    /** The other groups; those of them that have not read it. */
    final List<Group> others = new ArrayList<>();

    final List<Group> unread = new ArrayList<>();

    Work(Group by, byte[] id, DeadLetter letter) {
      this.by = by;
      this.id = id;
      this.letter = letter;
      this.failure = letter.cause() == Cause.HANDLER_FAILED;
      this.known = failure && failed.contains(letter.sequence());
    }

    void lookAtOthers() {
      for (Group group : groups) {
        if (group != by) {
          others.add(group);
          if (group.lastRead() < letter.sequence()) {
            unread.add(group);
          }
        }
      }
    }

    /** Not while its producer may still be looking whether it arrived. */
    boolean mayLeave() {
      return failure && letter.sequence() < trimmer.lowestFloor();
    }
  }

  /** Messages whose handler failed at each attempt. */
  long failedMessages() {
    return failedCount;
  }

  /**
   * Settles entries of a group by letters, from the first on, until there is no room for one.
   *
   * @param over the consumer's link
   * @param before how many letters there are
   * @param free how many more there is room for
   * @return how many of the entries are settled; a message that has its letter needs no room
   */
  int write(Link over, Group by, List<byte[]> ids, List<DeadLetter> letters, int before, int free) {
    failed.headSet(trimmer.lowWater()).clear();
    List<Work> works = new ArrayList<>();
    int room = free;
    for (int i = 0; i < ids.size(); i++) {
      Work work = new Work(by, ids.get(i), letters.get(i));
      if (!work.known && room-- == 0) {
        break;
      }
      works.add(work);
    }
    if (!works.isEmpty()) {
      trimmer.holding(() -> write(over, works, before));
    }
    return works.size();
  }

  /** No group is made and nothing is trimmed meanwhile. */
  private void write(Link over, List<Work> works, int before) {
    works.forEach(Work::lookAtOthers);
    int[] tries = new int[1];
    int[] outcomes = over.retry(() -> ask(over, works, before, tries[0]++ > 0));
    for (int i = 0; i < outcomes.length; i++) {
      settle(works.get(i), outcomes[i]);
    }
  }

  /**
   * @param again whether a try before may have done it, whose answer was lost
   */
  private int[] ask(Link over, List<Work> works, int before, boolean again) {
    Set<Long> written = again ? writtenSince(over, before) : Set.of();
    for (Work work : works) {
      if (work.known) {
        over.send(XACK, stream, work.by.key, work.id);
      } else {
        over.send(EVAL, script(work));
      }
    }
    List<Object> replies = over.replies(works.size());
    int[] outcomes = new int[replies.size()];
    for (int i = 0; i < outcomes.length; i++) {
      if (replies.get(i) instanceof JedisDataException e) {
        throw e;
      }
      outcomes[i] = ((Long) replies.get(i)).intValue();
      Work work = works.get(i);
      boolean wasDone = work.known ? again : written.contains(work.letter.sequence());
      if (outcomes[i] == NOT_PENDING && wasDone) {
        outcomes[i] = isInStream(over, work.id) ? WRITTEN : WRITTEN_AND_LEFT;
      }
    }
    return outcomes;
  }

  /** The sequences of the letters beyond the first {@code before}: nobody else writes any. */
  private Set<Long> writtenSince(Link over, int before) {
    long more = (Long) over.call(XLEN, key) - before;
    Set<Long> sequences = new HashSet<>();
    if (more > 0) {
      List<?> newest =
          (List<?>) over.call(XREVRANGE, key, Args.LAST, Args.FIRST, Args.COUNT, Args.bytes(more));
      for (Object each : newest) {
        List<?> fields = (List<?>) ((List<?>) each).get(1);
        sequences.add(Long.parseLong(Args.text(fields.get(1))));
      }
    }
    return sequences;
  }

  private boolean isInStream(Link over, byte[] id) {
    return !((List<?>) over.call(XRANGE, stream, id, id)).isEmpty();
  }

  private void settle(Work work, int outcome) {
    if (outcome == NOT_PENDING) {
      return; // another consumer acknowledged it a moment ago
    }
    long sequence = work.letter.sequence();
    work.by.settled.incrementAndGet();
    work.by.over(sequence);
    if (work.failure && !work.known) {
      failed.add(sequence);
      failedCount++;
    }
    if (outcome == WRITTEN_AND_LEFT && !work.known) {
      room.trimmed(1);
      for (Group group : work.others) {
        boolean unread = work.unread.contains(group);
        if (unread || group.unseen.remove(sequence)) {
          group.read.addAndGet(unread ? 1 : 0);
          group.handled.incrementAndGet();
          group.settled.incrementAndGet();
        }
      }
    }
  }

  private byte[][] script(Work work) {
    DeadLetter letter = work.letter;
    byte[][] args = new byte[FIXED_ARGS + work.others.size()][];
    args[0] = SCRIPT;
    args[1] = TWO_KEYS;
    args[2] = stream;
    args[3] = key;
    args[4] = work.by.key;
    args[5] = work.id;
    args[6] = Args.bytes(letter.sequence());
    args[7] = Args.bytes(letter.cause().name());
    args[8] = letter.reason().getBytes(UTF_8);
    args[9] = Args.bytes(letter.count());
    args[10] = Args.bytes(letter.group());
    args[11] = letter.payload();
    args[12] = letter.key().isPresent() ? Args.bytes(letter.key().getAsLong()) : new byte[0];
    args[13] = work.mayLeave() ? LEAVE : STAY;
    for (int i = 0; i < work.others.size(); i++) {
      args[FIXED_ARGS + i] = work.others.get(i).key;
    }
    return args;
  }
}
