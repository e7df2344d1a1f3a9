package io.gpumq.tracka;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Writes messages into a pipeline, waits for room, sends. One connection of its own. */
final class RedisProducer implements Producer {
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final RedisQueue queue;
  private final Room room;
  private final Link link;
  private final ByteBuffer slot;
  private final Pipeline pipeline;
  private boolean writing;
  private final Entrance entrance = new Entrance(this::end);

  RedisProducer(RedisQueue queue, Link link, long number) {
    int maxPayloadBytes = queue.config().maxPayloadBytes();
    this.queue = queue;
    this.room = queue.room();
    this.link = link;
    this.slot = ByteBuffer.allocate(maxPayloadBytes);
    this.pipeline = new Pipeline(queue, link, number);
  }

  Trimmer.Floor floor() {
    return pipeline;
  }

  // ---- one message

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, null, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(payload, Long.valueOf(key), timeout);
  }

  /**
   * Sends one message, waiting for room.
   *
   * @param key null for none
   */
  private long send(ByteBuffer payload, Long key, Duration timeout) throws InterruptedException {
    return awaiting(
        timeout,
        () -> {
          require(payload);
          return sendReserved(payload, key);
        });
  }

  /**
   * Sends the message of a dead letter again, waiting for room, as {@link Pipeline#replay}.
   *
   * @param target the only group that is to see it, or null for all
   */
  long replay(Pipeline.Source letter, String target, Duration timeout) throws InterruptedException {
    return awaiting(
        timeout,
        () -> {
          require(letter.bytes());
          return pipeline.replay(letter, target);
        });
  }

  /** Sends one message when there is room. */
  private long awaiting(Duration timeout, LongSupplier sending) throws InterruptedException {
    Deadline.require("timeout", timeout);
    return inside(
        () -> {
          Deadline deadline = Deadline.after(timeout);
          while (true) {
            requireRoom(1, deadline, timeout, 0);
            try {
              return sending.getAsLong();
            } catch (Pipeline.RefusedException e) {
              awaitBetter(e, deadline, 0);
            }
          }
        });
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
    return inside(
        () -> {
          require(payload);
          try {
            return reserve(1) == 0 ? FULL : sendReserved(payload, key);
          } catch (Pipeline.RefusedException e) {
            return FULL; // for now: there is no room in Redis
          }
        });
  }

  private long sendReserved(ByteBuffer payload, Long key) {
    pipeline.keep(0, payload.duplicate(), key);
    return pipeline.transmit(0, 1);
  }

  private void require(ByteBuffer payload) {
    require(payload.remaining());
  }

  private void require(int bytes) {
    if (bytes > slot.capacity()) {
      throw new PayloadTooLargeException(
          "payload of "
              + bytes
              + " bytes: must be at most "
              + slot.capacity()
              + ", the largest of queue '"
              + queue.name()
              + "'; send less, or open it for larger ones");
    }
  }

  // ---- batches

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    requireBatch(count);
    Deadline.require("timeout", timeout);
    inside(
        () -> {
          Deadline deadline = Deadline.after(timeout);
          for (int sent = 0; sent < count; ) {
            int most = Math.min(count - sent, pipeline.capacity());
            int written = write(sent, requireRoom(most, deadline, timeout, sent), writer);
            transmit(written, deadline, timeout, sent);
            sent += written;
          }
          return null;
        });
  }

  /** Sends what is written; in parts, where Redis has refused it and others took the room since. */
  private void transmit(int written, Deadline deadline, Duration timeout, int before)
      throws InterruptedException {
    for (int from = 0, to = written; from < written; ) {
      try {
        pipeline.transmit(from, to);
        from = to;
      } catch (Pipeline.RefusedException e) {
        awaitBetter(e, deadline, before + from);
      }
      if (from < written) {
        to = from + requireRoom(written - from, deadline, timeout, before + from);
      }
    }
  }

  /** Waits for room for one message at least; says for how many there is. */
  private int requireRoom(int wanted, Deadline deadline, Duration timeout, int accepted)
      throws InterruptedException {
    int reserved = awaitRoom(wanted, deadline, accepted);
    if (reserved == 0) {
      throw full(timeout, accepted);
    }
    return reserved;
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    requireBatch(count);
    return inside(
        () -> {
          int sent = 0;
          while (sent < count) {
            int reserved = reserve(Math.min(count - sent, pipeline.capacity()));
            if (reserved == 0) {
              break;
            }
            int written = write(sent, reserved, writer);
            try {
              pipeline.transmit(0, written);
            } catch (Pipeline.RefusedException e) {
              break; // for now: there is no room in Redis
            }
            sent += written;
          }
          return sent;
        });
  }

  private static void requireBatch(int count) {
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
        pipeline.keep(written, slot.flip(), null);
      }
      return count;
    } catch (Throwable e) { // the caller's own, whatever becomes of those before it
      int before = written;
      Steps.undo(e, () -> room.giveBack(count - before), () -> pipeline.transmit(0, before));
      throw e;
    } finally {
      writing = false;
    }
  }

  // ---- room

  /** Takes room for up to {@code wanted} messages, trimming where there seems to be none. */
  private int reserve(int wanted) {
    int reserved = room.reserve(wanted);
    if (reserved == 0) {
      queue.trimmer().makeRoom(link);
      reserved = room.reserve(wanted);
    }
    // Asked again behind the reservation: a close stops the intake, then looks what is reserved and
    // waits for that. So either it sees this reservation, or this sees that the intake has stopped.
    try {
      requireOpen();
    } catch (RuntimeException e) {
      room.giveBack(reserved);
      throw e;
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
  private void awaitBetter(Pipeline.RefusedException refusal, Deadline deadline, int accepted)
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
            + queue.room().most()
            + " messages that some group has not settled; "
            + queue.holder(link),
        accepted);
  }

  // ---- open and closed

  /** What one thread at a time does here; any thread may close the producer meanwhile. */
  private <T, E extends Exception> T inside(Entrance.Call<T, E> call) throws E {
    if (writing) {
      throw new IllegalStateException(
          "a writer sends by the producer that it writes for: open another producer for that");
    }
    return entrance.inside(this::requireOpen, call);
  }

  private void requireOpen() {
    queue.health().requireIntake();
    if (entrance.isEnding()) {
      throw new QueueClosedException(
          "this producer of queue '" + queue.name() + "' is closed; open another");
    }
  }

  @Override
  public void close() {
    entrance.end();
    queue.health().ring(); // a call that waits for room
  }

  /** Nobody sends any more: what was on its way has arrived, or is known to be lost. */
  private void end() {
    queue.left(this, link);
  }
}
