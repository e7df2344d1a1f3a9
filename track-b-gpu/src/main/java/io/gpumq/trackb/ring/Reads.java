package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Delivery;
import io.gpumq.trackb.waiting.SpinningLock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads from VRAM, for whoever is too late for the window. New entries are read ahead, an area of
 * the ring at a time, into pinned memory that all consumers share; an entry's bytes never change,
 * so an area stays good for as long as it is kept. What is scattered is read slot by slot.
 */
final class Reads {
  /** An aligned part of the ring, as far as it has been read. */
  static final class Area {
    private final SpinningLock lock = new SpinningLock();
    private final int index;
    private final int offset;

    // Guarded by the reads.
    private int readers;
    private long lastUse;
    private long chunk = -1;

    // What was asked for, guarded by this area.
    private long asked;

    // What is there: written under this area, read without. `from` before `to`.
    private volatile long from;
    private volatile long to;

    private Area(int index, int areaBytes) {
      this.index = index;
      this.offset = index * areaBytes;
    }
  }

  /** The area that scattered slots pass through; guarded by this object. */
  private static final int BOUNCE = 0;

  private final ByteBuffer block;
  private final Completions completions;
  private final int strideBytes;
  private final int chunkShift;
  private final List<Area> areas = new ArrayList<>();
  private long uses;

  private final int bounceSlots;

  /** Set once, before the first read. */
  private RunningRing ring;

  Reads(SharedFile file, RingGeometry g, Completions completions) {
    this.block = file.reads();
    this.completions = completions;
    this.strideBytes = g.strideBytes();
    this.chunkShift = Integer.numberOfTrailingZeros(g.readAreaSlots());
    int areaBytes = file.reads().capacity() / RingGeometry.READ_AREAS;
    bounceSlots = areaBytes / strideBytes;
    for (int i = BOUNCE + 1; i < RingGeometry.READ_AREAS; i++) {
      areas.add(new Area(i, areaBytes));
    }
  }

  void of(RunningRing running) {
    this.ring = running;
  }

  /** Which area of the ring a sequence belongs to. */
  long chunk(long sequence) {
    return sequence >> chunkShift;
  }

  /** Where a sequence lies in the read-area block, given the area that it was acquired with. */
  int offset(Area area, long sequence) {
    return area.offset + (int) (sequence & (1L << chunkShift) - 1) * strideBytes;
  }

  /**
   * The area of a run of completed, unreleased sequences of one chunk, read at least so far. Given
   * back by {@link #release}.
   *
   * @return null when every area is in use
   */
  Area acquire(long first, long last) {
    Area area = find(chunk(first));
    if (area == null) {
      return null;
    }
    try {
      extend(area, first, last);
      return area;
    } catch (Throwable e) {
      release(area);
      throw e;
    }
  }

  private synchronized Area find(long chunk) {
    Area found = null;
    for (int i = 0; i < areas.size(); i++) {
      Area area = areas.get(i);
      if (area.chunk == chunk) {
        found = area;
        break;
      }
      if (area.readers == 0 && (found == null || area.lastUse < found.lastUse)) {
        found = area;
      }
    }
    if (found != null) {
      if (found.chunk != chunk) {
        found.chunk = chunk;
        found.asked = -1;
        found.to = -1;
      }
      found.readers++;
      found.lastUse = ++uses;
    }
    return found;
  }

  private void extend(Area area, long first, long last) {
    if (last < area.to && first >= area.from) {
      return;
    }
    long landed = completions.awaitLandedTo(last + 1); // before the lock: it may take a while
    area.lock.lock();
    try {
      if (area.asked < 0) {
        area.from = first;
        area.asked = first;
      }
      if (first < area.from) {
        ring.read(area.index, first, (int) (area.from - first), offset(area, first));
        ring.awaitReads(area.index);
        area.from = first;
      }
      if (last >= area.asked) {
        ask(area, landed);
      }
      if (last >= area.to) {
        readAhead(area.chunk + 1);
        ring.awaitReads(area.index);
        area.to = area.asked;
      }
    } finally {
      area.lock.unlock();
    }
  }

  /** Asks for the rest of a chunk, as far as it has landed. */
  private void ask(Area area, long landed) {
    long end = Math.min(landed, area.chunk + 1 << chunkShift);
    ring.read(area.index, area.asked, (int) (end - area.asked), offset(area, area.asked));
    area.asked = end;
  }

  /** Begins to read a whole chunk that is not being read yet; nobody waits for it now. */
  private void readAhead(long chunk) {
    long landed = completions.landed();
    if (landed < chunk + 1 << chunkShift) {
      return;
    }
    Area area = find(chunk);
    if (area == null) {
      return;
    }
    area.lock.lock();
    try {
      if (area.asked < 0) {
        area.from = chunk << chunkShift;
        area.asked = area.from;
        ask(area, landed);
      }
    } finally {
      area.lock.unlock();
      release(area);
    }
  }

  synchronized void release(Area area) {
    area.readers--;
  }

  /** Reads each entry of a delivery into any memory, one stride each, from 0 on. */
  void scattered(Delivery delivery, ByteBuffer memory) {
    for (int i = 0; i < delivery.size(); i++) {
      completions.awaitLanded(delivery.sequence(i)); // before the lock: it may take a while
    }
    readScattered(delivery, memory);
  }

  private synchronized void readScattered(Delivery delivery, ByteBuffer memory) {
    for (int done = 0; done < delivery.size(); ) {
      int count = Math.min(bounceSlots, delivery.size() - done);
      for (int i = 0; i < count; i++) {
        ring.read(BOUNCE, delivery.sequence(done + i), 1, i * strideBytes);
      }
      ring.awaitReads(BOUNCE);
      memory.put(done * strideBytes, block, 0, count * strideBytes);
      done += count;
    }
  }

  /** Reads the payload of one completed sequence, which is not released meanwhile. */
  byte[] payload(long sequence, int length) {
    completions.awaitLanded(sequence);
    return readPayload(sequence, length);
  }

  private synchronized byte[] readPayload(long sequence, int length) {
    ring.read(BOUNCE, sequence, 1, 0);
    ring.awaitReads(BOUNCE);
    byte[] payload = new byte[length];
    block.get(0, payload);
    return payload;
  }
}
