package io.gpumq.trackb.link;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Reads the device's completion words in the ring's order, and tells each run's owner: the one
 * place that knows how far the ring is completed without a gap. Producers ask it for room,
 * consumers for entries, and each call moves it on for all. Safe for use by many threads.
 */
final class Completions {
  /** Most words that one call reads, so that a fast device cannot keep a caller here. */
  private static final int MAX_STEP = 8192;

  /**
   * A word lands microseconds after its express, but for a device that dies in between and has to
   * be started again; what takes so much longer never comes.
   */
  private static final long LANDING_NANOS = 30_000_000_000L;

  private final ByteBuffer words;
  private final int mask;
  private final Express express;

  /** Set once, before the first call. */
  private Slots slots;

  private final AtomicBoolean advancing = new AtomicBoolean();

  // Where the holder of `advancing` stands: in which run, and before which of its entries. A copy,
  // since the run's slot may be another's as soon as its first entry has landed.
  private final Run run = new Run();
  private int index;

  /** Written by the holder of {@link #advancing}, as are the next. */
  private volatile long completed;

  /** Every word below stands in its place, too, and its owner has heard of that. */
  private volatile long landed;

  private volatile long failed;

  Completions(ByteBuffer words, int slots, Express express) {
    this.words = words;
    this.mask = slots - 1;
    this.express = express;
  }

  void of(Slots claimed) {
    slots = claimed;
  }

  /** Every sequence below is completed: what {@link #advance()} found last. */
  long completed() {
    return completed;
  }

  /** Every sequence below is completed, as far as this can tell now. Waits for nothing. */
  long advance() {
    long at = completed;
    if (hasMore(at) && advancing.compareAndSet(false, true)) {
      try {
        advanceAlone();
      } finally {
        advancing.set(false);
      }
    }
    return completed;
  }

  /** Whether there is something to move on over: words are read far more often than they change. */
  private boolean hasMore(long at) {
    long down = landed;
    return hasLanded(at) || express.has(at) || down < at && hasLanded(down);
  }

  private void advanceAlone() {
    long next = completed;
    long down = landed;
    long end = Math.min(slots.published(), next + MAX_STEP); // behind it a run shows what it holds
    while (next < end) {
      if (index == run.count()) {
        run.take(slots.run(next));
        index = 0;
      }
      int most = (int) Math.min(end - next, run.count() - index);
      long word = word(next); // once: it may come between two looks
      int count = 1;
      boolean hasLanded = CompletionWord.isOf(word, next);
      boolean isExpress = !hasLanded && express.has(next);
      if (isExpress || hasLanded && !CompletionWord.isPushed(word)) {
        run.leaveOut(); // what comes by express is not pushed, whatever its descriptor says
      }
      if (CompletionWord.isHandled(word, next)) {
        count += handledFrom(next + 1, most - 1);
        run.owner.completed(run, index, count, true);
      } else if (hasLanded) {
        failed++;
        run.owner.failed(run, index, word);
      } else if (isExpress) {
        slots.run(next).awaitLanding(run.owner);
        run.owner.completed(run, index, 1, false);
      } else {
        break;
      }
      down = hasLanded && down == next ? down + count : down;
      next += count;
      index += count;
    }
    landed = land(down, next);
    completed = next;
  }

  /** How many words from {@code first} on say that all is well, and stand in their places. */
  private int handledFrom(long first, int most) {
    int count = 0;
    while (count < most && CompletionWord.isHandled(word(first + count), first + count)) {
      count++;
    }
    return count;
  }

  /** Moves on over what has landed, and tells those of it that came by express. */
  private long land(long from, long end) {
    long down = from;
    while (down < end && hasLanded(down)) {
      slots.run(down).land();
      down++;
    }
    return down;
  }

  /** Every sequence below is completed, has landed, and its owner has heard of it. */
  long landed() {
    advance();
    return landed;
  }

  /** Whether every sequence below has landed; looks no further than it must to tell. */
  boolean hasLandedTo(long end) {
    return landed >= end || landed() >= end;
  }

  /** {@link #landed()} as it was found last: looks at nothing, waits for nobody. */
  long landedSoFar() {
    return landed;
  }

  /**
   * What stands at a sequence that is published and was not completed, in words; {@code null} if it
   * is by now, or somebody is just finding out.
   */
  String describe(long sequence) {
    if (!advancing.compareAndSet(false, true)) {
      return null;
    }
    try {
      if (completed != sequence || slots.published() <= sequence) {
        return null;
      }
      boolean isBegun = index < run.count();
      Run at = isBegun ? run : slots.run(sequence);
      return at.owner.describe(at.sequence() + (isBegun ? index : 0));
    } finally {
      advancing.set(false);
    }
  }

  /** Messages whose handler failed for good. */
  long failed() {
    return failed;
  }

  /**
   * Whether a sequence that has not landed before is completed, though one before it may not be.
   */
  boolean isComplete(long sequence) {
    return sequence < completed || hasLanded(sequence) || express.has(sequence);
  }

  /**
   * Waits until every completed sequence below {@code end} has landed.
   *
   * @param alive throws when nothing lands any more
   */
  void awaitLandedTo(long end, Runnable alive) {
    await(() -> hasLandedTo(end), alive);
  }

  private static void await(BooleanSupplier landing, Runnable alive) {
    Backoff backoff = new Backoff();
    long deadline = System.nanoTime() + LANDING_NANOS;
    while (!landing.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new TrackFailedException(
            "a message was completed by express, and its completion word is missing after "
                + LANDING_NANOS / 1_000_000
                + " ms: the device has stopped");
      }
      alive.run();
      backoff.pause();
    }
  }

  private boolean hasLanded(long sequence) {
    return CompletionWord.isOf(word(sequence), sequence);
  }

  /** Pairs with the device's release_shared(completion): what it tells of is read after it. */
  private long word(long sequence) {
    return Words.getAcquire(words, (int) (sequence & mask) * Long.BYTES);
  }
}
