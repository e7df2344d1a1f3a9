package io.gpumq.trackb.queue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.waiting.Line;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.delivery.Group;
import io.gpumq.trackb.delivery.Hold;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.log.FailureSink;
import io.gpumq.trackb.log.Progress;
import io.gpumq.trackb.log.Upkeep;
import io.gpumq.trackb.log.Yielding.Yielder;
import io.gpumq.trackb.store.Segments;
import io.gpumq.trackb.store.Share;
import java.nio.ByteBuffer;

/**
 * One lane of a queue: a log, the groups' shares of it, and the ring that it goes through. A
 * sequence carries its lane in bits 56 to 59.
 */
final class Lane implements Deliverable, Yielder {
  private static final int SHIFT = 56;

  /** Who waits for a letter's room looks so often. */
  private static final long LETTER_LOOK_NANOS = 4_000_000;

  private final Queue queue;
  private final int number;
  private final OpenRing ring;
  private final EntryLog log;
  private final Targets targets = new Targets();
  private final LetterWriter letterWriter;
  private final FailureSink failures;
  private final LaneRetention retention;
  private final LaneGroups groups;
  private final Line room;

  /** Throws when nothing comes any more; made once. */
  private final Runnable alive;

  Lane(Queue queue, int number, OpenRing ring) {
    this.queue = queue;
    this.number = number;
    this.ring = ring;
    long first = first(number);
    Segments segments = new Segments(queue.store(), queue.share(), first);
    Upkeep upkeep = queue.upkeep();
    log = new EntryLog(ring.ring(), segments, first, limit(), upkeep, this::describe);
    retention = new LaneRetention(queue.config(), number, log, upkeep.yielding(), this);
    letterWriter = new LetterWriter(this);
    failures = letterWriter::failed;
    groups = new LaneGroups(log, failures, new LaneMarks(log, this, targets, retention));
    log.ask(new LaneLiving(log, this, targets, groups, retention.keeps()));
    room = queue.bell().line(new RoomSource(this));
    alive = queue.state()::requireUsable;
  }

  /** Most messages that it keeps. */
  long limit() {
    QueueConfig config = queue.config();
    return LaneRetention.part(config.maxMessages(), config.lanes(), number);
  }

  /** The first sequence of a lane. */
  static long first(int lane) {
    return (long) lane << SHIFT;
  }

  /** Which lane a sequence belongs to; may be none that there is. */
  static long of(long sequence) {
    return sequence >>> SHIFT;
  }

  /**
   * Returns the lane that a sequence belongs to.
   *
   * @throws ConfigException if it belongs to none of these
   */
  static Lane of(long sequence, Lane[] lanes) {
    if (of(sequence) >= lanes.length) {
      throw new ConfigException(
          describe(sequence, lanes.length) + ": the queue has lanes 0 to " + (lanes.length - 1));
    }
    return lanes[(int) of(sequence)];
  }

  /** Returns a sequence in words: its lane, and its position there, if it can be of a lane. */
  static String describe(long sequence, int lanes) {
    if (lanes == 1 || of(sequence) >= QueueConfig.MAX_LANES) {
      return "sequence " + sequence;
    }
    long position = sequence & (1L << SHIFT) - 1;
    return "sequence " + sequence + " (lane " + of(sequence) + ", position " + position + ")";
  }

  /** What an entry is called among those of all queues of its ring. */
  private String describe(long sequence) {
    return describe(sequence, queue.config().lanes()) + " of queue '" + queue.name() + "'";
  }

  /** Which lane this is, to stand before its queue's name; empty if that has but one. */
  String where() {
    int lanes = queue.config().lanes();
    return lanes == 1 ? "" : "lane " + number + " of " + lanes + " of ";
  }

  Queue queue() {
    return queue;
  }

  int number() {
    return number;
  }

  OpenRing ring() {
    return ring;
  }

  EntryLog log() {
    return log;
  }

  LaneGroups groups() {
    return groups;
  }

  Targets targets() {
    return targets;
  }

  LetterWriter letterWriter() {
    return letterWriter;
  }

  ByteBuffer window() {
    return ring.window();
  }

  int mostEntryBytes() {
    return ring.mostEntryBytes();
  }

  /**
   * When an entry was sent that is kept, in milliseconds since 1970; now, if that cannot be read
   * any more, or for a moment cannot be read yet: while it is claimed, and while it lands.
   */
  long sentMillis(long sequence) {
    long sent = sequence < log.progress().completed() ? -1 : log.progress().sentMillis(sequence);
    if (sent < 0 && sequence < log.progress().landed()) {
      sent = keptMillis(sequence);
    }
    return sent < 0 ? System.currentTimeMillis() : sent;
  }

  /** -1 if it was released by now, or a dead device kept it. */
  private long keptMillis(long sequence) {
    Hold hold = groups.holds().join(sequence);
    try {
      Heading heading = Heading.of(this, sequence);
      return heading == null ? -1 : heading.sentMillis();
    } catch (TrackFailedException e) {
      return -1;
    } finally {
      groups.holds().leave(hold);
    }
  }

  /** To be asked while the device is waited for: throws when nothing comes any more. */
  Runnable alive() {
    return alive;
  }

  /** The line in which producers wait for room. */
  Line room() {
    return room;
  }

  @Override
  public boolean deliverable(long sequence) {
    return log.progress().isMessage(sequence) && !log.deletions().has(sequence);
  }

  /** Nearly always all of them are deliverable, and known to be. */
  @Override
  public long runEnd(long from, long end) {
    return log.deletions().firstFrom(from, log.progress().messagesFrom(from, end));
  }

  /** What has gone lies together, mostly: it is stepped over at once. */
  @Override
  public long firstFrom(long from, long end) {
    long next = log.deletions().firstKeptFrom(from, end);
    while (next < end && !log.progress().isMessage(next)) {
      next = log.deletions().firstKeptFrom(next + 1, end);
    }
    return next;
  }

  @Override
  public long lastBefore(long from, long end) {
    long last = log.deletions().lastKeptBefore(from, end);
    while (last >= from && !log.progress().isMessage(last)) {
      last = log.deletions().lastKeptBefore(from, last);
    }
    return last;
  }

  /** Every sequence below is completed, and its failure, if any, a letter. Under no lock. */
  long pass() {
    return log.progress().pass(failures);
  }

  /** {@link #pass()}, but looks no further than it must for so many entries of a group. */
  long pass(Group group, int most) {
    Progress progress = log.progress();
    long found = progress.passedAsFound();
    boolean isEnough = found - group.cursor() >= most && !progress.owesFailure();
    return isEnough ? found : pass();
  }

  /** For how many polls of a group there may be something. Waits for nothing. */
  int ready(Group group) {
    return Math.max(group.ready(log.progress().passed()), owesLetter() ? 1 : 0);
  }

  /** As {@link Source#nanosToLook}, for a group that has nothing now. */
  long nanosToLook(Group group) {
    if (log.claimed() > log.progress().completed()) {
      return Source.AT_ONCE;
    }
    return log.progress().owesFailure() ? LETTER_LOOK_NANOS : group.nanosToReady(LETTER_LOOK_NANOS);
  }

  /** Whether a send may find room, or would throw. Waits for nothing. */
  boolean hasRoom() {
    if (!queue.state().takesMore() || !ring.tryHold()) {
      return true;
    }
    try {
      groups.makeRoom();
      boolean has = log.mayGrow() && log.ring().hasRoom(ring.mostEntryBytes());
      return has || owesLetter();
    } finally {
      ring.letGo();
    }
  }

  private boolean owesLetter() {
    return log.progress().owesFailure() && !queue.letters().isFull(this);
  }

  /** Whether something was claimed that is not settled, or that somebody reads. */
  boolean isOwed() {
    groups.advance();
    return groups.done() < log.claimed();
  }

  /** Whether a message is for one group alone that is not released yet. */
  boolean hasTargets() {
    return !targets.isEmpty();
  }

  /** How long what is settled stays. */
  LaneRetention retention() {
    return retention;
  }

  /** A message is about to come: limits apply to those that are there. */
  void expect() {
    if (retention.keeps() && ring.tryHold()) {
      try {
        groups.makeRoom();
      } finally {
        ring.letGo();
      }
    }
  }

  /**
   * As {@link LaneGroups#advance}, for who holds nothing of the ring; nothing if that has ended.
   */
  void advance() {
    if (ring.tryHold()) {
      try {
        groups.advance();
      } finally {
        ring.letGo();
      }
    }
  }

  /** Lets messages go by their age, as far as can be told now. */
  void lookAtAge(long nowNanos) {
    if (ring.tryHold()) {
      try {
        groups.lookAtAge(nowNanos);
      } finally {
        ring.letGo();
      }
    }
  }

  @Override
  public Share share() {
    return queue.share();
  }

  @Override
  public long age() {
    return log.keptBytes().oldestNumber();
  }

  @Override
  public boolean giveUp() {
    if (!ring.tryHold()) {
      return false; // the track ends
    }
    try {
      return groups.giveUp();
    } finally {
      ring.letGo();
    }
  }

  /** Its log has ended. */
  void end() {
    retention.end();
    log.end();
  }
}
