package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.SendInterruptedException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.waiting.Sleeper;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Draft;
import io.gpumq.trackb.log.Claimer;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.Reservation;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** Sends to its home lane, and what has a key to the key's. */
final class QueueProducer implements Producer {
  /** Looks in a turn of waiting: some hundred nanoseconds. */
  private static final int LOOKS = 64;

  /** Turns between two attempts to send where nothing is released. */
  private static final int TURNS = 8;

  /** Entries that make an attempt worth the while, and the part of its lane's limit that does. */
  private static final int SOME = 64;

  private static final int PART = 8;

  private final Queue queue;
  private final Lane home;
  private final Draft[] drafts;
  private final LargeSender[] larges;
  private final Backoff backoff = new Backoff();
  private final Sleeper sleeper = new Sleeper();
  private final BooleanSupplier isClosed = this::isClosed; // made once
  private final Deadline deadline = Deadline.after(Duration.ZERO);
  private final Claim claim = new Claim();
  private final Reservation reservation = new Reservation();

  /** Made with the first batch. */
  private BatchSender batch;

  private volatile boolean closed;

  /** What the log asks while it claims for this producer. */
  private final class Claim implements Claimer {
    private long sequence;

    @Override
    public void requireOpen() {
      queue.state().requireOpen();
    }

    @Override
    public void next(long next) {
      sequence = next;
    }
  }

  QueueProducer(Queue queue, int home) {
    this.queue = queue;
    this.home = queue.lane(home);
    drafts = new Draft[queue.config().lanes()];
    larges = new LargeSender[drafts.length];
  }

  private Draft draft(Lane lane) {
    Draft draft = drafts[lane.number()];
    if (draft == null) {
      int largest = Math.min(queue.config().maxPayloadBytes(), RingShape.LARGEST_PAYLOAD);
      draft = new Draft(lane.log().ring(), largest);
      drafts[lane.number()] = draft;
    }
    return draft;
  }

  private LargeSender large(Lane lane) {
    LargeSender large = larges[lane.number()];
    if (large == null) {
      large = new LargeSender(lane);
      larges[lane.number()] = large;
    }
    return large;
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(home, payload, false, 0, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return send(queue.laneOf(key), payload, true, key, timeout);
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return trySend(home, payload, false, 0);
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return trySend(queue.laneOf(key), payload, true, key);
  }

  /** Sends one message, waiting for room. */
  private long send(Lane lane, ByteBuffer payload, boolean hasKey, long key, Duration timeout)
      throws InterruptedException {
    Deadline.require("timeout", timeout);
    long sequence = trySend(lane, payload, hasKey, key);
    if (sequence != FULL) {
      return sequence;
    }
    deadline.restart(timeout);
    backoff.reset();
    while (true) {
      awaitRoom(lane, timeout, 0);
      try {
        sequence = trySend(lane, payload, hasKey, key);
      } finally {
        sleeper.done();
      }
      if (sequence != FULL) {
        return sequence;
      }
    }
  }

  private long trySend(Lane lane, ByteBuffer payload, boolean hasKey, long key) {
    requireLegal(payload);
    requireUsable();
    lane.expect();
    boolean isLarge = payload.remaining() > RingShape.LARGEST_PAYLOAD;
    boolean isSent =
        isLarge
            ? large(lane).trySend(payload, hasKey, key, claim)
            : carry(lane, payload, hasKey, key);
    if (isSent) {
      queue.sent();
      return claim.sequence;
    }
    lane.advance(); // for the next time
    return FULL;
  }

  private boolean carry(Lane lane, ByteBuffer payload, boolean hasKey, long key) {
    Draft draft = draft(lane);
    if (!draft.begin()) {
      return false;
    }
    try {
      long now = System.currentTimeMillis();
      if (hasKey) {
        draft.add(payload, now, key);
      } else {
        draft.add(payload, now);
      }
      EntryLog.Room room = lane.log().append(draft, reservation, claim);
      if (room == EntryLog.Room.NO_ENTRIES || room == EntryLog.Room.NO_MEMORY) {
        lane.groups().advance(); // what was settled meanwhile makes room
        room = lane.log().mayGrow() ? lane.log().append(draft, reservation, claim) : room;
      }
      return room == EntryLog.Room.ENOUGH;
    } finally {
      draft.end();
    }
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    requireBatch(count, writer);
    Deadline.require("timeout", timeout);
    int sent = trySendBatch(count, writer);
    if (sent == count) {
      return;
    }
    deadline.restart(timeout);
    backoff.reset();
    while (sent < count) {
      awaitRoom(home, timeout, sent);
      int more;
      try {
        more = sendSome(sent, count, writer);
      } finally {
        sleeper.done();
      }
      sent += more;
      if (more > 0) {
        backoff.reset();
      }
    }
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    requireBatch(count, writer);
    int sent = 0;
    for (int more; sent < count && (more = sendSome(sent, count, writer)) > 0; ) {
      sent += more;
    }
    return sent;
  }

  private int sendSome(int from, int count, PayloadWriter writer) {
    requireUsable();
    home.expect();
    if (batch == null) {
      LargeSender large = queue.hasLarge() ? large(home) : null;
      batch = new BatchSender(home, draft(home), large, claim);
    }
    return batch.sendSome(from, count, writer);
  }

  private void awaitRoom(Lane lane, Duration timeout, int accepted) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new SendInterruptedException(accepted);
    }
    if (deadline.isPassed()) {
      throw new QueueFullException(queue.whyFull(lane, timeout), accepted);
    }
    if (!spin(lane)) {
      try {
        sleeper.await(lane.room(), 1, deadline, isClosed);
      } catch (InterruptedException e) {
        throw new SendInterruptedException(accepted);
      }
    }
  }

  /**
   * Waits a little for what consumers release without being asked: each attempt is in their way, so
   * it is for some entries. Meanwhile it looks what the ring has completed, which they find known.
   *
   * @return false once it is time to wait otherwise, and where the ring has ended
   */
  private boolean spin(Lane lane) {
    if (!lane.ring().tryHold()) {
      return false;
    }
    try {
      return spinHolding(lane);
    } finally {
      lane.ring().letGo();
    }
  }

  private boolean spinHolding(Lane lane) {
    EntryLog log = lane.log();
    long enough = log.released() + Math.max(1, Math.min(SOME, lane.limit() / PART));
    for (int turn = 0; turn < TURNS; turn++) {
      if (!backoff.spin()) {
        return false;
      }
      for (int i = 0; i < LOOKS; i++) {
        log.progress().completed();
        if (log.released() >= enough) {
          return true;
        }
      }
    }
    return true;
  }

  private void requireLegal(ByteBuffer payload) {
    Objects.requireNonNull(
        payload, "payload: null; an empty payload is a message like any other, null is none");
    requireFitting(queue, payload.remaining());
  }

  /** A writer may write too much, too, by a limit that it has set itself. */
  static void requireFitting(Queue queue, int bytes) {
    if (bytes > queue.config().maxPayloadBytes()) {
      throw new PayloadTooLargeException(
          "payload of "
              + bytes
              + " bytes: must be at most "
              + queue.config().maxPayloadBytes()
              + ", the largest of queue '"
              + queue.name()
              + "'; send less, or open it for larger ones");
    }
  }

  private static void requireBatch(int count, PayloadWriter writer) {
    Objects.requireNonNull(writer, "writer");
    if (count < 0) {
      throw new ConfigException("count " + count + ": must be 0 or more");
    }
  }

  private void requireUsable() {
    if (batch != null && batch.isWriting()) {
      throw new IllegalStateException(
          "a writer sends by the producer that it writes for: open another producer for that");
    }
    if (closed) {
      throw new QueueClosedException("this producer is closed; open another");
    }
    queue.state().requireOpen();
  }

  private boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    boolean isFirst;
    synchronized (this) {
      isFirst = !closed;
      closed = true;
    }
    sleeper.wake(); // a call that waits
    if (isFirst) {
      queue.leave(); // a call that is still inside is refused once the queue has folded
    }
  }
}
