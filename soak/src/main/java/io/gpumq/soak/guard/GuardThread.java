package io.gpumq.soak.guard;

/**
 * A thread that does nothing but look at the clock, for as long as this is open. The longest time
 * between two looks tells of pauses that the machine made, or the whole process: a pause of a
 * measurement beside it that is longer was made by what was measured.
 */
public final class GuardThread implements AutoCloseable {
  private static final String NAME = "guard";

  private final Thread thread = new Thread(this::look, NAME);
  private volatile boolean stop;
  private long longestNanos;

  /** Starts it. */
  public GuardThread() {
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    var gap = new Gap();
    while (!stop) {
      gap.look();
      // Spinning alone would keep the queue from working on few cores.
      Thread.yield();
    }
    longestNanos = gap.longestNanos();
  }

  /**
   * Ends it.
   *
   * @return the longest time between two looks, in nanoseconds
   */
  public long end() throws InterruptedException {
    stop = true;
    thread.join();
    return longestNanos;
  }

  /** Tells it to end; does not wait. */
  @Override
  public void close() {
    stop = true;
  }
}
