package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EVAL;
import static redis.clients.jedis.Protocol.Command.EXEC;
import static redis.clients.jedis.Protocol.Command.MULTI;
import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Appends a producer's messages to a stream by pipelines of {@code XADD}. For one thread at a time,
 * but for {@link #floor()}.
 *
 * <p>A message is one field, whose name is this producer's number in the queue. So a pipeline whose
 * answers are lost with the connection is neither lost nor sent twice: Redis executes a
 * connection's commands in their order, hence some first part of the pipeline has arrived, and the
 * messages of this producer's name after the last one it knows of say how many. The rest is sent
 * again. They cannot have been trimmed by then: {@link Trimmer.Floor}.
 */
final class Pipeline implements Trimmer.Floor {
  /** What {@link #replay} answers of a letter that is not pending. */
  static final long NONE = -1;

  /**
   * Settles a letter and sends its message again, with its key, or does neither, where it is not
   * pending or one of the streams is gone. The first line is for older servers, as in {@link
   * LetterWriter}.
   */
  private static final byte[] REPLAY =
      Args.bytes(
          """
          redis.replicate_commands()
          if redis.call('EXISTS', KEYS[2]) == 0 then return false end
          local letter = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
          if not letter then return false end
          if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return false end
          local fields = {ARGV[3], letter[2][2]}
          if letter[2][3] == 'k' then
            fields[3], fields[4] = 'k', letter[2][4]
          end
          if ARGV[4] ~= '' then
            fields[#fields + 1] = 'g'
            fields[#fields + 1] = ARGV[4]
          end
          return redis.call('XADD', KEYS[2], '*', unpack(fields))
          """);

  private static final byte[] TWO = Args.bytes("2");
  private static final int MOST_PIPELINED = 1024;
  private static final int MOST_PIPELINED_BYTES = 4 << 20;
  private static final int PAGE = 256;
  private static final long NOTHING_UNDERWAY = Long.MAX_VALUE;

  /** Redis took none of a pipeline's messages, and may take them later. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private final RedisQueue queue;
  private final Room room;
  private final Link link;
  private final byte[] field;
  private final byte[][] payloads;
  private final Long[] keys; // null for none
  private long last; // the highest sequence that is surely below the next message's
  private volatile long floor = NOTHING_UNDERWAY;

  /**
   * @param number of the producer, unlike that of any other of the queue
   */
  Pipeline(RedisQueue queue, Link link, long number) {
    this.queue = queue;
    this.room = queue.room();
    this.link = link;
    this.field = Args.bytes(Long.toString(number, Character.MAX_RADIX));
    int largest = Math.max(1, queue.config().maxPayloadBytes());
    int capacity = Math.max(1, Math.min(MOST_PIPELINED, MOST_PIPELINED_BYTES / largest));
    this.payloads = new byte[capacity][0];
    this.keys = new Long[capacity];
    this.last = queue.highest();
  }

  /** Most messages at once. */
  int capacity() {
    return payloads.length;
  }

  @Override
  public long floor() {
    return floor;
  }

  /**
   * Keeps a payload until Redis has confirmed it; the array of one of the same length is reused.
   */
  void keep(int index, ByteBuffer payload, Long key) {
    if (payloads[index].length != payload.remaining()) {
      payloads[index] = new byte[payload.remaining()];
    }
    payload.get(payloads[index]);
    keys[index] = key;
  }

  /**
   * Sends the payloads from {@code from} on and below {@code to}, for which room is reserved.
   *
   * @return the last one's sequence
   * @throws RefusedException if Redis takes none of them for the moment
   */
  long transmit(int from, int to) {
    if (from == to) {
      return last;
    }
    floor = below();
    int next = from;
    try {
      while (next < to) {
        try {
          send(next, to);
          next += confirm(link.replies(to - next + 2));
        } catch (JedisConnectionException e) {
          link.reconnect(e);
          next += link.retry(this::arrived);
        }
      }
    } finally {
      long bytes = 0;
      for (int i = from; i < next; i++) {
        bytes += payloads[i].length;
      }
      note(next - from, bytes, to - next);
    }
    return last;
  }

  /** What was confirmed before a message is sent lies below it, whoever sent that. */
  private long below() {
    return Math.max(last, queue.highest());
  }

  /** Of the messages that room was reserved for, some were sent and others were not. */
  private void note(int sent, long bytes, int unsent) {
    queue.sawSent(last);
    room.sent(sent, bytes);
    room.giveBack(unsent);
    floor = NOTHING_UNDERWAY;
    queue.trimmer().arrived(link, sent, queue.health());
  }

  /**
   * Where a dead letter lies.
   *
   * @param stream of the letters' queue
   * @param group by its key there, in which it is pending
   * @param id of the letter
   * @param bytes of its payload
   * @param settling held while it is settled, so that nobody takes it out meanwhile
   */
  record Source(byte[] stream, byte[] group, byte[] id, int bytes, Lock settling) {}

  /**
   * Sends the message of a dead letter again, for which room is reserved, and settles the letter,
   * in one step: both, or neither. Its payload stays in Redis.
   *
   * @param target the only group that is to see it, or null for all
   * @return its sequence, or {@link #NONE} if the letter is not pending
   * @throws RefusedException as {@link #transmit}
   */
  long replay(Source letter, String target) {
    floor = below();
    int sent = 0;
    try {
      letter.settling().lock();
      try {
        sent = replayOnce(letter, target);
      } finally {
        letter.settling().unlock();
      }
    } finally {
      note(sent, (long) sent * letter.bytes(), 1 - sent);
    }
    return sent == 0 ? NONE : last;
  }

  private int replayOnce(Source letter, String target) {
    byte[] only = target == null ? new byte[0] : Args.bytes(target);
    while (true) {
      try {
        Object id =
            link.call(
                EVAL,
                REPLAY,
                TWO,
                letter.stream(),
                queue.stream(),
                letter.group(),
                letter.id(),
                field,
                only);
        if (id == null) {
          return 0;
        }
        last = Ids.sequence((byte[]) id);
        return 1;
      } catch (JedisConnectionException e) {
        link.reconnect(e);
        if (link.retry(this::arrived) > 0) {
          return 1;
        }
      } catch (JedisDataException e) {
        if (!isRelieved(e)) {
          throw refusal(e);
        }
      }
    }
  }

  /** Whether Redis had no memory, and may have some now. */
  private boolean isRelieved(JedisDataException refusal) {
    return Refusal.isOfMemory(refusal) && queue.relief().makeRoom();
  }

  /** In one transaction: so Redis takes all of them or, where it has no memory, none. */
  private void send(int from, int to) {
    link.send(MULTI);
    for (int i = from; i < to; i++) {
      link.send(XADD, message(i));
    }
    link.send(EXEC);
  }

  private byte[][] message(int index) {
    List<byte[]> args = new ArrayList<>(7);
    args.add(queue.stream());
    args.add(Args.NOMKSTREAM);
    args.add(Args.AUTO_ID);
    args.add(field);
    args.add(payloads[index]);
    if (keys[index] != null) {
      args.add(Args.KEY_FIELD);
      args.add(Args.bytes(keys[index]));
    }
    return args.toArray(byte[][]::new);
  }

  /** Returns how many Redis has taken: all, or none where it may take them now. */
  private int confirm(List<Object> replies) {
    JedisDataException refusal = null;
    for (Object reply : replies) {
      if (reply instanceof JedisDataException e && refusal == null) {
        refusal = e;
      }
    }
    if (refusal != null) {
      if (isRelieved(refusal)) {
        return 0;
      }
      throw refusal(refusal);
    }
    List<?> ids = (List<?>) replies.get(replies.size() - 1);
    if (ids.contains(null)) {
      throw queue.streamGone();
    }
    last = Ids.sequence((byte[]) ids.get(ids.size() - 1));
    return ids.size();
  }

  private RuntimeException refusal(JedisDataException refusal) {
    return Refusal.isForTheMoment(refusal)
        ? new RefusedException(
            "Redis at " + queue.redis() + " refused a message: " + refusal.getMessage())
        : link.refused(refusal);
  }

  /** Counts this producer's messages after the last one that it knows of. */
  private int arrived() {
    int found = 0;
    long highest = last;
    byte[] from = Ids.idAfter(last);
    List<?> page;
    do {
      page =
          (List<?>)
              link.call(XRANGE, queue.stream(), from, Args.LAST, Args.COUNT, Args.bytes(PAGE));
      for (Object each : page) {
        List<?> entry = (List<?>) each;
        long sequence = Ids.sequence((byte[]) entry.get(0));
        if (Arrays.equals((byte[]) ((List<?>) entry.get(1)).get(0), field)) {
          highest = sequence;
          found++;
        }
        from = Ids.idAfter(sequence);
      }
    } while (page.size() == PAGE);
    last = highest;
    return found;
  }
}
