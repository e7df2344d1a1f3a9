package io.gpumq.trackb.queue;

import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Line;
import io.gpumq.spi.waiting.Source;
import io.gpumq.trackb.delivery.Group;

/** A group of a queue: its part of each lane, and the line of those who wait for its entries. */
final class QueueGroup implements Source {
  private final QueueState state;
  private final Looks looks;
  private final Lane[] lanes;
  private final Group[] parts;
  private final Line line;

  /**
   * @param parts one of each lane
   * @param kept the line that it had when its queue was folded, and asks again; or {@code null}
   */
  QueueGroup(QueueState state, Looks looks, Bell bell, Lane[] lanes, Group[] parts, Line kept) {
    this.state = state;
    this.looks = looks;
    this.lanes = lanes;
    this.parts = parts;
    line = kept == null ? bell.line(this) : kept;
  }

  /** Its part of a lane. */
  Group of(int lane) {
    return parts[lane];
  }

  /** Is the one that its line asks. */
  void askAgain() {
    line.ask(this);
  }

  Line line() {
    return line;
  }

  @Override
  public int ready() {
    return state.isUsable() ? looks.at(this::readyNow, () -> ENDED) : ENDED;
  }

  private int readyNow() {
    long ready = 0;
    for (int lane = 0; lane < lanes.length; lane++) {
      ready += lanes[lane].ready(parts[lane]);
    }
    return (int) Math.min(Integer.MAX_VALUE, ready);
  }

  @Override
  public long nanosToLook() {
    return looks.at(this::nanosToLookNow, () -> AT_ONCE);
  }

  private long nanosToLookNow() {
    long nanos = NEVER;
    for (int lane = 0; lane < lanes.length; lane++) {
      nanos = Math.min(nanos, lanes[lane].nanosToLook(parts[lane]));
    }
    return nanos;
  }
}
