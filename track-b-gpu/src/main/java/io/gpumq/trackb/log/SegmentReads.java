package io.gpumq.trackb.log;

import io.gpumq.trackb.link.LongRead;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.waiting.SpinningLock;

/**
 * Reads long runs from the store for whoever is too late for the window. A run is read into an area
 * of the window of the ring for reads, which all readers share, and the next ones meanwhile: an
 * entry's bytes never change, so an area stays good for as long as its segment lives. Safe for use
 * by many threads.
 *
 * <p>The copy engine would do, where nothing else crosses the link: beside kernels that load from
 * the host's memory it gets what these leave, which is next to nothing.
 */
public final class SegmentReads {
  /** Areas that are read ahead of one that is taken. */
  private static final int AHEAD = 4;

  /** Entries of an area between two looks whether more can be read ahead. */
  private static final int SOME = 64;

  /** Fewer entries before a reader may be in its window when it comes there. */
  private static final int MANY = 64;

  /** A run of entries of one segment, as they lie there. To be awaited, then given back. */
  public final class Area {
    private final int index;
    private final LongRead read;
    private Segment segment;
    private long first;
    private long end;

    /** From this one on it is looked whether more can be read ahead. Guarded by the lock. */
    private long nextLook;

    private Area(int index, LongRead read) {
      this.index = index;
      this.read = read;
    }

    /** Behind its last entry. */
    public long end() {
      return end;
    }

    /** Where an entry of it begins in the window, in bytes. */
    public int offset(long sequence) {
      return read.at() + segment.bytesBetween(first, sequence);
    }

    /**
     * Waits until it is read.
     *
     * @param alive throws when nothing is read any more
     * @return false if some of it is lost: then it is given back
     */
    public boolean await(Runnable alive) {
      boolean isThere = false;
      try {
        isThere = read.await(alive);
      } finally {
        if (!isThere) {
          giveBack(this, true);
        }
      }
      return isThere;
    }

    /** Gives it back. */
    public void release() {
      giveBack(this, false);
    }
  }

  private final SpinningLock lock = new SpinningLock();
  private final Area[] areas;
  private final int mostUnits;

  // What each area has: beside each other, since they are looked through. Guarded by the lock.
  private final Segment[] segments;
  private final long[] firsts;
  private final long[] ends;
  private final int[] readers;
  private final long[] lastUses;
  private long uses;

  /**
   * @param ring for reads
   * @param most areas, which take a chunk of it each
   */
  public SegmentReads(Ring ring, int most) {
    areas = new Area[most];
    for (int i = 0; i < most; i++) {
      areas[i] = new Area(i, LongRead.of(ring));
    }
    mostUnits = areas[0].read.mostUnits();
    segments = new Segment[most];
    firsts = new long[most];
    ends = new long[most];
    readers = new int[most];
    lastUses = new long[most];
  }

  /** Whether so much lies before a reader that long runs are the better way. */
  public static boolean isLate(EntryLog log, long sequence) {
    return log.progress().landed() - sequence >= MANY;
  }

  /**
   * Takes the area of entries of a segment that is not released, from one on that has landed, and
   * has those behind it read, too, as far as they have landed long ago.
   *
   * @param log that the segment belongs to
   * @return {@code null} if there is none now
   */
  public Area take(EntryLog log, Segment segment, long sequence) {
    lock.lock();
    try {
      Area area = find(log, segment, sequence);
      if (area == null) {
        return null;
      }
      readers[area.index]++;
      if (sequence >= area.nextLook) {
        area.nextLook = sequence + SOME;
        readAhead(log, segment, area.end);
      }
      return area;
    } finally {
      lock.unlock();
    }
  }

  private void readAhead(EntryLog log, Segment segment, long sequence) {
    Segment in = segment;
    long next = sequence;
    for (int i = 0; i < AHEAD && isLate(log, next); i++) {
      in = next < in.end() ? in : log.behind(in);
      Area area = in == null ? null : find(log, in, in.firstFrom(next));
      if (area == null) {
        return;
      }
      next = area.end;
    }
  }

  /** Finds the area of an entry, or begins to read one. */
  private Area find(EntryLog log, Segment segment, long sequence) {
    int found = -1;
    for (int i = 0; i < areas.length; i++) {
      if (segments[i] == segment && sequence >= firsts[i] && sequence < ends[i]) {
        lastUses[i] = ++uses;
        return areas[i];
      }
      if (readers[i] == 0 && (found < 0 || lastUses[i] < lastUses[found])) {
        found = i;
      }
    }
    boolean isFree = found >= 0 && areas[found].read.isIdle();
    return isFree && begin(areas[found], log, segment, sequence) ? areas[found] : null;
  }

  /** Begins to read what has landed and has room; returns whether there is room in the ring. */
  private boolean begin(Area area, EntryLog log, Segment segment, long sequence) {
    long landed = log.progress().landed(); // first: the segment shows all below
    long end = segment.fitting(sequence, Math.min(landed, segment.end()), mostUnits);
    segments[area.index] = null;
    if (end == sequence) {
      return false; // an entry that is too long
    }
    long place = segment.place(sequence);
    int units = (int) (log.endOf(segment, end - 1) - place);
    if (!area.read.ask(place, units)) {
      return false;
    }
    area.segment = segment;
    area.first = sequence;
    area.end = end;
    area.nextLook = sequence;
    segments[area.index] = segment;
    firsts[area.index] = sequence;
    ends[area.index] = end;
    lastUses[area.index] = ++uses;
    return true;
  }

  private void giveBack(Area area, boolean isLost) {
    lock.lock();
    try {
      readers[area.index]--;
      if (isLost) {
        segments[area.index] = null; // nobody else is to find it
      }
    } finally {
      lock.unlock();
    }
  }
}
