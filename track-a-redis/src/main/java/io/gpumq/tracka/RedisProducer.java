package io.gpumq.tracka;

import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XRANGE;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.nio.ByteBuffer;
import java.time.Duration;
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
    this.last = queue.highest();
  }

  @Override
  public long floor() {
    return floor;
  }

  // ---- one message

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    require(payload);
    if (awaitRoom(1, Deadline.in(timeout)) == 0) {
      throw full(timeout, 0);
    }
    return sendReserved(payload);
  }

  @Override
  public long trySend(ByteBuffer payload) {
    require(payload);
    return reserve(1) == 0 ? FULL : sendReserved(payload);
  }

  private long sendReserved(ByteBuffer payload) {
    keep(0, payload.duplicate());
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
    long deadline = Deadline.in(timeout);
    for (int sent = 0; sent < count; ) {
      int reserved = awaitRoom(Math.min(count - sent, payloads.length), deadline);
      if (reserved == 0) {
        throw full(timeout, sent);
      }
      write(sent, reserved, writer);
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
      write(sent, reserved, writer);
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

  /** Writes and sends a part of a batch; what was written before the writer throws is sent. */
  private void write(int from, int count, PayloadWriter writer) {
    int written = 0;
    try {
      for (; written < count; written++) {
        slot.clear();
        writer.write(from + written, slot);
        keep(written, slot.flip());
      }
    } finally {
      room.giveBack(count - written);
      transmit(written);
    }
  }

  /**
   * Keeps a payload until Redis has confirmed it; the array of one of the same length is reused.
   */
  private void keep(int index, ByteBuffer payload) {
    if (payloads[index].length != payload.remaining()) {
      payloads[index] = new byte[payload.remaining()];
    }
    payload.get(payloads[index]);
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

  private int awaitRoom(int wanted, long deadline) throws InterruptedException {
    while (true) {
      long heard = queue.health().rings();
      requireOpen();
      int reserved = reserve(wanted);
      long left = deadline - System.nanoTime();
      if (reserved > 0 || left <= 0) {
        return reserved;
      }
      queue.health().await(heard, Math.min(left, LONGEST_WAIT_NANOS));
    }
  }

  private QueueFullException full(Duration timeout, int accepted) {
    return new QueueFullException(
        "queue "
            + queue.name()
            + ": no room for "
            + timeout
            + ", it keeps "
            + queue.config().capacity()
            + " messages that some group has not acknowledged; acknowledge them or wait",
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
          sent += confirm(link.replies(count - sent));
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

  private void pipeline(int from, int to) {
    for (int i = from; i < to; i++) {
      link.send(XADD, queue.stream(), Args.NOMKSTREAM, Args.AUTO_ID, field, payloads[i]);
    }
  }

  private int confirm(List<Object> replies) {
    for (Object reply : replies) {
      if (reply instanceof JedisDataException e) {
        throw link.refused(e);
      }
      if (reply == null) {
        throw queue.streamGone();
      }
    }
    last = Ids.sequence((byte[]) replies.get(replies.size() - 1));
    return replies.size();
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
