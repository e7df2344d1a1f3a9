package io.gpumq.trackb.link;

import com.lmax.disruptor.Sequence;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.waiting.SpinningLock;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;

/**
 * Reads the device's completion words in the ring's order, and tells each run's owner: the one
 * place that knows how far the ring is completed without a gap. Producers ask it for room,
 * consumers for entries, and each call moves it on for all. Safe for use by many threads.
 */
final class Completions {
  /** What {@link #askRunOf} answers where there is no such run. */
  static final long NONE = -1;

  /** Most words that one call reads, so that a fast device cannot keep a caller here. */
  private static final int MAX_STEP = 8192;

  private final ByteBuffer words;
  private final int mask;
  private final Express express;

  /** Set once, before the first call. */
  private Slots slots;

  /** Guards where it stands, and orders the writes of the next two. */
  private final Position position = new Position();

  private final Sequence completed = new Sequence(0);

  /** Every word below stands in its place, too, and its owner has heard of that. */
  private final Sequence landed = new Sequence(0);

  /** A lock, with where its holder stands. */
  private static final class Position extends SpinningLock {
    /** A copy: the run's slot may be another's as soon as its first entry has landed. */
    private final Run run = new Run();

    /** The next of its entries. */
    private int index;

    /** How far the ring was published: looked at again only where that does not do. */
    private long published;
  }

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
    if (hasMore(completed.get()) && position.tryLock()) {
      try {
        advanceAlone();
      } finally {
        position.unlock();
      }
    }
    return completed.get();
  }

  /** Whether there is something to move on over: words are read far more often than they change. */
  private boolean hasMore(long next) {
    long down = landed.get();
    return hasLanded(next) || express.has(next) || down < next && hasLanded(down);
  }

  private void advanceAlone() {
    Run run = position.run;
    long next = completed.get();
    long down = landed.get();
    long most = next + MAX_STEP;
    while (next < most && (next < position.published || isPublished(next))) {
      if (position.index == run.count()) {
        run.take(slots.run(next));
        position.index = 0;
      }
      int index = position.index;
      long word = word(next); // once: it may come between two looks
      int count = 1;
      boolean hasLanded = CompletionWord.isOf(word, next);
      boolean isExpress = !hasLanded && express.has(next);
      if (isExpress || hasLanded && !CompletionWord.isPushed(word)) {
        run.leaveOut(); // what comes by express is not pushed, whatever its descriptor says
      }
      if (CompletionWord.isHandled(word, next)) {
        count += handledFrom(next + 1, run.count() - index - 1);
        run.owner.completed(run, index, count, true);
      } else if (hasLanded) {
        run.owner.failed(run, index, word);
      } else if (isExpress) {
        slots.run(next).awaitLanding(run.owner);
        run.owner.completed(run, index, 1, false);
      } else {
        break;
      }
      down = hasLanded && down == next ? down + count : down;
      next += count;
      position.index += count;
    }
    // Released: who sees landed may write to what lies below, who sees completed may look at it.
    landed.set(land(down, next));
    completed.set(next);
  }

  /** Looks how far the ring is published: behind that a run shows what it holds. */
  private boolean isPublished(long sequence) {
    position.published = slots.published();
    return sequence < position.published;
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
    if (!position.tryLock()) {
      return null;
    }
    try {
      if (completed.get() != sequence || slots.published() <= sequence) {
        return null;
      }
      Run run = runAt(sequence);
      return run.owner.describe(run.sequence() + sequence - run.slot());
    } finally {
      position.unlock();
    }
  }

  /**
   * Asks about the run to which an entry belongs that is published and was not completed.
   *
   * @param owner whose entry it is
   * @param sequence of the entry, in its queue
   * @param question waits for nothing; the run holds until it returns
   * @return the answer, or {@link #NONE} where there is no such run
   */
  long askRunOf(Carried owner, long sequence, ToLongFunction<Run> question) {
    position.lock();
    try {
      long end = slots.published();
      for (long next = completed.get(); next < end; ) {
        Run run = runAt(next);
        if (run.owner == owner && run.has(sequence)) {
          return question.applyAsLong(run);
        }
        next = run.slot() + run.count();
      }
      return NONE;
    } finally {
      position.unlock();
    }
  }

  /**
   * The run of a sequence that is published and not completed: the one that was begun, or one that
   * begins there. For the holder of the position.
   */
  private Run runAt(long sequence) {
    boolean isBegun = position.index < position.run.count() && sequence == completed.get();
    return isBegun ? position.run : slots.run(sequence);
  }

  private boolean hasLanded(long sequence) {
    return CompletionWord.isOf(word(sequence), sequence);
  }

  /** Pairs with the device's release_shared(completion): what it tells of is read after it. */
  private long word(long sequence) {
    return Words.getAcquire(words, (int) (sequence & mask) * Long.BYTES);
  }
}
