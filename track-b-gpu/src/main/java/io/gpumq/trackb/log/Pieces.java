package io.gpumq.trackb.log;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.spi.CopyEngine;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/**
 * Pieces of memory that the copy engine knows, which all who copy share. Each call takes one or
 * two, and runs no code of users meanwhile: so who waits for one gets it soon, in order of arrival.
 * Safe for use by many threads.
 */
final class Pieces {
  /** One of them, for one thread at a time. */
  static final class Piece {
    private static final long NONE = -1;

    private final CopyEngine engine;
    private final int at;
    private long copy = NONE;

    private Piece(CopyEngine engine, int at) {
      this.engine = engine;
      this.at = at;
    }

    /** Where it begins in the memory, in bytes. */
    int at() {
      return at;
    }

    /** Begins to copy to the arena. */
    void write(long place, int bytes) {
      copy = engine.write(place, at, bytes);
    }

    /** Begins to copy from the arena. */
    void read(long place, int bytes) {
      copy = engine.read(place, at, bytes);
    }

    /** Waits until it is not being copied. */
    void await() {
      if (copy != NONE) {
        long last = copy;
        copy = NONE;
        engine.await(last);
      }
    }
  }

  private final int count;
  private final Semaphore free;
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>(); // guarded by this object
  private volatile boolean closed;

  Pieces(CopyEngine engine, int count, int bytes) {
    this.count = count;
    free = new Semaphore(count, true);
    for (int i = 0; i < count; i++) {
      pieces.push(new Piece(engine, i * bytes));
    }
  }

  /**
   * Takes a piece, waiting for one.
   *
   * @throws TrackFailedException if they are closed
   */
  Piece take() {
    free.acquireUninterruptibly();
    if (closed) {
      free.release(); // who waits behind this hears of it, too
      throw new TrackFailedException("the track is closed; open another");
    }
    return pop();
  }

  /** Takes a piece if one is free that nobody waits for; else returns {@code null}. */
  Piece tryTake() {
    return !free.hasQueuedThreads() && free.tryAcquire() ? pop() : null;
  }

  private synchronized Piece pop() {
    return pieces.pop();
  }

  /** Gives a piece back, once it is not being copied any more. */
  void giveBack(Piece piece) {
    try {
      piece.await();
    } finally {
      push(piece);
      free.release();
    }
  }

  private synchronized void push(Piece piece) {
    pieces.push(piece);
  }

  /** Waits until all are given back; none is taken any more. Once. */
  void close() {
    closed = true;
    free.acquireUninterruptibly(count);
    free.release(count);
  }
}
