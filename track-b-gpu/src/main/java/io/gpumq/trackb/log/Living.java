package io.gpumq.trackb.log;

import java.util.BitSet;
import java.util.function.BooleanSupplier;

/**
 * Which entries of a log live: somebody may still want them. Asked by whoever gives memory back,
 * under no lock of the log. Safe for use by many threads.
 */
public interface Living {
  /** Every entry from here on lives. */
  long allFrom();

  /** A figure that has grown whenever entries have ceased to live. */
  long gone();

  /**
   * How often entries that did not live may have come to life again: to be asked before {@link
   * #mark}, and given to {@link #unlessRevived}.
   */
  long revivals();

  /** Sets a bit for each of {@code count} entries from one on that lives; clears none. */
  void mark(long from, int count, BitSet bits);

  /**
   * Looks who reads now, of entries below one.
   *
   * @return tells whether all these have ended
   */
  BooleanSupplier readersBelow(long sequence);

  /**
   * Does something that takes it for granted that no entry has come to life; none does meanwhile.
   *
   * @param revivals as they were asked for before
   * @param act waits for nothing
   * @return whether it was done
   */
  boolean unlessRevived(long revivals, Runnable act);
}
