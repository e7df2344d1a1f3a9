package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.READ_UNITS;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;

/**
 * Reads runs of the arena by a ring: many at once, each a slot of it, or one alone by express. For
 * one thread at a time, used again for each reading.
 *
 * <p>The device writes them to a chunk of the ring's window, which this has taken until they have
 * been copied from there. So whoever looks at what was read for long holds nothing of the ring.
 */
public final class Fetch {
  private final Ring ring;
  private final ByteBuffer window;
  private final Backoff backoff = new Backoff();
  private Chunk chunk;

  private final Arrivals arrivals = new Arrivals();

  /**
   * @param window of the ring
   */
  public Fetch(Ring ring, ByteBuffer window) {
    this.ring = ring;
    this.window = window;
  }

  /** The longest run that can be read so, in bytes. */
  public int mostBytes() {
    return ring.shape().chunkBytes();
  }

  /** What is to be read, and where it goes. */
  public interface Wanted {
    /** Runs. */
    int count();

    /** Where a run lies in the arena, in units. */
    long place(int index);

    /** Its length, in units. */
    int units(int index);

    /** The reader's memory that it goes to. */
    ByteBuffer memory(int index);

    /** Where it goes there, in bytes. */
    int target(int index);
  }

  /**
   * Reads runs to where they go, as many as there is room for in the ring now, and waits for them.
   *
   * @param from the first run to read
   * @param alive throws when nothing comes any more
   * @return how many were read; 0 if there is no room, or some were lost: try again
   */
  public int read(Wanted wanted, int from, Runnable alive) {
    chunk = ring.readChunks().take(chunk, taken(wanted.units(from)) * UNIT);
    if (chunk == null) {
      return 0;
    }
    int count = fitting(wanted, from);
    ring.makeRoom(count);
    count = Math.min(count, ring.room());
    long first = count > 0 ? ring.tryClaim(count) : Ring.FULL;
    if (first == Ring.FULL) {
      ring.readChunks().leave(chunk);
      return 0;
    }
    ask(wanted, from, count, first);
    // A wait that throws keeps the chunk: something may still come to it, and the ring has failed.
    boolean isThere = count == 1 && copyExpress(first, wanted, from, alive);
    if (!isThere) {
      await(alive);
      copy(wanted, from, count);
    }
    ring.readChunks().leave(chunk);
    return isThere || !arrivals.isMissing() ? count : 0;
  }

  /** Units of the window that a run of so many takes. */
  private static int taken(int units) {
    return (units + READ_UNITS - 1) / READ_UNITS * READ_UNITS;
  }

  /** Runs from one on that have room in the chunk together. */
  private int fitting(Wanted wanted, int from) {
    int room = chunk.room() / UNIT;
    int next = from;
    while (next < wanted.count() && (room -= taken(wanted.units(next))) >= 0) {
      next++;
    }
    return next - from;
  }

  private void ask(Wanted wanted, int from, int count, long first) {
    arrivals.begin(ring.run(first), first, count, wanted.place(from), chunk);
    int unit = chunk.at() / UNIT;
    for (int i = 0; i < count; i++) {
      int bytes = wanted.units(from + i) * UNIT;
      long where = ring.describeRead(first + i, wanted.place(from + i), unit, bytes);
      if (count == 1) {
        ring.offerRead(first, where, bytes);
      }
      unit += taken(wanted.units(from + i));
    }
    chunk.fill(chunk.at(), first + count); // it rests until they have landed
    ring.publish(first, count);
  }

  /** Waits for one run; returns whether it came by express, and was copied from there. */
  private boolean copyExpress(long sequence, Wanted wanted, int index, Runnable alive) {
    backoff.reset();
    while (!arrivals.hasAll() && !ring.express().has(sequence)) {
      ring.advance();
      alive.run();
      backoff.pause();
    }
    return ring.express().copy(sequence, 0, wanted.memory(index), wanted.target(index))
        != Express.NONE;
  }

  private void await(Runnable alive) {
    backoff.reset();
    while (!arrivals.hasAll()) {
      ring.advance();
      if (!arrivals.hasAll()) {
        alive.run();
        backoff.pause();
      }
    }
  }

  private void copy(Wanted wanted, int from, int count) {
    int at = chunk.at();
    for (int i = from; i < from + count; i++) {
      int bytes = wanted.units(i) * UNIT;
      wanted.memory(i).put(wanted.target(i), window, at, bytes);
      at += taken(wanted.units(i)) * UNIT;
    }
  }
}
