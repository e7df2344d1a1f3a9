package io.gpumq.spi.waiting;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/** What one queue's threads ring when something has changed that others may wait for. */
public final class Bell {
  private final Waiters waiters;

  /** Whether the poller wants to hear of this queue: some line of it sleeps, or the poller does. */
  private volatile boolean wanted;

  /** Those of its lines in which somebody waits. Guarded by the waiters. */
  private final List<Line> lines = new ArrayList<>(0);

  Bell(Waiters waiters) {
    this.waiters = waiters;
  }

  /** Makes the poller look, if it does not: something has changed. */
  public void ring() {
    VarHandle.fullFence();
    ringBehindFence();
  }

  /**
   * {@link #ring} where a full fence lies behind the change: that is seen by the look which the
   * poller takes between {@link #want} and its sleep, or its wish is seen here.
   */
  public void ringBehindFence() {
    if (wanted) {
      wanted = false;
      waiters.rung(this);
    }
  }

  /** Makes a line of those who wait for one thing. */
  public Line line(Source source) {
    return new Line(waiters, this, source);
  }

  /** From now on, who rings is heard. A volatile write: the look comes behind it. */
  void want() {
    wanted = true;
  }

  List<Line> lines() {
    return lines;
  }
}
