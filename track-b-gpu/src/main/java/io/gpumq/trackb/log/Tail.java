package io.gpumq.trackb.log;

import io.gpumq.trackb.waiting.SpinningLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lock that orders the claims of a lane, with what its holder knows, in cache lines of their
 * own. What others write is looked at again only where what was seen does not do: each look may
 * have to fetch it from another core.
 */
final class Tail extends SpinningLock {
  private static final VarHandle CLAIMED;

  static {
    try {
      CLAIMED = MethodHandles.lookup().findVarHandle(Tail.class, "claimed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long claimed;

  /** Entries that are about to be written, by the limit of entries. */
  long reserved;

  /** Of all entries that were claimed. */
  long payloadBytes;

  /** The sequences below were released when it was looked at last. */
  long seenReleased;

  /** How many of the entries from there on had gone then, and by which change of these. */
  long seenGone;

  long seenChanges;

  /** How far the reader was then that is furthest ahead. */
  long seenAhead;

  /** The express is thought of again for this sequence. */
  long awaitedFrom;

  // Behind the others: what follows the object lies in another line.
  private long after1;
  private long after2;
  private long after3;
  private long after4;
  private long after5;
  private long after6;
  private long after7;

  Tail(long first, long ahead) {
    claimed = first;
    seenReleased = first;
    seenAhead = ahead;
  }

  /** Begins further on. Before anybody looks. */
  void begin(long end, long released, long ofPayloads) {
    claimed = end;
    seenReleased = released;
    payloadBytes = ofPayloads;
  }

  /** Every sequence below is claimed, and published or just about to be. */
  long claimed() {
    return claimed;
  }

  /** For the holder of the lock, whose end shows it to the next; others read it as a figure. */
  void claimTo(long sequence) {
    CLAIMED.setRelease(this, sequence);
  }
}
