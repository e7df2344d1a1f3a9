package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How what is free in a store in pieces comes together, for a block that is longer than each: a
 * cleaner asks what is wished for, and clears a {@link Stretch}. Safe for use by many threads; one
 * at a time clears.
 */
public final class Stretches {
  /** So long what was cleared is for whoever wanted it. */
  private static final long MOST_READY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int[] NONE = {};

  /** So much is looked at at a time: nobody waits for longer. */
  private static final long LOOK_UNITS = (16 << 20) / UNIT;

  private final Store store;
  private final FreeMemory free;
  private final Runnable freed;

  /**
   * @param free guarded by the store
   * @param freed run when memory can be had again; under no lock of the store
   */
  Stretches(Store store, FreeMemory free, Runnable freed) {
    this.store = store;
    this.free = free;
    this.freed = freed;
  }

  /** As {@link Wishes#take}; none while one is being cleared. */
  public int[] takeWishes() {
    synchronized (store) {
      return free.stretch() == null ? free.takeWishes() : NONE;
    }
  }

  /**
   * Looks what could be cleared.
   *
   * @param some segments that can move, in the order of their places
   * @param wishes bytes that are wanted in a row, the dearest first
   * @return for the first for which something could; {@code null} if there is nothing
   */
  public StretchPlan plan(List<Segment> some, int... wishes) {
    int reserved;
    synchronized (store) {
      reserved = free.reserved();
    }
    StretchSearch search = new StretchSearch(pieces(), some, reserved);
    StretchPlan plan = null;
    for (int i = 0; i < wishes.length && plan == null; i++) {
      plan = search.find(wishes[i]);
    }
    return plan;
  }

  /** What is free, of a moment for each part: others take and give back between two. */
  private Pieces pieces() {
    Pieces pieces = new Pieces();
    long end = store.bytes() / UNIT;
    for (long from = 0; from < end; from += LOOK_UNITS) {
      synchronized (store) {
        free.addPieces(from, Math.min(end, from + LOOK_UNITS), pieces);
      }
    }
    return pieces;
  }

  /** Begins to clear what was planned: what is free there is given to nobody from now on. */
  public Stretch begin(StretchPlan plan) {
    synchronized (store) {
      return free.begin(plan);
    }
  }

  /** Whether nothing more is to be done for a stretch: it is ready, or has come to its end. */
  public boolean isOver(Stretch stretch) {
    synchronized (store) {
      return free.stretch() != stretch || stretch.isReady();
    }
  }

  /** As {@link Stretch#around}. */
  public long[] around(Stretch stretch, long place) {
    synchronized (store) {
      return stretch.around(place);
    }
  }

  /**
   * Gives out memory in a stretch for what moves, as {@link Store#allocateSpare} does.
   *
   * @return whether the stretch still has it
   */
  public boolean takeIn(Stretch stretch, long place, int bytes) {
    synchronized (store) {
      return free.takeIn(stretch, place, bytes);
    }
  }

  /** Gives out memory elsewhere for what moves out, or {@link Store#NO_ROOM}. */
  public long takeOutside(StretchPlan plan, int bytes) {
    synchronized (store) {
      return free.takeOutside(plan, bytes);
    }
  }

  /** Takes back what was given out for what does not move after all. */
  public void giveBack(long place, int bytes) {
    store.freeSpare(place, bytes);
  }

  /**
   * Tells those who wait of a stretch, if it is ready.
   *
   * @return the bytes that lie in a row there, or 0
   */
  public int offer(Stretch stretch) {
    synchronized (store) {
      if (free.stretch() != stretch || !stretch.isReady()) {
        return 0;
      }
    }
    freed.run();
    return stretch.bytes();
  }

  /** Ends a stretch, if it has not ended yet: what it has is free for all. */
  public void end(Stretch stretch) {
    synchronized (store) {
      if (free.stretch() != stretch) {
        return;
      }
      free.endStretch();
    }
    freed.run();
  }

  /** Ends what is ready, and nobody has taken for a while. */
  public void endOld() {
    long now = System.nanoTime();
    Stretch old;
    synchronized (store) {
      old = free.stretch();
      if (old == null || !old.isReady() || now - old.readySince() < MOST_READY_NANOS) {
        return;
      }
    }
    end(old);
  }
}
