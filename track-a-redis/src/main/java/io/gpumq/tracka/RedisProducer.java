package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.EXEC;
import static redis.clients.jedis.Protocol.Command.MULTI;
import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.spi.Deadline;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Appends to a stream by pipelines of {@code XADD}. One connection of its own.
 *
 * <p>A message is one field, whose name is this producer's number in the queue. So a pipeline whose
 * answers are lost with the connection is neither lost nor sent twice: Redis executes a
 * connection's commands in their order, hence some first part of the pipeline has arrived, and the
 * messages of this producer's name after the last one it knows of say how many. The rest is sent
 * again. They cannot have been trimmed by then: {@link Trimmer.Floor}.
 */
final class RedisProducer implements Producer, Trimmer.Floor {
  private static final int MOST_PIPELINED = 1024;
  private static final int MOST_PIPELINED_BYTES = 4 << 20;
  private static final int PAGE = 256;
  private static final long NOTHING_UNDERWAY = Long.MAX_VALUE;
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final RedisQueue queue;
  private final Room room;
  private final Link link;
  private final byte[] field;
  private final ByteBuffer slot;
  private final byte[][] payloads; // of the pipeline
  private final Long[] keys; // likewise, null for none
  private String target; // the only group that is to see the message being sent, or null
  private boolean writing;
  private long last; // the highest sequence that is surely below the next message's
  private volatile long floor = NOTHING_UNDERWAY;
  private volatile boolean closed;

  RedisProducer(RedisQueue queue, Link link, long number) {
    int slotBytes = queue.config().slotBytes();
    this.queue = queue;
    this.room = queue.room();
    this.link = link;
    this.field = Args.bytes(Long.toString(number, Character.MAX_RADIX));
    this.slot = ByteBuffer.allocate(slotBytes);
    this.payloads = new byte[Math.min(MOST_PIPELINED, MOST_PIPELINED_BYTES / slotBytes)][0];
    this.keys = new Long[payloads.length];
    this.last = queue.highest();
  }

  @Override
  public long floor() {
    return floor;
  }

  // ---- one message

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, null, null, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, key, null, timeout);
  }

  /**
   * Sends one message, waiting for room.
   *
   * @param key null for none
   * @param group the only one that is to see it, or null for all
   */
  long send(ByteBuffer payload, Long key, String group, Duration timeout)
      throws InterruptedException {
    require(payload);
    Deadline.require("timeout", timeout);
    Deadline deadline = Deadline.after(timeout);
    while (true) {
      if (awaitRoom(1, deadline, 0) == 0) {
        throw full(timeout, 0);
      }
      target = group;
      try {
        return sendReserved(payload, key);
      } catch (RefusedException e) {
        awaitBetter(e, deadline, 0);
      } finally {
        target = null;
      }
    }
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return trySend(payload, null);
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return trySend(payload, (Long) key);
  }

  private long trySend(ByteBuffer payload, Long key) {
    require(payload);
    try {
      return reserve(1) == 0 ? FULL : sendReserved(payload, key);
    } catch (RefusedException e) {
      return FULL; // for now: there is no room in Redis
    }
  }

  private long sendReserved(ByteBuffer payload, Long key) {
    keep(0, payload.duplicate(), key);
    transmit(1);
    return last;
  }

  private void require(ByteBuffer payload) {
    requireOpen();
    if (payload.remaining() > slot.capacity()) {
      throw new PayloadTooLargeException(
          "payload of " + payload.remaining() + " bytes: must be at most " + slot.capacity());
    }
  }

  // ---- batches

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    requireBatch(count);
    Deadline.require("timeout", timeout);
    Deadline deadline = Deadline.after(timeout);
    for (int sent = 0; sent < count; ) {
      int reserved = awaitRoom(Math.min(count - sent, payloads.length), deadline, sent);
      if (reserved == 0) {
        throw full(timeout, sent);
      }
      int written = write(sent, reserved, writer);
      for (boolean isSent = false; !isSent; ) {
        try {
          transmit(written);
          isSent = true;
        } catch (RefusedException e) {
          awaitBetter(e, deadline, sent);
          if (awaitRoom(written, deadline, sent) < written) {
            throw full(timeout, sent);
          }
        }
      }
      sent += reserved;
    }
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    requireBatch(count);
    int sent = 0;
    while (sent < count) {
      int reserved = reserve(Math.min(count - sent, payloads.length));
      if (reserved == 0) {
        break;
      }
      int written = write(sent, reserved, writer);
      try {
        transmit(written);
      } catch (RefusedException e) {
        break; // for now: there is no room in Redis
      }
      sent += reserved;
    }
    return sent;
  }

  private void requireBatch(int count) {
    requireOpen();
    if (count < 0) {
      throw new ConfigException("batch of " + count + " messages: must be 0 or more");
    }
  }

  /**
   * Writes a part of a batch, to be sent; what was written before the writer throws is sent here.
   *
   * @return {@code count}
   */
  private int write(int from, int count, PayloadWriter writer) {
    int written = 0;
    writing = true;
    try {
      for (; written < count; written++) {
        slot.clear().order(ByteOrder.BIG_ENDIAN);
        writer.write(from + written, slot);
        keep(written, slot.flip(), null);
      }
      return count;
    } finally {
      writing = false;
      if (written < count) {
        room.giveBack(count - written);
        transmit(written);
      }
    }
  }

  /**
   * Keeps a payload until Redis has confirmed it; the array of one of the same length is reused.
   */
  private void keep(int index, ByteBuffer payload, Long key) {
    if (payloads[index].length != payload.remaining()) {
      payloads[index] = new byte[payload.remaining()];
    }
    payload.get(payloads[index]);
    keys[index] = key;
  }

  // ---- room

  /** Takes room for up to {@code wanted} messages, trimming where there seems to be none. */
  private int reserve(int wanted) {
    int reserved = room.reserve(wanted);
    if (reserved == 0) {
      queue.trimmer().tryTrim(link);
      reserved = room.reserve(wanted);
    }
    return reserved;
  }

  private int awaitRoom(int wanted, Deadline deadline, int accepted) throws InterruptedException {
    while (true) {
      long heard = queue.health().rings();
      requireOpen();
      int reserved = reserve(wanted);
      if (reserved > 0 || deadline.isPassed()) {
        return reserved;
      }
      await(heard, deadline, accepted);
    }
  }

  private void await(long heard, Deadline deadline, int accepted) throws InterruptedException {
    try {
      queue.health().await(heard, Math.min(deadline.remainingNanos(), LONGEST_WAIT_NANOS));
    } catch (InterruptedException e) {
      throw new SendInterruptedException(accepted);
    }
  }

  /** Redis takes nothing for the moment: waits a little, if there is time. */
  private void awaitBetter(RefusedException refusal, Deadline deadline, int accepted)
      throws InterruptedException {
    if (deadline.isPassed()) {
      throw new QueueFullException(refusal.getMessage(), accepted);
    }
    await(queue.health().rings(), deadline, accepted);
  }

  private QueueFullException full(Duration timeout, int accepted) {
    return new QueueFullException(
        "queue "
            + queue.name()
            + ": no room for "
            + timeout
            + ", it keeps "
            + queue.config().capacity()
            + " messages that some group has not settled; "
            + queue.holder(link),
        accepted);
  }

  // ---- the pipeline

  /** Sends the first {@code count} payloads, for which room is reserved. */
  private void transmit(int count) {
    if (count == 0) {
      return;
    }
    floor = last;
    int sent = 0;
    try {
      while (sent < count) {
        try {
          pipeline(sent, count);
          sent += confirm(link.replies(count - sent + 2));
        } catch (JedisConnectionException e) {
          link.reconnect(e);
          sent += link.retry(this::arrived);
        }
      }
    } finally {
      long bytes = 0;
      for (int i = 0; i < sent; i++) {
        bytes += payloads[i].length;
      }
      queue.sawSent(last);
      room.sent(sent, bytes);
      room.giveBack(count - sent);
      floor = NOTHING_UNDERWAY;
    }
  }

  /** In one transaction: so Redis takes all of them or, where it has no memory, none. */
  private void pipeline(int from, int to) {
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
      if (isForTheMoment(refusal)) {
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

  /** Out of memory, or of disk to save to: may be over soon, and has lost nothing. */
  private static boolean isForTheMoment(JedisDataException refusal) {
    String why = refusal.getMessage();
    return why.startsWith("OOM") || why.startsWith("MISCONF") || why.startsWith("NOREPLICAS");
  }

  /** Redis took none of a pipeline's messages, and may take them later. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
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

  // ---- open and closed

  private void requireOpen() {
    if (writing) {
      throw new IllegalStateException(
          "a writer sends by the producer that it writes for: open another producer for that");
    }
    queue.health().requireIntake();
    if (closed) {
      throw new QueueClosedException("this producer of queue " + queue.name() + " is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      queue.left(this, link);
    }
  }
}
