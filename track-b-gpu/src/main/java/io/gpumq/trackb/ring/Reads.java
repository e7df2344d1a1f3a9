package io.gpumq.trackb.ring;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Reads from VRAM, for whoever is too late for the window. They land in the pinned read areas: each
 * reader has one of its own while it looks at what it read; when all are taken, it copies out of
 * one that all others share.
 */
final class Reads {
  /** The run of sequences that a read is made of. */
  interface Sequences {
    int size();

    long at(int index);
  }

  /** A single sequence. */
  static Sequences one(long sequence) {
    return new Sequences() {
      @Override
      public int size() {
        return 1;
      }

      @Override
      public long at(int index) {
        return sequence;
      }
    };
  }

  private static final int SHARED_AREA = 0;

  private final ByteBuffer block;
  private final int areaBytes;
  private final int strideBytes;
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  /** Set once, before the first read. */
  private RunningRing ring;

  Reads(SharedFile file, RingGeometry g) {
    this.block = file.reads();
    this.areaBytes = (int) (file.reads().capacity() / RingGeometry.READ_AREAS);
    this.strideBytes = g.strideBytes();
    for (int area = SHARED_AREA + 1; area < RingGeometry.READ_AREAS; area++) {
      free.add(area);
    }
  }

  void of(RunningRing running) {
    this.ring = running;
  }

  /** An area for one reader, or -1 when all are taken. */
  synchronized int tryAcquire() {
    return free.isEmpty() ? -1 : free.poll();
  }

  synchronized void release(int area) {
    free.add(area);
  }

  /** Where an area begins in the read-area block. */
  int offset(int area) {
    return area * areaBytes;
  }

  /** Reads slots into an area of one's own, one stride each. */
  void into(int area, Sequences sequences) {
    read(offset(area), sequences);
  }

  /** Reads slots into any memory, one stride each, from its position on. */
  synchronized void into(ByteBuffer memory, Sequences sequences) {
    read(offset(SHARED_AREA), sequences);
    memory.put(memory.position(), block, offset(SHARED_AREA), sequences.size() * strideBytes);
  }

  /** One copy for each run of neighbours. */
  private void read(int at, Sequences sequences) {
    int done = 0;
    while (done < sequences.size()) {
      long first = sequences.at(done);
      int count = 1;
      while (done + count < sequences.size() && sequences.at(done + count) == first + count) {
        count++;
      }
      ring.read(first, count, at + done * strideBytes);
      done += count;
    }
    ring.awaitReads();
  }
}
