package io.gpumq.trackb.store;

import java.util.ArrayList;
import java.util.List;

/**
 * How segments of a lane are moved, or given back in the middle of it. For the holder of the lane's
 * lock.
 */
public final class SegmentMoves {
  /** What {@link #still} answers when there are no more. */
  public static final long NO_MORE = -1;

  private final Segments segments;
  private final SegmentList all;

  public SegmentMoves(Segments segments) {
    this.segments = segments;
    all = segments.all();
  }

  /** Some of those to which nothing is added any more, from the one of a sequence on. */
  public List<Segment> sealed(long sequence, int most) {
    List<Segment> some = new ArrayList<>();
    for (int i = all.from(sequence); i < all.size() - 1 && some.size() < most; i++) {
      some.add(all.get(i));
    }
    return some;
  }

  /**
   * Puts one segment in the place of others, or none. These are <i>left</i>: nobody finds an entry
   * there any more but who asks for {@link #readable} ones. They are to be given back by {@link
   * #free}.
   *
   * @param gone in their order, with none of these between them if there is another
   * @param other has what lives on of them; {@code null} if nothing does
   * @return false if they are not all here any more: then nothing was done
   */
  public boolean replace(List<Segment> gone, Segment other) {
    int start = all.from(gone.get(0).first());
    int found = 0;
    for (int i = start; i < all.size() - 1 && found < gone.size(); i++) {
      found += all.get(i) == gone.get(found) && !all.get(i).isPinned() ? 1 : 0;
    }
    if (found < gone.size()) {
      return false;
    }
    prepare(gone, other);
    int to = start;
    int next = 0;
    for (int i = start; i < all.size(); i++) {
      Segment segment = all.get(i);
      if (next == found || segment != gone.get(next)) {
        all.set(to++, segment);
        continue;
      }
      segments.leave(segment);
      segments.hold(-segment.bytes());
      if (next++ == 0 && other != null) {
        all.set(to++, other);
        segments.hold(other.bytes());
      }
    }
    all.cut(to);
    return true;
  }

  /** All that may fail for want of memory: behind it some are in the place of others at once. */
  private void prepare(List<Segment> gone, Segment other) {
    segments.expectToLeave(gone.size());
    if (other != null) {
      gone.forEach(other::deleteAsIn);
    }
  }

  /**
   * Adds those that could move: nothing is done with them now, nor about to be.
   *
   * @param from a sequence below which they do not end
   * @param landed behind which the device may still write
   * @param most how many to look at
   * @return the sequence to go on from, or {@link #NO_MORE}
   */
  public long still(long from, long landed, int most, List<Segment> to) {
    for (int i = all.from(from), added = 0; i < all.size(); i++, added++) {
      Segment segment = all.get(i);
      if (added == most) {
        return segment.first();
      }
      if (isStill(segment, i) && segment.end() <= landed) {
        to.add(segment);
      }
    }
    return NO_MORE;
  }

  private boolean isStill(Segment segment, int index) {
    boolean isSealed = index < all.size() - 1;
    return !segment.isPinned() && segment.entries() > 0 && (isSealed || segments.pledged() == 0);
  }

  /**
   * Returns what a segment is at another place, to which its bytes are to be moved; {@code null} if
   * it cannot be.
   *
   * @param landed behind which the device may still write
   */
  public Segment at(Segment segment, long place, long landed) {
    boolean can = indexOfStill(segment) >= 0 && segment.end() <= landed;
    return can ? segment.at(place) : null;
  }

  /**
   * Puts what a segment is at another place there, where its bytes lie now. The one before is
   * <i>left</i>, as {@link #replace} says.
   *
   * @return false if it is not here as it was: then nothing was done
   */
  public boolean move(Segment from, Segment to) {
    int index = indexOfStill(from);
    if (index < 0 || from.used != to.used) {
      return false;
    }
    prepare(List.of(from), to);
    if (index < all.size() - 1) {
      to.seal(); // perhaps it is so only now
    }
    all.set(index, to);
    segments.leave(from);
    return true;
  }

  private int indexOfStill(Segment segment) {
    int index = all.from(segment.first());
    boolean isHere = index < all.size() && all.get(index) == segment;
    return isHere && isStill(segment, index) ? index : -1;
  }
}
