package io.gpumq.trackb.link;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.waiting.Backoff;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * The chunks of a ring, which its producers share. A call takes one, writes, and leaves it for the
 * next; a writer that takes its time holds its own chunk only. Safe for use by many threads.
 */
final class Chunks {
  /** An open chunk with less room than this part of a chunk rests: the next begins another. */
  private static final int LEAST_ROOM = 16;

  /**
   * Once this part of all chunks is out, callers without one of their own share those that are
   * open. A chunk that its caller left, and forgot, is no part of the window that others go round
   * in.
   */
  private static final int MOST_OUT = 4;

  /** No call has a chunk for so long, unless its thread cannot go on. */
  private static final long MOST_WAIT_NANOS = 2_000_000_000L;

  private final Chunk[] all;
  private final int leastRoom;
  private final LongPredicate hasLanded;

  /** Those that rest, in the order in which they were full. Guarded by this object. */
  private final ArrayDeque<Chunk> resting = new ArrayDeque<>();

  /** Whether none is taken any more. Guarded by this object. */
  private boolean isEnded;

  /** What is done when one is back that was kept. Written before one is kept. */
  private Runnable letGo;

  /**
   * @param from the first of the ring's chunks
   * @param end behind the last
   * @param hasLanded whether every ring sequence below the one given has landed
   */
  Chunks(RingShape shape, int from, int end, LongPredicate hasLanded) {
    this.hasLanded = hasLanded;
    leastRoom = shape.chunkBytes() / LEAST_ROOM;
    all = new Chunk[end - from];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Chunk((from + i) * shape.chunkBytes(), shape.chunkBytes());
      resting.add(all[i]);
    }
  }

  /**
   * Takes a chunk.
   *
   * @param hint the one that the caller had last, which its processor's cache may have, or {@code
   *     null}
   * @param bytes the room that it must have, at most a chunk's
   * @return {@code null} if there is none now
   */
  Chunk take(Chunk hint, int bytes) {
    Chunk chunk = hint == null ? null : takeOpen(hint, bytes);
    if (chunk == null) {
      chunk = takeRested(all.length - all.length / MOST_OUT);
    }
    for (int i = 0; i < all.length && chunk == null; i++) {
      chunk = takeOpen(all[i], bytes); // which another may want back
    }
    return chunk == null ? takeRested(0) : chunk;
  }

  /** Takes a chunk if it is open and has the room. One that has not is full enough to rest. */
  private Chunk takeOpen(Chunk chunk, int bytes) {
    if (!chunk.tryTake()) {
      return null;
    }
    if (chunk.room() < bytes) {
      rest(chunk);
      return null;
    }
    return chunk;
  }

  /** Takes the chunk that rests longest, if more than {@code least} do. */
  private synchronized Chunk takeRested(int least) {
    Chunk chunk = firstResting();
    if (chunk == null || resting.size() <= least || !hasLanded.test(chunk.until())) {
      return null;
    }
    resting.remove();
    chunk.refill();
    return chunk;
  }

  /**
   * Whether {@link #take} may find one, as far as nobody else takes it: waits for nothing. Where
   * none rests an open one is enough, though it has not the room: {@link #take} has it rest, and
   * this tells from then on when it may be filled anew.
   */
  boolean hasRoom(int bytes) {
    boolean isSomeOpen = false;
    for (Chunk chunk : all) {
      boolean isOpen = chunk.isOpen();
      if (isOpen && chunk.room() >= bytes) {
        return true;
      }
      isSomeOpen |= isOpen;
    }
    Chunk chunk = firstResting();
    return chunk == null ? isSomeOpen : hasLanded.test(chunk.until());
  }

  private synchronized Chunk firstResting() {
    return isEnded ? null : resting.peek();
  }

  /** Gives a chunk back: what lies in it behind what was claimed is nobody's. */
  void leave(Chunk chunk) {
    if (chunk.isLent() && !chunk.takeBack()) {
      letGo.run();
    } else if (chunk.room() < leastRoom) {
      rest(chunk);
    } else {
      chunk.open();
    }
  }

  /**
   * None is taken any more: who has one is waited for, but a user's writer is not. Who has taken
   * one may look at all of the ring's memory until it is back.
   *
   * @param hold keeps the memory for such a writer, until {@code letGo}; and for good where a call
   *     has not come to its end in two seconds
   */
  void end(Runnable hold, Runnable letGo) {
    synchronized (this) {
      isEnded = true;
    }
    this.letGo = letGo;
    Backoff backoff = new Backoff();
    long start = System.nanoTime();
    for (Chunk chunk : all) {
      while (!chunk.tryEnd() && !keep(chunk, hold)) {
        if (System.nanoTime() - start > MOST_WAIT_NANOS) {
          hold.run();
          break;
        }
        backoff.pause();
      }
    }
  }

  private boolean keep(Chunk chunk, Runnable hold) {
    hold.run(); // before it is kept: who has it may let go at once
    boolean isKept = chunk.keep();
    if (!isKept) {
      letGo.run();
    }
    return isKept;
  }

  /** Whether some call has one. */
  boolean areSomeTaken() {
    return Arrays.stream(all).anyMatch(Chunk::isTaken);
  }

  void takeRefuges(LongConsumer taker) {
    for (Chunk chunk : all) {
      if (!chunk.isTaken() && chunk.refuge() != Draft.NO_REFUGE) {
        taker.accept(chunk.refuge());
        chunk.refuge(Draft.NO_REFUGE);
      }
    }
  }

  private synchronized void rest(Chunk chunk) {
    chunk.rest();
    resting.add(chunk);
  }
}
