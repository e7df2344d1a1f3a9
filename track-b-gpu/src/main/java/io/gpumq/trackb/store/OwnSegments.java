package io.gpumq.trackb.store;

/**
 * How a large entry joins a lane, whose block was written before: the block becomes the lane's last
 * segment. What is promised to writers in the one before moves behind it, so that who has the
 * promise holds up nobody, and least of all itself: a writer may send by another producer. For the
 * holder of the lane's lock: {@link #promised}, then {@link #open}, the entry, and {@link
 * #openBehind} are one step.
 */
public final class OwnSegments {
  private final Segments segments;

  /** The empty segment that the entry comes before, with all that is promised; mostly null. */
  private Segment emptied;

  public OwnSegments(Segments segments) {
    this.segments = segments;
  }

  /** Units that want a block behind the next large entry, or 0: that what is promised moves to. */
  public int promised() {
    boolean mayMoveAsItIs = segments.pledged() > 0 && segments.last().entries() == 0;
    return mayMoveAsItIs ? 0 : segments.pledged();
  }

  /** Makes a block of so many units the last segment, for its one entry. */
  public Segment open(long place, int units) {
    if (segments.pledged() > 0 && segments.last().entries() == 0) {
      emptied = segments.takeLast();
    }
    segments.add(place, Segment.bytes(units), true);
    return segments.last();
  }

  /**
   * Ends the step: the entry has its sequence.
   *
   * @param place of a block of as many units as were {@link #promised}, if that were any
   */
  public void openBehind(long place, int promised) {
    if (emptied != null) {
      segments.add(emptied.place(), emptied.bytes(), false);
      emptied = null;
    } else if (promised > 0) {
      segments.add(place, Segment.bytes(promised), false);
    }
  }
}
