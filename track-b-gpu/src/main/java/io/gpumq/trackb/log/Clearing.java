package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.store.HoleWalk;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Store;
import io.gpumq.trackb.store.Stretch;
import io.gpumq.trackb.store.StretchPlan;
import io.gpumq.trackb.store.Stretches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Clears a part of the store, so that as much lies in a row there as somebody wants. The longest
 * segment there moves out, and the hole that it leaves {@link HoleWalk walks}.
 */
final class Clearing implements CleaningStep {
  /** A reader that stays on what has moved for longer is not waited for. */
  private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Stretches stretches;
  private final Stretch stretch;
  private final HoleWalk walk;
  private final Map<Segment, Supplier<EntryLog>> logs;
  private final BiConsumer<SealedSegments, Segment> left;

  /** What moves now, or {@code null}. */
  private Relocating moving;

  /** Where the last one was that has moved: the hole is there as soon as nobody reads there. */
  private long hole;

  private long leftSince;
  private boolean isOver;

  private Clearing(
      Stretches stretches,
      Stretch stretch,
      HoleWalk walk,
      Map<Segment, Supplier<EntryLog>> logs,
      BiConsumer<SealedSegments, Segment> left) {
    this.stretches = stretches;
    this.stretch = stretch;
    this.walk = walk;
    this.logs = logs;
    this.left = left;
  }

  /**
   * Begins to clear what has to be moved least for.
   *
   * @param wishes bytes that are wanted in a row, each by another: those first that come first
   * @param all segments of the store
   * @param left is told of what has moved
   * @return {@code null} if there is nothing that could be cleared
   */
  static Clearing begin(
      Stretches stretches, int[] wishes, Movables all, BiConsumer<SealedSegments, Segment> left) {
    Map<Segment, Supplier<EntryLog>> logs = new IdentityHashMap<>();
    all.each(logs::put);
    List<Segment> some = new ArrayList<>(logs.keySet());
    some.sort(Comparator.comparingLong(Segment::place));
    StretchPlan plan = stretches.plan(some, wishes);
    if (plan == null) {
      return null;
    }
    List<Segment> there = some.subList(plan.firstBlock(), plan.firstBlock() + plan.blockCount());
    var walk = new HoleWalk(there, plan.longest());
    var clearing = new Clearing(stretches, stretches.begin(plan), walk, logs, left);
    try {
      if (!there.isEmpty()) {
        clearing.moveOut(there.get(plan.longest()), plan);
      }
      return clearing;
    } catch (Throwable e) { // for want of memory: nobody else would end it
      Steps.undo(e, clearing::abandon);
      throw e;
    }
  }

  private void moveOut(Segment longest, StretchPlan plan) {
    SealedSegments log = logOf(longest);
    if (log != null) {
      move(log, longest, stretches.takeOutside(plan, longest.bytes()));
    }
  }

  /** Returns whose it is; {@code null} if its queue was closed, and nothing more is to be done. */
  private SealedSegments logOf(Segment segment) {
    try {
      return logs.get(segment).get().sealed();
    } catch (QueueClosedException | TrackFailedException e) {
      abandon();
      return null;
    }
  }

  /**
   * Begins to move one.
   *
   * @param place that was taken for it, or {@link Store#NO_ROOM}
   */
  private void move(SealedSegments log, Segment from, long place) {
    if (place == Store.NO_ROOM) {
      abandon();
      return;
    }
    try {
      Segment to = log.at(from, place);
      moving = to == null ? null : new Relocating(log, from, to);
    } finally {
      if (moving == null) { // it has changed meanwhile, or gone; or there was no memory for that
        stretches.giveBack(place, from.bytes());
        abandon();
      }
    }
  }

  @Override
  public boolean advance(Keeps by) {
    while (true) {
      if (moving != null) { // first, whatever has become of the stretch
        if (!moving.advance(by)) {
          return false;
        }
        end(moving);
      }
      if (isOver || stretches.isOver(stretch)) {
        return true;
      }
      long[] free = stretches.around(stretch, hole);
      if (free != null) {
        moveNext(free[0], free[1]);
      } else if (!isLate()) {
        return false;
      }
    }
  }

  private void end(Relocating over) {
    if (!over.hasMoved()) {
      moving = null;
      abandon();
      return;
    }
    left.accept(over.log(), over.from()); // first: where that wants memory it is tried again
    moving = null;
    hole = over.from().place();
    leftSince = System.nanoTime();
    logs.put(over.to(), logs.remove(over.from()));
    walk.moved(over.from(), over.to());
  }

  /** Whether somebody has read what moved last for too long. */
  private boolean isLate() {
    boolean isLate = System.nanoTime() - leftSince > MOST_WAIT_NANOS;
    if (isLate) {
      abandon();
    }
    return isLate;
  }

  private void moveNext(long begin, long end) {
    Segment next = walk.next(begin, end);
    if (next == null || next.bytes() > (end - begin) * UNIT) {
      abandon(); // somebody has taken something there before the stretch began
      return;
    }
    SealedSegments log = logOf(next);
    if (log != null) {
      long place = walk.target(next, begin, end);
      boolean isThere = stretches.takeIn(stretch, place, next.bytes());
      move(log, next, isThere ? place : Store.NO_ROOM);
    }
  }

  @Override
  public int joinedBytes() {
    return stretches.offer(stretch);
  }

  @Override
  public void abandon() {
    isOver = true;
    stretches.end(stretch);
  }
}
