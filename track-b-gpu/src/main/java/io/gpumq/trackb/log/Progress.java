package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.ERROR_FAULT;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.link.Carried;
import io.gpumq.trackb.link.NearRun;
import io.gpumq.trackb.link.NearRuns;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.link.Run;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;

/**
 * What a ring tells of a lane's entries: how far they are completed and have landed, which of them
 * failed, and where the latest of them can be had sooner than from the store. Safe for use by many
 * threads.
 */
public final class Progress implements Carried {
  // What is left of a log that was let go of; made before.
  private static final Runnable NOBODY = () -> {};
  private static final LongFunction<String> NUMBER = Long::toString;

  private final Ring ring;
  private final long start;
  private final Failures failures = new Failures();

  // Of the log, until that folds or ends.
  private Runnable hasLanded;
  private LongFunction<String> describer;

  /** Made with the first entry that goes to the window. */
  private volatile NearRuns near;

  // Written by the ring's caller, one at a time.
  private final Watermarks marks;
  private int landing;

  /** Made with the first entry that comes by express. */
  private volatile ExpressEntries express;

  /**
   * @param first the lane's first sequence
   * @param hasLanded run behind each rise of {@link #landed()}; waits for nothing
   * @param describer what an entry is called, in words
   */
  Progress(
      Ring ring, long first, Watermarks marks, Runnable hasLanded, LongFunction<String> describer) {
    this.describer = describer;
    this.ring = ring;
    this.start = first;
    this.hasLanded = hasLanded;
    this.marks = marks;
  }

  /** Begins where a log was folded. Before anybody looks. */
  void begin(FoldedLog folded) {
    marks.begin(folded.claimed(), folded.released());
    if (folded.failures() != null) {
      failures.begin(folded.failures());
    }
  }

  /** Whether all has landed that is claimed, and no failure is open, as was found last. */
  boolean isStill(long claimed) {
    return marks.landed() == claimed
        && marks.completed() == claimed
        && failures.firstOpen() > claimed;
  }

  /** Returns the failures of a log that folds, if it has any. */
  Failures fold() {
    return failures.count() == 0 ? null : failures;
  }

  /**
   * Lets go of its log, for which nothing is under way any more, nor will be: slots of the ring
   * know this until others use them, and would keep all of the log's from the collector. Throws
   * nothing.
   */
  void letGo() {
    hasLanded = NOBODY;
    describer = NUMBER;
    near = null;
    express = null;
  }

  @Override
  public void completed(Run run, int first, int count, boolean hasLanded) {
    addNear(run, first);
    if (!hasLanded) {
      remember(run);
    }
    settle(run.sequence() + first + count, hasLanded);
  }

  /** All of it with its first entry, whether that has failed or not. */
  private void addNear(Run run, int index) {
    if (index == 0 && run.isPushed()) {
      if (near == null) {
        near = new NearRuns();
      }
      near.add(run);
    }
  }

  /** Before it counts as completed: who sees that finds it. */
  private void remember(Run run) {
    if (express == null) {
      express = new ExpressEntries();
    }
    express.add(run.sequence(), run.slot());
  }

  @Override
  public void failed(Run run, int index, long word) {
    String verdict =
        CompletionWord.error(word) == ERROR_FAULT ? ring.verdict(run.slot() + index) : null;
    failures.add(run.sequence() + index, word, verdict);
    addNear(run, index);
    settle(run.sequence() + index + 1, true);
  }

  private void settle(long end, boolean hasLanded) {
    landing += hasLanded ? 0 : 1;
    marks.completeTo(end);
    if (landing == 0) {
      land(end);
    }
  }

  @Override
  public void landed(Run run) {
    landing--;
    land(landing == 0 ? marks.completed() : run.sequence() + 1);
  }

  private void land(long end) {
    Runnable listener = hasLanded; // before: who sees that all has landed may let go of it
    marks.landTo(end);
    listener.run();
  }

  @Override
  public String describe(long sequence) {
    return describer.apply(sequence);
  }

  /** Every sequence below is completed, as far as this can tell now. Waits for nothing. */
  public long completed() {
    ring.advance();
    return marks.completed();
  }

  /** Every sequence below is completed, and its failure, if any, taken note of. */
  public long passed() {
    long done = completed();
    return Math.min(done, failures.firstOpen()); // behind it: a failure is there before it counts
  }

  /** {@link #passed()}, as it was found last: looks at nothing. */
  public long passedAsFound() {
    return Math.min(marks.completed(), failures.firstOpen()); // in this order, as above
  }

  /** The same of what has landed. */
  public long passedSoFar() {
    return Math.min(marks.landed(), failures.firstOpen()); // in this order, as above
  }

  /** Every sequence below has landed, as it was found last. */
  public long landed() {
    return marks.landed();
  }

  /** {@link #passed()}, when a sink has taken note of what it could. Under no lock. */
  public long pass(FailureSink sink) {
    failures.pass(sink);
    return passed();
  }

  /** Entries that the device has handled, those that failed included. */
  public long handled() {
    return marks.completed() - start;
  }

  /** Entries whose handler failed for good. */
  public long failed() {
    return failures.count();
  }

  /** Whether there is a failure to take note of, and nobody does so now. */
  public boolean owesFailure() {
    return failures.isOwed();
  }

  /** How many of these somebody has taken note of: nobody wants them any more. */
  public long failuresNoted() {
    return failures.noted();
  }

  /** No entry from here on has failed so far. */
  public long failuresEnd() {
    return failures.end();
  }

  /** Whether a completed entry is a message for consumers. */
  public boolean isMessage(long sequence) {
    return !failures.has(sequence);
  }

  /** Where the run of such entries ends, which may begin at {@code from}. */
  public long messagesFrom(long from, long end) {
    return failures.isNoneFrom(from) ? end : failures.firstFrom(from, end);
  }

  /** When an entry was sent that is on its way, as {@link Ring#sentMillis}. */
  public long sentMillis(long sequence) {
    return ring.sentMillis(this, sequence);
  }

  /** Finds an entry in the window, as {@link NearRuns#hold}. */
  public boolean holdNear(long sequence, NearRun into) {
    NearRuns runs = near;
    return runs != null && runs.hold(sequence, into);
  }

  /** Whether an entry came by express, and was among the latest that did. */
  public boolean isExpress(long sequence) {
    ExpressEntries entries = express;
    return entries != null && entries.slot(sequence) != ExpressEntries.NONE;
  }

  /**
   * Copies an entry that came by express, and may not have landed.
   *
   * @return whether it did, and all of it is still there
   */
  public boolean copyExpress(long sequence, ByteBuffer memory, int at) {
    ExpressEntries entries = express;
    long slot = entries == null ? ExpressEntries.NONE : entries.slot(sequence);
    int results = ring.shape().resultBytes();
    return slot != ExpressEntries.NONE && ring.copyExpress(slot, results, memory, at);
  }

  /**
   * Waits until a completed entry has landed: before that the store may not show it.
   *
   * @param alive throws when nothing lands any more
   */
  public void awaitLanded(long sequence, Runnable alive) {
    Backoff backoff = new Backoff();
    while (marks.landed() <= sequence) {
      ring.advance();
      if (marks.landed() <= sequence) {
        alive.run();
        backoff.pause();
      }
    }
  }

  /** Forgets what is released. */
  void dropBelow(long released) {
    failures.dropBelow(released);
  }
}
