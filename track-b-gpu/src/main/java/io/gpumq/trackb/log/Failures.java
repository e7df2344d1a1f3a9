package io.gpumq.trackb.log;

import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The entries of a lane whose handler failed for good: few, mostly none, so only those are kept.
 * Each is <i>open</i> until somebody has taken note of it; what lies behind an open one is not
 * delivered. Safe for use by many threads.
 */
public final class Failures {
  private static final long NONE = Long.MAX_VALUE;

  /**
   * One of them.
   *
   * @param word its completion word
   * @param verdict what became of the device that it ended, or {@code null}
   */
  private record Failure(long word, String verdict) {}

  /** Made with the first, before {@link #last} tells of it. Written under this object. */
  private volatile ConcurrentSkipListMap<Long, Failure> failures;

  private final AtomicBoolean passing = new AtomicBoolean();

  /** The lowest that is open. Written under this object. */
  private volatile long firstOpen = NONE;

  /** The highest that there ever was. */
  private volatile long last = -1;

  private volatile long count;

  /** How many of them somebody has taken note of. Written under this object. */
  private volatile long noted;

  /** How many there ever were. */
  long count() {
    return count;
  }

  /** Begins with those of a folded log, of which none is open. Before anybody asks. */
  synchronized void begin(Failures others) {
    failures = others.failures;
    last = others.last;
    count = others.count;
    noted = others.noted;
  }

  /** Takes note of one behind all others. */
  synchronized void add(long sequence, long word, String verdict) {
    if (failures == null) {
      failures = new ConcurrentSkipListMap<>();
    }
    failures.put(sequence, new Failure(word, verdict));
    count++;
    last = sequence;
    if (firstOpen == NONE) {
      firstOpen = sequence;
    }
  }

  /** The lowest sequence that is open, or a value above all. */
  long firstOpen() {
    return firstOpen;
  }

  /** Whether one is open, and nobody takes note of it now. */
  boolean isOwed() {
    return firstOpen != NONE && !passing.get();
  }

  boolean has(long sequence) {
    return sequence <= last && failures.containsKey(sequence);
  }

  /** Whether none lies at or behind a sequence. */
  boolean isNoneFrom(long sequence) {
    return sequence > last;
  }

  /** The first from a sequence on, or {@code end}. */
  long firstFrom(long sequence, long end) {
    Long first = failures.ceilingKey(sequence);
    return first == null ? end : Math.min(first, end);
  }

  /** Lets a sink take note of those that are open, as far as it can. Under no lock. */
  void pass(FailureSink sink) {
    if (firstOpen == NONE || !passing.compareAndSet(false, true)) {
      return;
    }
    try {
      for (long next; (next = firstOpen) != NONE && offer(next, sink); ) {
        close(next);
      }
    } finally {
      passing.set(false);
    }
  }

  private boolean offer(long sequence, FailureSink sink) {
    Failure failure = failures.get(sequence);
    return sink.offer(sequence, failure.word(), failure.verdict());
  }

  private synchronized void close(long sequence) {
    Long behind = failures.higherKey(sequence);
    firstOpen = behind == null ? NONE : behind;
    noted++;
  }

  /** How many were open, and are no more. */
  long noted() {
    return noted;
  }

  /** None lies at a sequence from here on. */
  long end() {
    return last + 1;
  }

  /** Forgets what is released. */
  void dropBelow(long released) {
    if (last >= 0) {
      failures.headMap(released).clear();
    }
  }
}
