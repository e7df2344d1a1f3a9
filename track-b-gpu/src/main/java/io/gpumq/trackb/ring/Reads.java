package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Delivery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads from VRAM, for whoever is too late for the window. New entries are read ahead, an area of
 * the ring at a time, into pinned memory that all consumers share; an entry's bytes never change,
 * so an area stays good for as long as it is kept. What is scattered is read slot by slot.
 */
final class Reads {
  /** An aligned part of the ring, as far as it has been read. Its monitor guards the reading. */
  static final class Area {
    private final int offset;
    private long chunk = -1;
    private long from;
    private long to;

    /** Batches that look at it. Guarded by the reads. */
    private int readers;

    private long lastUse;

    private Area(int offset) {
      this.offset = offset;
    }
  }

  private final ByteBuffer block;
  private final Completions completions;
  private final int strideBytes;
  private final int chunkShift;
  private final List<Area> areas = new ArrayList<>();
  private long uses;

  /** Where scattered slots pass through; guarded by this object. */
  private final int bounceOffset;

  private final int bounceSlots;

  /** Set once, before the first read. */
  private RunningRing ring;

  Reads(SharedFile file, RingGeometry g, Completions completions) {
    this.block = file.reads();
    this.completions = completions;
    this.strideBytes = g.strideBytes();
    this.chunkShift = Integer.numberOfTrailingZeros(g.readAreaSlots());
    int areaBytes = file.reads().capacity() / RingGeometry.READ_AREAS;
    bounceOffset = 0;
    bounceSlots = areaBytes / strideBytes;
    for (int i = 1; i < RingGeometry.READ_AREAS; i++) {
      areas.add(new Area(i * areaBytes));
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
    } catch (RuntimeException e) {
      release(area);
      throw e;
    }
  }

  private synchronized Area find(long chunk) {
    Area oldest = null;
    for (Area area : areas) {
      if (area.chunk == chunk) {
        oldest = area;
        break;
      }
      if (area.readers == 0 && (oldest == null || area.lastUse < oldest.lastUse)) {
        oldest = area;
      }
    }
    if (oldest != null) {
      if (oldest.chunk != chunk) {
        oldest.chunk = chunk;
        oldest.from = -1;
      }
      oldest.readers++;
      oldest.lastUse = ++uses;
    }
    return oldest;
  }

  private void extend(Area area, long first, long last) {
    synchronized (area) {
      if (area.from < 0) {
        area.from = first;
        area.to = first;
      }
      if (first < area.from) {
        read(area, first, area.from);
        area.from = first;
      }
      if (last >= area.to) {
        // On to the end of the chunk, if it is there: the next polls will want it.
        long end = Math.min(completions.awaitLandedTo(last + 1), area.chunk + 1 << chunkShift);
        read(area, area.to, end);
        area.to = end;
      }
    }
  }

  private void read(Area area, long from, long to) {
    ring.read(from, (int) (to - from), offset(area, from));
    ring.awaitReads();
  }

  synchronized void release(Area area) {
    area.readers--;
  }

  /** Reads each entry of a delivery into any memory, one stride each, from 0 on. */
  synchronized void scattered(Delivery delivery, ByteBuffer memory) {
    for (int done = 0; done < delivery.size(); ) {
      int count = Math.min(bounceSlots, delivery.size() - done);
      for (int i = 0; i < count; i++) {
        completions.awaitLanded(delivery.sequence(done + i));
        ring.read(delivery.sequence(done + i), 1, bounceOffset + i * strideBytes);
      }
      ring.awaitReads();
      memory.put(done * strideBytes, block, bounceOffset, count * strideBytes);
      done += count;
    }
  }

  /** Reads the payload of one completed, unreleased sequence. */
  synchronized byte[] payload(long sequence, int length) {
    completions.awaitLanded(sequence);
    ring.read(sequence, 1, bounceOffset);
    ring.awaitReads();
    byte[] payload = new byte[length];
    block.get(bounceOffset, payload);
    return payload;
  }
}
