package io.gpumq.trackb.link;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the device's completion words in the ring's order, and tells each run's owner: the one
 * place that knows how far the ring is completed without a gap. Producers ask it for room,
 * consumers for entries, and each call moves it on for all. Safe for use by many threads.
 */
final class Completions {
  /** Most words that one call reads, so that a fast device cannot keep a caller here. */
  private static final int MAX_STEP = 8192;

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
  private final AtomicLong completed = new AtomicLong();

  /** Every word below stands in its place, too, and its owner has heard of that. */
  private final AtomicLong landed = new AtomicLong();

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
    return completed.get();
  }

  /** Every sequence below is completed, as far as this can tell now. Waits for nothing. */
  long advance() {
    long at = completed.get();
    if (hasMore(at) && advancing.compareAndSet(false, true)) {
      try {
        advanceAlone();
      } finally {
        advancing.setRelease(false); // pairs with the compare-and-set of the next
      }
    }
    return completed.get();
  }

  /** Whether there is something to move on over: words are read far more often than they change. */
  private boolean hasMore(long at) {
    long down = landed.get();
    return hasLanded(at) || express.has(at) || down < at && hasLanded(down);
  }

  private void advanceAlone() {
    long next = completed.getPlain();
    long down = landed.getPlain();
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
    // Released: who sees landed may write to what lies below, who sees completed may look at it.
    landed.setRelease(land(down, next));
    completed.setRelease(next);
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
    return landed.get();
  }

  /** Whether every sequence below has landed; looks no further than it must to tell. */
  boolean hasLandedTo(long end) {
    return landed.get() >= end || landed() >= end;
  }

  /** {@link #landed()} as it was found last: looks at nothing, waits for nobody. */
  long landedSoFar() {
    return landed.get();
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
      if (completed.get() != sequence || slots.published() <= sequence) {
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

  private boolean hasLanded(long sequence) {
    return CompletionWord.isOf(word(sequence), sequence);
  }

  /** Pairs with the device's release_shared(completion): what it tells of is read after it. */
  private long word(long sequence) {
    return Words.getAcquire(words, (int) (sequence & mask) * Long.BYTES);
  }
}
