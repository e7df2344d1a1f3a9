package io.gpumq.trackb.store;

/** What one queue has of a store, in bytes. Written under the store's lock. */
public final class Share {
  private final int number;
  private final long mostBytes;
  private long leastBytes;
  private volatile long held;

  Share(int number, long mostBytes, long leastBytes) {
    this.number = number;
    this.mostBytes = mostBytes;
    this.leastBytes = leastBytes;
  }

  /** Which of its store's shares it is, in the order of their beginnings, from 1 on. */
  public int number() {
    return number;
  }

  /** Whether it may hold less than the store has. */
  public boolean isLimited() {
    return mostBytes != Long.MAX_VALUE;
  }

  /** What it may hold. */
  public long mostBytes() {
    return mostBytes;
  }

  /** Whether it may hold a block more, whatever the store has. */
  public boolean mayHold(int block) {
    return held + block <= mostBytes;
  }

  /** What it holds now, in whole blocks. */
  public long held() {
    return held;
  }

  /** What is kept free for it now. */
  long promised() {
    return promisedWith(0);
  }

  /** What would be, if it held so much more. */
  long promisedWith(long more) {
    return Math.max(0, leastBytes - held - more);
  }

  void hold(long more) {
    held += more;
  }

  void end() {
    leastBytes = 0;
  }
}
