package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.memory.ReadAreas;
import io.gpumq.trackb.spi.Vram;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.waiting.SpinningLock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads long runs from the store by the copy engine, for whoever is too late for the window. A
 * segment is read into an area that all readers share, the next one while this one is looked at: an
 * entry's bytes never change, so an area stays good for as long as its segment lives. Safe for use
 * by many threads.
 */
public final class SegmentReads {
  /** A segment, as far as it has been read. */
  public static final class Area {
    private final SpinningLock lock = new SpinningLock();
    private final int index;

    // Guarded by the reads.
    private int readers;
    private long lastUse;
    private Segment segment;

    // Units from the segment's start that were asked for, guarded by this area.
    private int asked;

    // What is there: written under this area, read without. `from` before `to`.
    private volatile int from;
    private volatile int to;

    private Area(int index) {
      this.index = index;
    }

    /** Where a place of its segment lies in the areas' memory, in bytes. */
    public int offset(long place) {
      return index * ReadAreas.BYTES + (int) (place - segment.place()) * UNIT;
    }
  }

  /** The area that single runs pass through; guarded by its lock. */
  private static final int BOUNCE = ReadAreas.COUNT - 1;

  private final Vram vram;
  private final ByteBuffer memory;
  private final SpinningLock bouncing = new SpinningLock();
  private final List<Area> areas = new ArrayList<>();
  private long uses;

  public SegmentReads(Vram vram, ReadAreas memory) {
    this.vram = vram;
    this.memory = memory.memory();
    for (int i = 0; i < BOUNCE; i++) {
      areas.add(new Area(i));
    }
  }

  /** The memory of all areas. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Whether a segment has room in an area. */
  public static boolean fits(Segment segment) {
    return segment.bytes() <= ReadAreas.BYTES;
  }

  /**
   * The area of a segment that is not released, read at least from one place to another. Given back
   * by {@link #release}.
   *
   * @param log that the segment belongs to: {@code to} has landed there
   * @return null when every area is in use
   */
  public Area acquire(EntryLog log, Segment segment, long from, long to) {
    Area area = find(segment);
    if (area == null) {
      return null;
    }
    int start = (int) (from - segment.place());
    int end = (int) (to - segment.place());
    if (end <= area.to && start >= area.from) {
      return area;
    }
    try {
      extend(area, segment, start, end, readable(log, segment));
      return area;
    } catch (Throwable e) {
      release(area);
      throw e;
    }
  }

  private static int readable(EntryLog log, Segment segment) {
    return (int) (log.readableEnd(segment) - segment.place());
  }

  /** Begins to read a segment that is not being read yet; nobody waits for it now. */
  public void readAhead(EntryLog log, Segment segment) {
    Area area = find(segment);
    if (area == null) {
      return;
    }
    area.lock.lock();
    try {
      if (area.asked == 0) {
        area.from = Segment.HEADER_UNITS;
        area.asked = area.from;
        ask(area, segment, readable(log, segment));
      }
    } finally {
      area.lock.unlock();
      release(area);
    }
  }

  /** Copies one run of the store to a reader's memory, and waits for that. */
  public void copy(long place, int bytes, ByteBuffer to, int at) {
    bouncing.lock();
    try {
      for (int done = 0, some; done < bytes; done += some) {
        some = Math.min(bytes - done, ReadAreas.BYTES);
        vram.read(BOUNCE, place + done / UNIT, some, 0);
        vram.awaitReads(BOUNCE);
        to.put(at + done, memory, BOUNCE * ReadAreas.BYTES, some);
      }
    } finally {
      bouncing.unlock();
    }
  }

  private synchronized Area find(Segment segment) {
    Area found = null;
    for (int i = 0; i < areas.size(); i++) {
      Area area = areas.get(i);
      if (area.segment == segment) {
        found = area;
        break;
      }
      if (area.readers == 0 && (found == null || area.lastUse < found.lastUse)) {
        found = area;
      }
    }
    if (found != null) {
      if (found.segment != segment) {
        found.segment = segment;
        found.asked = 0;
        found.to = 0;
      }
      found.readers++;
      found.lastUse = ++uses;
    }
    return found;
  }

  private void extend(Area area, Segment segment, int start, int end, int landed) {
    area.lock.lock();
    try {
      if (area.asked == 0) {
        area.from = start;
        area.asked = start;
      }
      if (start < area.from) {
        read(area, segment, start, area.from);
        vram.awaitReads(area.index);
        area.from = start;
      }
      if (end > area.asked) {
        ask(area, segment, landed);
      }
      if (end > area.to) {
        vram.awaitReads(area.index);
        area.to = area.asked;
      }
    } finally {
      area.lock.unlock();
    }
  }

  private void ask(Area area, Segment segment, int landed) {
    read(area, segment, area.asked, landed);
    area.asked = landed;
  }

  private void read(Area area, Segment segment, int from, int to) {
    vram.read(area.index, segment.place() + from, (to - from) * UNIT, from * UNIT);
  }

  /** Gives an area back. */
  public synchronized void release(Area area) {
    area.readers--;
  }
}
