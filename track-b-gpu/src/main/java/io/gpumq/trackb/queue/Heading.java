package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.store.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before the payload of a kept entry, and where that lies.
 *
 * @param payload where the payload begins in the arena, in units
 * @param length of the payload, in bytes
 * @param key 0 if it has none
 */
record Heading(long payload, int length, boolean hasKey, long key, long sentMillis) {
  /** Units of header and key. */
  private static final int MOST_UNITS = 2;

  /** Reads the heading of a completed entry; returns null if it is released by then. */
  static Heading of(Lane lane, long sequence) {
    lane.log().progress().awaitLanded(sequence, lane.alive());
    Segment segment = lane.log().segmentOf(sequence);
    if (segment == null) {
      return null;
    }
    long place = segment.place(sequence);
    int units = (int) Math.min(MOST_UNITS, lane.log().endOf(segment, sequence) - place);
    ByteBuffer memory = ByteBuffer.allocateDirect(MOST_UNITS * UNIT).order(ByteOrder.LITTLE_ENDIAN);
    try (Reading reading = lane.queue().reading()) {
      reading.begin();
      reading.fetch(new Alone(place, units, memory));
    }
    if (sequence < lane.log().released()) {
      return null; // what was read may have been another's by then
    }
    long header = Words.get(memory, 0);
    boolean hasKey = EntryHeader.hasKey(header);
    return new Heading(
        place + 1 + EntryHeader.extensions(header),
        EntryHeader.length(header),
        hasKey,
        hasKey ? Words.get(memory, UNIT) : 0,
        EntryHeader.millis(Words.get(memory, Long.BYTES)));
  }

  private record Alone(long at, int length, ByteBuffer to) implements Fetch.Wanted {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public long place(int index) {
      return at;
    }

    @Override
    public int units(int index) {
      return length;
    }

    @Override
    public ByteBuffer memory(int index) {
      return to;
    }

    @Override
    public int target(int index) {
      return 0;
    }
  }

  /** Memory to write a heading into. */
  static ByteBuffer buffer(int units) {
    return ByteBuffer.allocate(units * UNIT).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns what is to stand before the same payload in a message that is sent now. */
  ByteBuffer sentNow(int resultBytes) {
    ByteBuffer heading = buffer(hasKey ? 2 : 1);
    write(heading, EntryHeader.handled(length, hasKey, resultBytes), System.currentTimeMillis());
    return heading;
  }

  /** Writes header and key. */
  void write(ByteBuffer to, long header, long sent) {
    Words.set(to, 0, header);
    Words.set(to, Long.BYTES, EntryHeader.id(sent, 0));
    if (hasKey) {
      Words.set(to, UNIT, key);
      Words.set(to, UNIT + Long.BYTES, 0);
    }
  }
}
