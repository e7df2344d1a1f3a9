package io.gpumq.trackb.log;

import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.waiting.Backoff;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after segments to which nothing is added any more. It has their headers written, and gives
 * those back in which nothing lives, wherever they stand. While the store is short it also moves
 * together what lives on in others. One thread at a time is at work, whichever comes, and waits for
 * nothing: how far the device is meanwhile is looked at by the next. While no device lives it gives
 * back, and moves nothing. Safe for use by many threads.
 */
public final class Cleaner {
  /** Steps in one go, mostly each in another log. */
  private static final int MOST_LOOKED = 64;

  /** To look where free memory could come together takes this part of the time at most. */
  private static final int LOOK_PART = 16;

  /** So often somebody looks who wants room at once. */
  private static final int MOST_LOOKS = 16;

  private static final int[] NONE = {};

  private final Store store;

  /** Nothing moves before it is told by what. */
  private volatile Mover mover = act -> false;

  /** Logs that have such segments. Guarded by this object. */
  private final ArrayDeque<Cleaning> all = new ArrayDeque<>();

  private final AtomicBoolean isAtWork = new AtomicBoolean();

  /** All of the store, also of logs that are not among these. */
  private volatile Movables movables = visitor -> {};

  // Of whoever is at work.
  private long nextClearing = System.nanoTime();
  private CleaningStep current;
  private Keeps currentBy;
  private final List<LeftSegment> left = new ArrayList<>();

  /** Whether somebody lacked memory, and not all logs were looked at since. */
  private volatile boolean isWanted;

  // Written by whoever is at work.
  private volatile boolean isUnderWay;
  private volatile long freedBytes;

  /**
   * @param store whose segments they are
   */
  Cleaner(Store store) {
    this.store = store;
  }

  /** Says what could move. Before the first use. */
  public void lookIn(Movables all) {
    movables = all;
  }

  /** Says what entries are moved by from now on. */
  public void moveBy(Mover what) {
    mover = what;
  }

  synchronized void add(Cleaning log) {
    all.addLast(log);
  }

  private synchronized Cleaning next() {
    return all.pollFirst();
  }

  private synchronized int size() {
    return all.size();
  }

  /** Somebody waits for memory: entries are moved for it, too. */
  void want() {
    isWanted = true;
  }

  /**
   * Makes room for somebody who lacks it. May wait for the device; the caller has no lock.
   *
   * @return whether memory came back
   */
  boolean makeRoom() {
    want();
    long before = freedBytes;
    Backoff backoff = new Backoff();
    for (int looks = 0; looks < MOST_LOOKS; looks += isUnderWay ? 0 : 1) {
      boolean moves = advance();
      if (freedBytes != before) {
        return true;
      }
      if (!moves || !isWanted) {
        return false;
      }
      backoff.pause();
    }
    return false;
  }

  /**
   * Does what there is to do, unless somebody else does.
   *
   * @return false if nothing moves now
   */
  public boolean advance() {
    if (!isAtWork.compareAndSet(false, true)) {
      return true;
    }
    try {
      boolean moves = mover.use(this::advance);
      if (!moves) {
        keepNothingFromOthers();
        freeLeft();
        look(null);
      }
      return moves;
    } finally {
      isUnderWay = current != null;
      isAtWork.set(false);
    }
  }

  private void advance(Keeps by) {
    freeLeft();
    if (current != null && currentBy != by) {
      current.abandon();
      current = null;
    }
    goOn(by);
    if (current == null) {
      clear(by);
    }
    if (current == null) {
      look(by);
    }
  }

  /** Has free memory come together, if somebody wants more in a row than there is. */
  private void clear(Keeps by) {
    store.stretches().endOld();
    long now = System.nanoTime();
    int[] wishes = now - nextClearing < 0 ? NONE : store.stretches().takeWishes();
    if (wishes.length == 0) {
      return;
    }
    begin(Clearing.begin(store.stretches(), wishes, movables, this::leaveMoved), by);
    long end = System.nanoTime();
    nextClearing = end + LOOK_PART * (end - now);
  }

  /**
   * Looks at logs, until there is something to be moved.
   *
   * @param by {@code null} while nothing moves: what was begun waits, and what needs none goes on
   */
  private void look(Keeps by) {
    boolean isShort = isWanted || store.isShort();
    boolean hasMore = true;
    int most = size();
    int looked = 0;
    while ((current == null || by == null) && looked < MOST_LOOKED && (hasMore || looked < most)) {
      Cleaning log = next();
      if (log == null) {
        break;
      }
      look(log, isShort, by);
      hasMore = log.isInRound();
      looked++;
    }
    isWanted &= by == null || current != null || hasMore || looked < most;
  }

  private void look(Cleaning log, boolean isShort, Keeps by) {
    try {
      if (by == null) {
        log.giveBack();
      } else {
        begin(log.step(isShort), by);
      }
    } finally {
      if (log.stays()) {
        add(log);
      }
    }
  }

  private void begin(CleaningStep step, Keeps by) {
    current = step;
    currentBy = by;
    goOn(by);
  }

  private void goOn(Keeps by) {
    if (current != null && hasEnded(current, by)) {
      freedBytes += current.joinedBytes();
      current = null;
    }
  }

  private static boolean hasEnded(CleaningStep step, Keeps by) {
    try {
      return step.advance(by);
    } catch (Throwable e) { // what is under way is to come to its end; nothing is begun any more
      Steps.undo(e, step::abandon);
      throw e;
    }
  }

  /** Nothing comes together while nothing moves, and others can use what was kept for that. */
  private void keepNothingFromOthers() {
    if (current != null) {
      current.abandon();
    }
    store.stretches().endOld();
  }

  /**
   * A log has left a segment, which is given back once nobody reads there any more who does now.
   */
  void leave(SealedSegments log, Segment segment) {
    leave(log, segment, segment.bytes());
  }

  /** As {@link #leave}, of one that takes as much elsewhere now: it is no room for anybody. */
  private void leaveMoved(SealedSegments log, Segment segment) {
    leave(log, segment, 0);
  }

  private void leave(SealedSegments log, Segment segment, int freed) {
    left.add(new LeftSegment(log, segment, freed, log.living().readersBelow(segment.end())));
    freeIfUnread(left.size() - 1);
  }

  private void freeLeft() {
    for (int i = left.size() - 1; i >= 0; i--) {
      freeIfUnread(i);
    }
  }

  private void freeIfUnread(int index) {
    LeftSegment segment = left.get(index);
    if (segment.haveReadersEnded().getAsBoolean()) {
      left.remove(index); // first: whatever becomes of it, it is freed once
      segment.free();
      freedBytes += segment.freed();
    }
  }
}
