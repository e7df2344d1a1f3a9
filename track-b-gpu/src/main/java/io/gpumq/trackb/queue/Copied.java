package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.store.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/** One completed entry, copied from the store. */
record Copied(ByteBuffer bytes) {
  /** Copies an entry, and waits for the device; returns null if it is released by then. */
  static Copied of(Lane lane, long sequence) {
    return read(lane, sequence, Integer.MAX_VALUE);
  }

  /** Copies its header alone. */
  static Copied headerOf(Lane lane, long sequence) {
    return read(lane, sequence, 1);
  }

  private static Copied read(Lane lane, long sequence, int mostUnits) {
    lane.log().progress().awaitLanded(sequence, lane.alive());
    Segment segment = lane.log().segmentOf(sequence);
    if (segment == null) {
      return null;
    }
    long place = segment.place(sequence);
    int units = (int) Math.min(mostUnits, lane.log().endOf(segment, sequence) - place);
    ByteBuffer memory = ByteBuffer.allocateDirect(units * UNIT).order(ByteOrder.LITTLE_ENDIAN);
    lane.queue().reading().fetch(new Alone(place, units), memory);
    // Behind the read: what was released before it may have been another's by then.
    return sequence < lane.log().released() ? null : new Copied(memory);
  }

  private record Alone(long at, int length) implements Fetch.Wanted {
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
    public int target(int index) {
      return 0;
    }
  }

  private long header() {
    return Words.get(bytes, 0);
  }

  OptionalLong key() {
    return EntryHeader.hasKey(header())
        ? OptionalLong.of(Words.get(bytes, UNIT))
        : OptionalLong.empty();
  }

  long sentMillis() {
    return EntryHeader.millis(Words.get(bytes, Long.BYTES));
  }

  byte[] payload() {
    byte[] payload = new byte[EntryHeader.length(header())];
    bytes.get((1 + EntryHeader.extensions(header())) * UNIT, payload);
    return payload;
  }
}
