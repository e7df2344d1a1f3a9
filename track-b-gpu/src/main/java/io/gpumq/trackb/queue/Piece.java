package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.store.Segment;

/**
 * Entries of one delivery that lie in one memory as they lie in their segment of the store. So
 * where each begins follows from the first. For one thread at a time, used again and again.
 */
final class Piece {
  private int begin;
  private int end;
  private int memory;
  private int offset;
  private long sequence;
  private Segment segment;
  private long place;

  /** Bytes from one entry to the next, or 0 where they differ. */
  private int stride;

  /**
   * Describes entries of one segment.
   *
   * @param begin index of the first in the delivery
   * @param end index behind the last
   * @param sequence of the first
   * @param memory its number
   * @param offset of the first there, in bytes
   */
  void set(int begin, int end, long sequence, Segment segment, int memory, int offset) {
    this.begin = begin;
    this.end = end;
    this.sequence = sequence;
    this.segment = segment;
    this.memory = memory;
    this.offset = offset;
    stride = segment.stride() * UNIT;
    place = stride != 0 ? 0 : segment.place(sequence);
  }

  /** Whether an entry of the delivery is one of these. */
  boolean has(int index) {
    return index >= begin && index < end;
  }

  int end() {
    return end;
  }

  /** The number of the memory that they lie in. */
  int memory() {
    return memory;
  }

  /** Where one of them begins there, in bytes. */
  int offset(long of) {
    return stride != 0
        ? offset + (int) (of - sequence) * stride
        : offset + (int) (segment.place(of) - place) * UNIT;
  }
}
