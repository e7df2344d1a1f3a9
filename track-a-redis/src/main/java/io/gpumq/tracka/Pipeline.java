package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EXEC;
import static redis.clients.jedis.Protocol.Command.MULTI;
import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private String target; // the only group that is to see what is being sent, or null
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
    int capacity = Math.min(MOST_PIPELINED, MOST_PIPELINED_BYTES / largest);
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
   * @param group the only one that is to see them, or null for all
   * @return the last one's sequence
   * @throws RefusedException if Redis takes none of them for the moment
   */
  long transmit(int from, int to, String group) {
    if (from == to) {
      return last;
    }
    target = group;
    floor = last;
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
      queue.sawSent(last);
      room.sent(next - from, bytes);
      room.giveBack(to - next);
      floor = NOTHING_UNDERWAY;
    }
    return last;
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
    List<byte[]> args = new ArrayList<>(9);
    args.add(queue.stream());
    args.add(Args.NOMKSTREAM);
    args.add(Args.AUTO_ID);
    args.add(field);
    args.add(payloads[index]);
    if (keys[index] != null) {
      args.add(Args.KEY_FIELD);
      args.add(Args.bytes(keys[index]));
    }
    if (target != null) {
      args.add(Args.TARGET_FIELD);
      args.add(Args.bytes(target));
    }
    return args.toArray(byte[][]::new);
  }

  private int confirm(List<Object> replies) {
    JedisDataException refusal = null;
    for (Object reply : replies) {
      if (reply instanceof JedisDataException e && refusal == null) {
        refusal = e;
      }
    }
    if (refusal != null) {
      if (Refusal.isForTheMoment(refusal)) {
        throw new RefusedException(
            "Redis at " + queue.redis() + " refused a message: " + refusal.getMessage());
      }
      throw link.refused(refusal);
    }
    List<?> ids = (List<?>) replies.get(replies.size() - 1);
    if (ids.contains(null)) {
      throw queue.streamGone();
    }
    last = Ids.sequence((byte[]) ids.get(ids.size() - 1));
    return ids.size();
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
