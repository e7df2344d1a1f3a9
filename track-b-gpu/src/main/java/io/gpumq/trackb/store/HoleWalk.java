package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.List;
import java.util.TreeMap;

/**
 * How what is free in a part of a store comes together: by a hole that walks. The block behind the
 * hole moves to where that begins; then the hole lies behind the block, with what was free there.
 * It walks to the nearer end of the part, turns, and walks to the other: then it has all. No block
 * is longer than the hole, so none moves onto itself. For one thread at a time.
 */
public final class HoleWalk {
  private final TreeMap<Long, Segment> byPlace = new TreeMap<>();
  private final TreeMap<Long, Segment> byEnd = new TreeMap<>();
  private boolean isForward;
  private boolean hasTurned;

  /**
   * @param there what lies there, in the order of places
   * @param longest of these, which leaves the hole
   */
  public HoleWalk(List<Segment> there, int longest) {
    long before = 0;
    long behind = 0;
    for (int i = 0; i < there.size(); i++) {
      before += i < longest ? there.get(i).bytes() : 0;
      behind += i > longest ? there.get(i).bytes() : 0;
      if (i != longest) {
        add(there.get(i));
      }
    }
    isForward = behind <= before;
  }

  private static long end(Segment segment) {
    return segment.place() + segment.bytes() / UNIT;
  }

  private void add(Segment segment) {
    byPlace.put(segment.place(), segment);
    byEnd.put(end(segment), segment);
  }

  /**
   * Returns what moves next, or {@code null} if nothing does any more.
   *
   * @param begin where the hole begins, in units
   * @param end where it ends
   */
  public Segment next(long begin, long end) {
    Segment next = neighbour(begin, end);
    if (next == null && !hasTurned) {
      hasTurned = true;
      isForward = !isForward;
      next = neighbour(begin, end);
    }
    return next;
  }

  private Segment neighbour(long begin, long end) {
    return isForward ? byPlace.get(end) : byEnd.get(begin);
  }

  /** Where that goes, in units. */
  public long target(Segment next, long begin, long end) {
    return isForward ? begin : end - next.bytes() / UNIT;
  }

  /** It has moved. */
  public void moved(Segment from, Segment to) {
    byPlace.remove(from.place());
    byEnd.remove(end(from));
    add(to);
  }
}
