package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.waiting.Backoff;

/**
 * Reads a long run of the arena into a chunk of a ring's window, where it stays until the next one.
 * The run goes in parts, which as many warps bring side by side. One thread at a time asks; any may
 * wait.
 */
public final class LongRead {
  /** So long a warp is at work on a part for about as long as one waits for the link. */
  private static final int PART_UNITS = (4 << 10) / UNIT;

  private final Ring ring;
  private final Chunk chunk;
  private final Arrivals arrivals = new Arrivals();

  private LongRead(Ring ring, Chunk chunk) {
    this.ring = ring;
    this.chunk = chunk;
  }

  /**
   * Takes a chunk of the ring for good.
   *
   * @throws IllegalStateException if there is none
   */
  public static LongRead of(Ring ring) {
    Chunk chunk = ring.readChunks().take(null, ring.shape().chunkBytes());
    if (chunk == null) {
      throw new IllegalStateException("no chunk is free: a ring for reads must have more");
    }
    return new LongRead(ring, chunk);
  }

  /** The longest run, in units. */
  public int mostUnits() {
    return ring.shape().chunkBytes() / UNIT;
  }

  /** Where a run begins in the window, in bytes. */
  public int at() {
    return chunk.at();
  }

  /** Whether nothing of an earlier run is on its way: what came late would lie in the next one. */
  public boolean isIdle() {
    return arrivals.hasAll();
  }

  /**
   * Asks for a run, which nobody may be at work on; waits for nothing.
   *
   * @return whether there was room for it in the ring
   */
  public boolean ask(long place, int units) {
    int parts = (units + PART_UNITS - 1) / PART_UNITS;
    ring.makeRoom(parts);
    long first = ring.tryClaim(parts);
    if (first == Ring.FULL) {
      return false;
    }
    arrivals.begin(ring.run(first), first, parts, place, chunk);
    int unit = chunk.at() / UNIT;
    for (int part = 0, done = 0; part < parts; part++, done += PART_UNITS) {
      int some = Math.min(PART_UNITS, units - done);
      ring.describeRead(first + part, place + done, unit + done, some * UNIT);
    }
    ring.publish(first, parts);
    return true;
  }

  /**
   * Waits until all of it has come.
   *
   * @param alive throws when nothing comes any more
   * @return false if some was lost
   */
  public boolean await(Runnable alive) {
    if (!arrivals.hasAll()) {
      Backoff backoff = new Backoff();
      while (!arrivals.hasAll()) {
        ring.advance();
        if (!arrivals.hasAll()) {
          alive.run();
          backoff.pause();
        }
      }
    }
    return !arrivals.isMissing();
  }
}
