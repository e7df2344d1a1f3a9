package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.ENTRY_HEADER_BYTES;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.store.Gathering;
import io.gpumq.trackb.store.Segment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Moves entries that live on in some segments to one. They can be read where they were until all
 * have landed there. Then the log says that they lie in the new one, and the old ones are left.
 */
final class Moving implements CleaningStep {
  private final SealedSegments sealed;
  private final List<Segment> from;
  private final Gathering gathering;
  private final Segment to;
  private final long revivals;
  private final Consumer<Segment> left;
  private int asked;

  /**
   * @param from have nothing that lives but what is gathered
   * @param to what is gathered, at its new place
   * @param revivals as they were before it was gathered
   * @param left is told of each that holds nothing any more, but may still be read
   */
  Moving(
      SealedSegments sealed,
      List<Segment> from,
      Gathering gathering,
      Segment to,
      long revivals,
      Consumer<Segment> left) {
    this.sealed = sealed;
    this.from = from;
    this.gathering = gathering;
    this.to = to;
    this.revivals = revivals;
    this.left = left;
  }

  @Override
  public boolean advance(Keeps by) {
    while (asked < gathering.runs()) {
      if (!ask(by, asked)) {
        return false;
      }
      asked++;
    }
    if (!by.hasLanded()) {
      return false;
    }
    if (!by.tellFailure() && sealed.replace(from, to, revivals)) {
      from.forEach(left);
    } else {
      sealed.free(to);
    }
    return true;
  }

  /** Behind the segment's header goes the first run, and behind a mark each other. */
  private boolean ask(Keeps by, int run) {
    ByteBuffer heading = run == 0 ? sealed.header(to) : mark(gathering.sequence(run));
    long place = to.place() + gathering.offset(run) - EntryHeader.units(heading.capacity());
    return by.ask(heading, place, gathering.source(run), gathering.units(run));
  }

  private static ByteBuffer mark(long sequence) {
    ByteBuffer mark = ByteBuffer.allocate(ENTRY_HEADER_BYTES);
    Words.set(mark, 0, EntryHeader.mark());
    Words.set(mark, Long.BYTES, sequence);
    return mark;
  }
}
