package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XACK;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Turns entries of a queue's groups into dead letters: entries of another queue. Safe for use by
 * many threads: one at a time writes.
 */
final class LetterWriter implements Trimmer.Floor {
  /**
   * Settles an entry for its group and writes its letter, both or neither, so that asking again
   * after a lost answer does no harm. Returns what came of it, and the letter's ID.
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
          local fields = tonumber(ARGV[3])
          if redis.call('EXISTS', KEYS[2]) == 0 then return {-1, ''} end
          if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return {0, ''} end
          local id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 5, 4 + fields))
          if ARGV[4] == '0' then return {1, id} end
          local parked = {}
          for i = 5 + fields, #ARGV do
            local held = redis.call('XPENDING', KEYS[1], ARGV[i], ARGV[2], ARGV[2], 1)[1]
            if held then
              if held[2] ~= '~' or held[4] > 0 then return {1, id} end
              parked[#parked + 1] = ARGV[i]
            end
          end
          for _, group in ipairs(parked) do
            redis.call('XACK', KEYS[1], group, ARGV[2])
          end
          redis.call('XDEL', KEYS[1], ARGV[2])
          return {2, id}
          """);

  private static final byte[] TWO_KEYS = Args.bytes("2");
  private static final byte[] STAY = Args.bytes("0");
  private static final byte[] LEAVE = Args.bytes("1");
  private static final long NOTHING_UNDERWAY = Long.MAX_VALUE;

  /** The queue of the letters is being closed. */
  private static final int NO_STREAM = -1;

  private static final int NOT_PENDING = 0;
  private static final int WRITTEN = 1;
  private static final int WRITTEN_AND_LEFT = 2;

  private final Trimmer trimmer;
  private final Room room;
  private final Collection<Group> groups;
  private final byte[] stream;

  /**
   * Of messages whose handler failed: their letter is written, and they are still in the stream.
   */
  private final NavigableSet<Long> failed = new ConcurrentSkipListSet<>();

  private volatile long failedCount;
  private volatile long written;

  /** Of the letters' queue: those above are looked for where an answer was lost. */
  private volatile long floor = NOTHING_UNDERWAY;

  LetterWriter(Trimmer trimmer, Room room, Collection<Group> groups, byte[] stream) {
    this.trimmer = trimmer;
    this.room = room;
    this.groups = groups;
    this.stream = stream;
  }

  /** What Redis has made of an entry, and the letter's ID there. */
  private record Outcome(int code, byte[] id) {
    static Outcome of(Object reply) {
      List<?> parts = (List<?>) reply;
      return new Outcome(((Long) parts.get(0)).intValue(), (byte[]) parts.get(1));
    }
  }

  /** An entry that is to become a letter of its group. */
  private final class Work {
    final Group by;
    final Letter letter;
    final boolean failure;

    /** Its handler failed for another group before: it has its letter. */
    final boolean known;

    /** The other groups; those of them that have not read it. */
    final List<Group> others = new ArrayList<>();

    final List<Group> unread = new ArrayList<>();

    Work(Group by, Letter letter) {
      this.by = by;
      this.letter = letter;
      this.failure = letter.told().cause() == Cause.HANDLER_FAILED;
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

  /** Letters that were ever written. */
  long written() {
    return written;
  }

  @Override
  public long floor() {
    return floor;
  }

  /** Whether a message is a dead letter of every group, though it is still in the stream. */
  boolean hasFailed(long sequence) {
    return failed.contains(sequence);
  }

  /** How many {@link #hasFailed have failed} below a sequence. */
  int failedBelow(long sequence) {
    return failed.subSet(trimmer.keptFrom(), Math.max(trimmer.keptFrom(), sequence)).size();
  }

  /** A message has left the stream. */
  void left(long sequence) {
    failed.remove(sequence);
  }

  /**
   * Settles entries of a group by letters, from the first on, until there is no room for one.
   *
   * @param over the consumer's link
   * @param to the queue of the letters
   * @return how many of the entries are settled; a message that has its letter needs no room
   */
  synchronized int write(Link over, RedisQueue to, Group by, List<Letter> letters) {
    failed.headSet(trimmer.keptFrom()).clear();
    List<Work> works = letters.stream().map(letter -> new Work(by, letter)).toList();
    int wanted = (int) works.stream().filter(work -> !work.known).count();
    int room = to.letterIntake().reserve(wanted);
    int before = room;
    int end = 0;
    while (end < works.size() && (works.get(end).known || room-- > 0)) {
      end++;
    }
    long writtenBefore = written;
    try {
      return end == 0 ? 0 : write(over, to, works.subList(0, end));
    } finally {
      to.room().giveBack(before - (int) (written - writtenBefore));
    }
  }

  /** One writer at a time; what it may have written stays until it knows. */
  private int write(Link over, RedisQueue to, List<Work> works) {
    int[] settled = {0};
    to.letterIntake()
        .write(
            this,
            () -> {
              floor = to.highest();
              try {
                // No group is made and nothing is trimmed meanwhile.
                trimmer.holding(() -> settled[0] = writeAlone(over, to, works));
              } finally {
                floor = NOTHING_UNDERWAY;
              }
            });
    return settled[0];
  }

  private int writeAlone(Link over, RedisQueue to, List<Work> works) {
    works.forEach(Work::lookAtOthers);
    int[] tries = new int[1];
    List<Outcome> outcomes = over.retry(() -> ask(over, to, works, tries[0]++ > 0));
    int settled = works.size();
    for (int i = works.size() - 1; i >= 0; i--) {
      if (outcomes.get(i).code() == NO_STREAM) {
        settled = i;
      } else {
        settle(works.get(i), to, outcomes.get(i));
      }
    }
    return settled;
  }

  /**
   * @param again whether a try before may have done it, whose answer was lost
   */
  private List<Outcome> ask(Link over, RedisQueue to, List<Work> works, boolean again) {
    String queue = works.get(0).letter.told().queue();
    Map<Long, byte[]> before = again ? writtenSince(over, to, queue) : Map.of();
    for (Work work : works) {
      if (work.known) {
        over.send(XACK, stream, work.by.key, work.letter.id());
      } else {
        over.send(EVAL, script(work, to.stream()));
      }
    }
    List<Object> replies = over.replies(works.size());
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      if (replies.get(i) instanceof JedisDataException e) {
        throw e;
      }
      outcomes.add(outcome(over, works.get(i), replies.get(i), again, before));
    }
    return outcomes;
  }

  private Outcome outcome(
      Link over, Work work, Object reply, boolean again, Map<Long, byte[]> before) {
    Outcome told = work.known ? new Outcome(((Long) reply).intValue(), null) : Outcome.of(reply);
    byte[] id = before.get(work.letter.sequence());
    boolean wasDone = work.known ? again : id != null;
    if (told.code() != NOT_PENDING || !wasDone) {
      return told;
    }
    return new Outcome(isInStream(over, work.letter.id()) ? WRITTEN : WRITTEN_AND_LEFT, id);
  }

  /** The IDs of the letters of a queue that tries of this writing have written. */
  private Map<Long, byte[]> writtenSince(Link over, RedisQueue to, String queue) {
    Map<Long, byte[]> ids = new HashMap<>();
    var newest = (List<?>) over.call(XRANGE, to.stream(), Ids.idAfter(floor), Args.LAST);
    for (Object each : newest) {
      List<?> entry = (List<?>) each;
      DeadLetter told = LetterFields.read((List<?>) entry.get(1));
      if (told.queue().equals(queue)) {
        ids.put(told.sequence(), (byte[]) entry.get(0));
      }
    }
    return ids;
  }

  private boolean isInStream(Link over, byte[] id) {
    return !((List<?>) over.call(XRANGE, stream, id, id)).isEmpty();
  }

  private void settle(Work work, RedisQueue to, Outcome outcome) {
    if (outcome.code() == NOT_PENDING) {
      return; // another consumer acknowledged it a moment ago
    }
    long sequence = work.letter.sequence();
    work.by.settled.incrementAndGet();
    work.by.over(sequence);
    if (!work.known) {
      to.letterIntake().joined(outcome.id(), work.letter.payload().length);
      written++;
    }
    if (work.failure && !work.known) {
      failedCount++;
      if (outcome.code() == WRITTEN) {
        failed.add(sequence);
      }
    }
    if (outcome.code() == WRITTEN_AND_LEFT && !work.known) {
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

  private byte[][] script(Work work, byte[] letters) {
    List<byte[]> fields = new ArrayList<>();
    fields.add(LetterFields.PAYLOAD);
    fields.add(work.letter.payload());
    if (work.letter.key() != null) {
      fields.add(Args.KEY_FIELD);
      fields.add(Args.bytes(work.letter.key()));
    }
    LetterFields.add(fields, work.letter.told());
    List<byte[]> args = new ArrayList<>();
    args.add(SCRIPT);
    args.add(TWO_KEYS);
    args.add(stream);
    args.add(letters);
    args.add(work.by.key);
    args.add(work.letter.id());
    args.add(Args.bytes(fields.size()));
    args.add(work.mayLeave() ? LEAVE : STAY);
    args.addAll(fields);
    work.others.forEach(group -> args.add(group.key));
    return args.toArray(byte[][]::new);
  }
}
