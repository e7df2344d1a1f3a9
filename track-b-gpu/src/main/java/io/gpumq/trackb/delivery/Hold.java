package io.gpumq.trackb.delivery;

/**
 * What one reader is about to read: while it is set, nothing from there on is released, whoever
 * settles it. A group's take sets it under the group's lock, before any of the entries can be
 * settled; the reader lets go when it has their bytes.
 *
 * <p>{@link #from()} is read behind the groups' {@link Group#acknowledgedTo()}, which is written
 * behind {@link #set}: so a watermark that counts an entry as settled comes with the hold that was
 * set before that.
 */
public final class Hold {
  private static final long NONE = Long.MAX_VALUE;

  private volatile long from = NONE;

  /** How often it was set. Written before {@link #from}, and read behind it. */
  private long times;

  /** Holds from a sequence on. */
  public void set(long sequence) {
    times++;
    from = sequence;
  }

  /** How often it was set: tells what is held now from what is held later. */
  public long times() {
    return from == NONE ? -1 : times;
  }

  /** Holds nothing any more. */
  public void letGo() {
    from = NONE;
  }

  /** Returns the lowest sequence that is not to be released, or a value above all. */
  public long from() {
    return from;
  }
}
