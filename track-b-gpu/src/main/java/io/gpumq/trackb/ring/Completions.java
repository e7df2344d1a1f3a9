package io.gpumq.trackb.ring;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.delivery.Deliverable;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Reads the device's completion words in order: the one place that knows how far the queue is
 * completed without a gap. Producers ask it for room, consumers for entries; whoever asks moves it
 * on.
 */
final class Completions implements Deliverable {
  /** Takes a message whose handler failed for good. */
  @FunctionalInterface
  interface FailureSink {
    /** Returns false when there is no room for it now: it is offered again. */
    boolean offer(long sequence, long word);
  }

  /** Most words that one call reads, so that a fast device cannot keep a caller here. */
  private static final int MAX_STEP = 8192;

  /**
   * A word lands microseconds after its express, but for a device that dies in between and has to
   * be started again; what takes so much longer never comes.
   */
  private static final long LANDING_NANOS = 30_000_000_000L;

  private static final FailureSink NO_ROOM = (sequence, word) -> false;

  private final ByteBuffer words;
  private final long mask;
  private final Express express;
  private final FailureSink failures;

  /** Throws when nothing lands any more. */
  private Runnable alive = () -> {};

  private final AtomicBoolean advancing = new AtomicBoolean();

  /** Written by whoever holds {@link #advancing}. */
  private volatile long completed;

  /** Every word below stands in its place, too: no late one can fall upon a later lap's. */
  private volatile long landed;

  /** The highest sequence so far that holds no message for consumers. */
  private volatile long lastPassed = -1;

  private volatile long failed;
  private volatile long voided;

  Completions(SharedFile file, RingGeometry g, Express express, FailureSink failures) {
    this.words = file.completions();
    this.mask = g.capacity() - 1;
    this.express = express;
    this.failures = failures;
    this.completed = g.firstSequence();
    this.landed = g.firstSequence();
    if ((int) g.firstSequence() != 0) { // else no stamp of the first lap is that of an empty word
      // As if the lap before had been completed: no word of the first lap equals its sequence's.
      for (int slot = 0; slot < g.capacity(); slot++) {
        long before = g.firstSequence() - g.capacity() + slot;
        Words.setOpaque(words, slot * Long.BYTES, Completion.word(before, 0, 0, false, 0, 0));
      }
    }
  }

  /**
   * The word of a completed sequence that is not released. Of any other, a word that is not of it.
   */
  long word(long sequence) {
    long word = landedWord(sequence);
    return Completion.isOf(word, sequence) ? word : expressWord(sequence, word);
  }

  /** The word of a sequence that came out by express, but for its tries; or {@code other}. */
  private long expressWord(long sequence, long other) {
    int length = express.length(sequence);
    return length == Express.NONE
        ? other
        : Completion.word(sequence, length, RingLayout.STATUS_OK, false, 1, 0);
  }

  /** Whether a sequence that is not released is completed, though one before it may not be. */
  boolean isComplete(long sequence) {
    return Completion.isOf(word(sequence), sequence);
  }

  /** Every sequence below is completed: what {@link #advance()} found last. */
  long completed() {
    return completed;
  }

  /**
   * Every sequence below is completed, as far as this can tell now. What has failed is taken note
   * of, which may read from the device, and wait for that: to be called under no lock.
   */
  long advance() {
    return advance(failures);
  }

  /** {@link #advance()}, but goes no further than to what has failed: waits for nothing. */
  long look() {
    return advance(NO_ROOM);
  }

  private long advance(FailureSink sink) {
    long at = completed;
    if (!hasMore(at) || !advancing.compareAndSet(false, true)) {
      return at;
    }
    try {
      return advanceAlone(sink);
    } finally {
      advancing.set(false);
    }
  }

  /** Whether {@link #advance()} has a failed message to take note of, and nobody does so now. */
  boolean hasFailedNext() {
    long at = completed;
    long word = landedWord(at);
    return Completion.isOf(word, at)
        && Completion.status(word) == RingLayout.STATUS_FAILED
        && !advancing.get();
  }

  /** Whether there is something to move on over: words are read far more often than they change. */
  private boolean hasMore(long at) {
    long down = landed;
    return Completion.isOf(word(at), at) || down < at && Completion.isOf(landedWord(down), down);
  }

  private long advanceAlone(FailureSink sink) {
    long next = completed;
    long down = landed;
    for (long end = next + MAX_STEP; next < end; next++) {
      long word = landedWord(next);
      boolean hasLanded = Completion.isOf(word, next);
      if (!hasLanded) {
        word = expressWord(next, word);
        if (!Completion.isOf(word, next)) {
          break;
        }
      }
      int status = Completion.status(word);
      if (status != RingLayout.STATUS_OK && !passes(next, word, status, sink)) {
        break;
      }
      if (hasLanded && down == next) {
        down = next + 1;
      }
    }
    while (down < next && Completion.isOf(landedWord(down), down)) {
      down++;
    }
    landed = down;
    completed = next;
    return next;
  }

  /** Whether a slot that holds no message for consumers is done with. */
  private boolean passes(long sequence, long word, int status, FailureSink sink) {
    if (status == RingLayout.STATUS_VOID) {
      voided++;
    } else if (sink.offer(sequence, word)) {
      failed++;
    } else {
      return false;
    }
    lastPassed = sequence;
    return true;
  }

  /**
   * Every sequence below is completed, and its word stands in its place: the slot in the ingress
   * ring may be claimed again. A message that came by express is completed a little before it has
   * landed.
   */
  long landed() {
    advance();
    return landed;
  }

  /** {@link #landed()}, but looks no further than it must to tell whether it is {@code enough}. */
  long landedTo(long enough) {
    long seen = landed;
    return seen >= enough ? seen : landed();
  }

  /** {@link #landed()} as it was found last: looks at nothing, waits for nobody. */
  long landedSoFar() {
    return landed;
  }

  /** Waits for one completed sequence to land: before that, VRAM may not show all of it. */
  void awaitLanded(long sequence) {
    await(() -> Completion.isOf(landedWord(sequence), sequence));
  }

  /**
   * Waits for completed sequences to land up to {@code end}.
   *
   * @return {@link #landed()}, at least {@code end}
   */
  long awaitLandedTo(long end) {
    if (landed() < end) {
      await(() -> landed() >= end);
    }
    return landed;
  }

  /**
   * Set once, before the first wait.
   *
   * @param check throws when nothing lands any more
   */
  void waitsOnlyWhile(Runnable check) {
    alive = check;
  }

  private void await(BooleanSupplier landing) {
    Backoff backoff = new Backoff();
    long deadline = System.nanoTime() + LANDING_NANOS;
    while (!landing.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new TrackFailedException(
            "a message was completed by express, and its completion word is missing after "
                + LANDING_NANOS / 1_000_000
                + " ms: the device has stopped");
      }
      alive.run();
      backoff.pause();
    }
  }

  /** Pairs with the device's release_shared(completion): the slot is read after it. */
  private long landedWord(long sequence) {
    return Words.getAcquire(words, offset(sequence));
  }

  @Override
  public boolean deliverable(long sequence) {
    return Completion.status(word(sequence)) == RingLayout.STATUS_OK;
  }

  /** Nearly always all of them are deliverable, and known to be. */
  @Override
  public long runEnd(long from, long end) {
    return from > lastPassed ? end : Deliverable.super.runEnd(from, end);
  }

  /** Messages below {@link #advance()} whose handler failed for good. */
  long failed() {
    return failed;
  }

  /** Slots below {@link #advance()} that hold no message. */
  long voided() {
    return voided;
  }

  private int offset(long sequence) {
    return (int) (sequence & mask) * Long.BYTES;
  }
}
