package io.gpumq.trackb.log;

/**
 * A large entry that is read into memory which readers share, and stays there until it is let go
 * of. For one thread, used again and again.
 */
public final class LargeRead {
  private final LargeArea reads;
  private int at;
  private int bytes;
  private long copy;
  private boolean isUnderWay;

  LargeRead(LargeArea reads) {
    this.reads = reads;
  }

  void begin(int where, int length, long number) {
    at = where;
    bytes = length;
    copy = number;
    isUnderWay = true;
  }

  /** Where it lies in {@link LargeArea#memory()}, in bytes. */
  public int at() {
    return at;
  }

  /**
   * Waits until it is there.
   *
   * @throws io.gpumq.api.TrackFailedException if the device has failed; it is to be let go of then,
   *     too
   */
  public void await() {
    if (isUnderWay) {
      isUnderWay = false;
      reads.await(copy);
    }
  }

  /** Lets go of it: others may be read there. */
  public void letGo() {
    try {
      await();
    } finally {
      reads.giveBack(at, bytes);
    }
  }
}
