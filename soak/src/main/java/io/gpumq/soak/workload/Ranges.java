package io.gpumq.soak.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ranges of sequences of one producer from every reader, swept once to find gaps and overlaps. */
final class Ranges {
  private record Range(long from, long to) {}

  /** Gaps named one by one in a {@link Sweep}. */
  private static final int NAMED = 3;

  private final List<Range> ranges = new ArrayList<>();

  /**
   * @param missing how many of the sequences that were sent were not seen
   * @param repeated how many sightings were one too many
   * @param unsent how many sequences were seen that nobody sent
   * @param examples the first gaps and overlaps in words
   */
  record Sweep(long missing, long repeated, long unsent, List<String> examples) {}

  void add(long from, long to) {
    ranges.add(new Range(from, to));
  }

  /** Compares what was seen with the sequences 0 to {@code sent - 1}. */
  Sweep sweep(long sent) {
    ranges.sort(Comparator.comparingLong(Range::from));
    var examples = new ArrayList<String>();
    long next = 0;
    long missing = 0;
    long repeated = 0;
    long unsent = 0;
    for (Range range : ranges) {
      long to = Math.min(range.to, sent);
      unsent += range.to - Math.max(range.from, to);
      if (range.from >= sent) {
        name(examples, "never sent", range.from, range.to);
        continue;
      }
      if (range.from > next) {
        missing += range.from - next;
        name(examples, "lost", next, range.from);
      } else if (range.from < next) {
        long until = Math.min(next, to);
        repeated += until - range.from;
        name(examples, "more than once", range.from, until);
      }
      next = Math.max(next, to);
    }
    if (next < sent) {
      missing += sent - next;
      name(examples, "lost", next, sent);
    }
    return new Sweep(missing, repeated, unsent, examples);
  }

  private static void name(List<String> examples, String what, long from, long to) {
    if (examples.size() < NAMED) {
      examples.add(what + ": " + from + (to - from == 1 ? "" : " to " + (to - 1)));
    }
  }
}
