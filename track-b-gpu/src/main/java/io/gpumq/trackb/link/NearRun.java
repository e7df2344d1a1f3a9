package io.gpumq.trackb.link;

/** Entries of a lane that lie one behind the other in the window. For one thread at a time. */
public final class NearRun {
  private long first;
  private long end;
  private long place;
  private long endPlace;
  private int unit;
  private Chunk chunk;
  private long filling;

  void set(Run run) {
    first = run.sequence();
    end = first + run.count();
    place = run.place();
    endPlace = place + run.units();
    unit = run.unit();
    chunk = run.chunk();
    filling = run.filling();
  }

  void set(NearRun other) {
    first = other.first;
    end = other.end;
    place = other.place;
    endPlace = other.endPlace;
    unit = other.unit;
    chunk = other.chunk;
    filling = other.filling;
  }

  /** Takes a run in that follows in queue, store and window; returns whether it does. */
  boolean extendBy(Run run) {
    boolean follows =
        run.sequence() == end
            && run.chunk() == chunk
            && run.filling() == filling
            && run.place() == endPlace
            && run.unit() - unit == endPlace - place;
    if (follows) {
      end += run.count();
      endPlace += run.units();
    }
    return follows;
  }

  boolean has(long sequence) {
    return sequence >= first && sequence < end;
  }

  /** The first sequence behind it. */
  public long end() {
    return end;
  }

  /** Where an entry of it begins in the window, in units, given where it lies in the store. */
  public int unit(long entryPlace) {
    return unit + (int) (entryPlace - place);
  }

  boolean tryHold() {
    return chunk.tryHold(filling);
  }

  /** Lets go of what {@link NearRuns#hold} held: it may be written again. */
  public void letGo() {
    chunk.letGo();
  }
}
