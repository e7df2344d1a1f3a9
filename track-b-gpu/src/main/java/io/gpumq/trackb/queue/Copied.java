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
  /** Copies an entry that is not released meanwhile; waits for the device. */
  static Copied of(Lane lane, long sequence) {
    Runnable alive = lane.alive();
    lane.log().progress().awaitLanded(sequence, alive);
    Segment segment = lane.log().segmentOf(sequence);
    long place = segment.place(sequence);
    int units = (int) (lane.log().endOf(segment, sequence) - place);
    ByteBuffer memory = ByteBuffer.allocateDirect(units * UNIT).order(ByteOrder.LITTLE_ENDIAN);
    Fetch.Wanted wanted = new Alone(place, units);
    while (lane.queue().reading().fetch(wanted, 0, memory, alive) == 0) {
      alive.run();
    }
    return new Copied(memory);
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
