package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.XACK;
import static redis.clients.jedis.Protocol.Command.XDEL;
import static redis.clients.jedis.Protocol.Command.XLEN;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.DeadLetter.Cause;
import io.gpumq.api.DeadLetters;
import io.gpumq.api.TrackFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The dead letters: a stream of their own in Redis, and once the queue is closed a list of this
 * process. Rarely used, so everything happens under one lock.
 */
final class Letters implements DeadLetters {
  /**
   * Settles a message and writes its letter, both or neither, so that asking again after a lost
   * answer does no harm. The first line lets older servers log what was written rather than the
   * script.
   */
  private static final byte[] WRITE =
      Args.bytes(
          """
          redis.replicate_commands()
          if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
          redis.call('XADD', KEYS[2], '*', 's', ARGV[3], 'c', ARGV[4], 'r', ARGV[5],
              'n', ARGV[6], 'g', ARGV[7], 'p', ARGV[8])
          return 1
          """);

  private static final byte[] TWO_KEYS = Args.bytes("2");

  private final Link link;
  private final Health health;
  private final Trimmer trimmer;
  private final byte[] stream;
  private final byte[] key;
  private final int capacity;
  private final TreeSet<Long> failed = new TreeSet<>(); // whose letter is written, still in stream
  private long failedCount;
  private long taken;
  private volatile int count;
  private List<DeadLetter> kept; // once the queue is closed
  private String lost; // why there is no such list

  /**
   * @param link used under this object's lock alone
   */
  Letters(Link link, Health health, Trimmer trimmer, byte[] stream, byte[] key, int capacity) {
    this.link = link;
    this.health = health;
    this.trimmer = trimmer;
    this.stream = stream;
    this.key = key;
    this.capacity = capacity;
  }

  boolean hasRoom() {
    return count < capacity;
  }

  /** How many letters were ever written. */
  synchronized long written() {
    return taken + count;
  }

  /** Messages whose handler failed at each attempt. */
  synchronized long failedMessages() {
    return failedCount;
  }

  /**
   * Settles messages of a group by letters, as many as there is room for, from the first on. A
   * message whose handler failed for another group too has its letter already.
   *
   * @param over the consumer's link
   * @return how many of them are settled
   */
  synchronized int write(Link over, Group group, List<byte[]> ids, List<DeadLetter> letters) {
    failed.headSet(trimmer.lowWater()).clear();
    boolean[] known = new boolean[letters.size()];
    int room = capacity - count;
    int planned = 0;
    for (DeadLetter letter : letters) {
      known[planned] = letter.cause() == Cause.HANDLER_FAILED && failed.contains(letter.sequence());
      if (!known[planned] && room-- == 0) {
        break;
      }
      planned++;
    }
    int settling = planned;
    if (settling > 0) {
      int[] tries = new int[1];
      over.retry(() -> writeOnce(over, group, ids, letters, known, settling, tries));
      health.ring();
    }
    return settling;
  }

  private Void writeOnce(
      Link over,
      Group group,
      List<byte[]> ids,
      List<DeadLetter> letters,
      boolean[] known,
      int settling,
      int[] tries) {
    boolean again = tries[0]++ > 0;
    for (int i = 0; i < settling; i++) {
      if (known[i]) {
        over.send(XACK, stream, group.key, ids.get(i));
      } else {
        over.send(EVAL, script(group, ids.get(i), letters.get(i)));
      }
    }
    List<Object> replies = over.replies(settling);
    if (again) {
      count = ((Long) over.call(XLEN, key)).intValue();
    }
    for (int i = 0; i < settling; i++) {
      if (replies.get(i) instanceof JedisDataException e) {
        throw e;
      }
      // After a lost answer, what is settled already was settled by the first try.
      if (again || (Long) replies.get(i) == 1) {
        group.settled.incrementAndGet();
        group.refused.remove(letters.get(i).sequence());
        if (!known[i]) {
          count += again ? 0 : 1;
          if (letters.get(i).cause() == Cause.HANDLER_FAILED) {
            failed.add(letters.get(i).sequence());
            failedCount++;
          }
        }
      }
    }
    return null;
  }

  private byte[][] script(Group group, byte[] id, DeadLetter letter) {
    return new byte[][] {
      WRITE,
      TWO_KEYS,
      stream,
      key,
      group.key,
      id,
      Args.bytes(letter.sequence()),
      Args.bytes(letter.cause().name()),
      letter.reason().getBytes(UTF_8),
      Args.bytes(letter.count()),
      Args.bytes(letter.group()),
      letter.payload()
    };
  }

  @Override
  public synchronized int size() {
    return count;
  }

  @Override
  public synchronized List<DeadLetter> peek(int max) {
    requirePositive(max);
    if (kept != null) {
      return List.copyOf(kept.subList(0, Math.min(max, kept.size())));
    }
    requireNotLost();
    return link.retry(() -> letters(range(link, max)));
  }

  @Override
  public synchronized List<DeadLetter> take(int max) {
    requirePositive(max);
    List<DeadLetter> letters;
    if (kept != null) {
      List<DeadLetter> oldest = kept.subList(0, Math.min(max, kept.size()));
      letters = List.copyOf(oldest);
      oldest.clear();
    } else {
      requireNotLost();
      List<?> entries = link.retry(() -> range(link, max));
      letters = letters(entries);
      if (!entries.isEmpty()) {
        link.retry(() -> delete(entries));
      }
    }
    count -= letters.size();
    taken += letters.size();
    health.ring(); // groups that are held back
    return letters;
  }

  /** Deleting what is deleted does no harm. */
  private Object delete(List<?> entries) {
    byte[][] args = new byte[1 + entries.size()][];
    args[0] = key;
    for (int i = 0; i < entries.size(); i++) {
      args[1 + i] = (byte[]) ((List<?>) entries.get(i)).get(0);
    }
    return link.call(XDEL, args);
  }

  /** Brings the letters into this process: the queue's keys are about to go. */
  synchronized void keep(Link over) {
    kept = new ArrayList<>(letters(range(over, Integer.MAX_VALUE)));
    count = kept.size();
  }

  /** The letters could not be brought here. */
  synchronized void lose(String why) {
    lost = why;
  }

  private void requireNotLost() {
    if (lost != null) {
      throw new TrackFailedException(lost);
    }
  }

  private static void requirePositive(int max) {
    if (max < 1) {
      throw new ConfigException("max " + max + " of dead letters: must be at least 1");
    }
  }

  private List<?> range(Link over, int max) {
    return (List<?>) over.call(XRANGE, key, Args.FIRST, Args.LAST, Args.COUNT, Args.bytes(max));
  }

  private static List<DeadLetter> letters(List<?> entries) {
    return entries.stream().map(entry -> letter((List<?>) ((List<?>) entry).get(1))).toList();
  }

  /** Values are at the odd places, in the order of the script. */
  private static DeadLetter letter(List<?> fields) {
    return new DeadLetter(
        Long.parseLong(Args.text(fields.get(1))),
        Cause.valueOf(Args.text(fields.get(3))),
        new String((byte[]) fields.get(5), UTF_8),
        Integer.parseInt(Args.text(fields.get(7))),
        Args.text(fields.get(9)),
        (byte[]) fields.get(11));
  }
}
