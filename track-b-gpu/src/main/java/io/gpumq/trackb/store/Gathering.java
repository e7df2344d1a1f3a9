package io.gpumq.trackb.store;

import static io.gpumq.kernels.LinkLayout.UNIT;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Entries of a lane that live on in segments of which most have gone, as they are to lie together
 * in one. They are moved in <i>runs</i>: entries that lie one behind the other now, and will again.
 * Before each run but the first goes a mark of a unit, which says its first sequence.
 */
public final class Gathering {
  /** Many warps move long runs side by side, in parts. */
  private static final int MOST_RUN_UNITS = (64 << 10) / UNIT;

  private static final int MOST_RUNS = 1 << 11;
  private static final int MOST_SPAN = 1 << 20;

  /** One run. */
  private record Run(long sequence, long source, int units, int offset) {}

  private final Run[] runs = new Run[MOST_RUNS];
  private final BitSet marked = new BitSet();
  private int runCount;
  private int[] sequences = new int[64];
  private char[] offsets = new char[64];
  private int count;
  private int used = Segment.HEADER_UNITS;
  private long first;

  /** The number of the segment that has it. */
  private long number;

  private final int mostUnits;

  /**
   * @param mostBytes that the segment may have, up to a megabyte: so far do its offsets tell
   */
  public Gathering(int mostBytes) {
    mostUnits = mostBytes / UNIT;
  }

  /**
   * Adds the entries of a segment that live on; there are some.
   *
   * @param living a bit for each sequence from the segment's first on
   * @return false if there is no room for all of them: then none is added
   */
  public boolean add(Segment from, BitSet living) {
    int runsBefore = runCount;
    int countBefore = count;
    int usedBefore = used;
    boolean fits = count == 0 || from.end() - first <= MOST_SPAN;
    long sequence = next(from, living, from.first());
    while (fits && sequence < from.end()) {
      sequence = addRun(from, living, sequence);
      fits = sequence >= 0;
    }
    if (!fits) {
      runCount = runsBefore;
      count = countBefore;
      used = usedBefore;
      marked.clear(count, Math.max(count, marked.length()));
    }
    return fits;
  }

  /** Adds entries from one on; returns the next that lives, or -1 if they have no room. */
  private long addRun(Segment from, BitSet living, long start) {
    if (runCount == MOST_RUNS) {
      return -1;
    }
    if (count == 0) {
      first = start;
      number = from.number();
    } else {
      marked.set(count);
      used++;
    }
    int offset = used;
    long source = from.place(start);
    long end = source;
    long sequence = start;
    do {
      long place = from.place(sequence);
      long behind = from.endOf(sequence);
      if (used + behind - place > mostUnits) {
        return -1;
      }
      addEntry(sequence, (int) (behind - place));
      end = behind;
      sequence = next(from, living, sequence + 1);
    } while (sequence < from.end()
        && from.place(sequence) == end
        && from.endOf(sequence) - source <= MOST_RUN_UNITS);
    runs[runCount++] = new Run(start, source, (int) (end - source), offset);
    return sequence;
  }

  private void addEntry(long sequence, int units) {
    if (count == sequences.length) {
      sequences = Arrays.copyOf(sequences, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    sequences[count] = (int) (sequence - first);
    offsets[count++] = (char) used;
    used += units;
  }

  /** The next entry from a sequence on that is there and lives, or one from the end on. */
  private static long next(Segment from, BitSet living, long sequence) {
    long next = from.firstFrom(sequence);
    while (next < from.end()) {
      int bit = living.nextSetBit((int) (next - from.first()));
      long lives = bit < 0 ? from.end() : from.first() + bit;
      next = from.firstFrom(lives);
      if (next == lives) {
        return next;
      }
    }
    return from.end();
  }

  /** Entries. */
  public int count() {
    return count;
  }

  /** What the segment takes of the store. */
  public int blockBytes() {
    return Arena.blockBytes(used * UNIT);
  }

  /** Runs. */
  public int runs() {
    return runCount;
  }

  /** The sequence of the first entry of a run. */
  public long sequence(int run) {
    return runs[run].sequence();
  }

  /** Where a run lies now, in units. */
  public long source(int run) {
    return runs[run].source();
  }

  /** Units of a run. */
  public int units(int run) {
    return runs[run].units();
  }

  /** Where a run goes in the segment, in units: what stands before it ends there. */
  public int offset(int run) {
    return runs[run].offset();
  }

  /**
   * Makes the segment.
   *
   * @param place of its block of {@link #blockBytes}
   */
  public Segment at(long place) {
    return new CleanedSegment(
        place,
        blockBytes(),
        first,
        number,
        used,
        Arrays.copyOf(sequences, count),
        Arrays.copyOf(offsets, count),
        (BitSet) marked.clone());
  }
}
