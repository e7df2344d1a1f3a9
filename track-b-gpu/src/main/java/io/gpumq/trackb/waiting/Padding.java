package io.gpumq.trackb.waiting;

/**
 * Keeps the fields of a subclass off the cache line of what lies before the object. Threads that
 * write to one line wait for each other, whichever fields they mean.
 */
public abstract class Padding {
  private long before1;
  private long before2;
  private long before3;
  private long before4;
  private long before5;
  private long before6;
  private long before7;

  /** For subclasses. */
  protected Padding() {}
}
