package io.gpumq.trackb.link;

/**
 * The reads that somebody has asked a ring for, and how many of them have come. One thread at a
 * time asks; whoever moves the ring on tells; any thread may look.
 */
final class Arrivals implements Carried {
  /** Reads asked for so far. Written before these are published. */
  private volatile long asked;

  /** The first that still matters: what became of earlier ones was told, or does not matter. */
  private volatile long begun;

  /** Reads that have come. Written by whoever asks the ring how far it is, as is the next. */
  private volatile long arrived;

  /**
   * Whether some of it is not in the window: it came by express, or the device gave it up, as
   * happens where one takes over from another.
   */
  private volatile boolean isMissing;

  /**
   * Begins anew with the reads of a run of the ring.
   *
   * @param run of claimed slots, which are not published
   * @param place of the first read in the arena
   */
  void begin(Run run, long slot, int count, long place, Chunk chunk) {
    begun = asked;
    isMissing = false;
    run.set(slot, this, asked, count, place, chunk, 0, 0, true);
    asked += count;
  }

  /** Whether all that was asked for has come, or is missing. */
  boolean hasAll() {
    return arrived == asked;
  }

  /** Whether some of what was asked for last is not in the window. */
  boolean isMissing() {
    return isMissing;
  }

  @Override
  public void completed(Run run, int first, int count, boolean landed) {
    // Before it has arrived: who sees that looks here next.
    isMissing |= run.sequence() >= begun && !run.isPushed();
    arrived = run.sequence() + first + count;
  }

  @Override
  public void failed(Run run, int index, long word) {
    isMissing = true;
    arrived = run.sequence() + index + 1;
  }

  @Override
  public void landed(Run run) {}

  @Override
  public String describe(long run) {
    return "a read";
  }
}
