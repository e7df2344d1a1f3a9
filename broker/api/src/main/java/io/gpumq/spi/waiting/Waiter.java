package io.gpumq.spi.waiting;

import io.gpumq.api.Waiting.Outcome;

/**
 * One that waits in a {@link Line}, and is told once. Its timer is the end of its time while it
 * waits, and the end of its turn then. All of it is guarded by the {@link Waiters}.
 */
abstract class Waiter extends Timer {
  /** Where it is in its life. */
  enum State {
    WAITING,
    /** It was told that there is something, and has its turn. */
    ITS_TURN,
    /** It was told, and its turn is over. */
    PASSED,
    /** It was told that there is nothing to wait for, or has left. */
    GONE
  }

  Line line;
  State state = State.GONE;

  /** Its neighbours in line. */
  Waiter before;

  Waiter behind;

  /** How many of what there is it takes at most: so many are its own while it has its turn. */
  int most = 1;

  /** Its number among those who came to its line. */
  long arrival;

  /** When its time is over, in ticks. */
  long limit;

  /** Is told what has ended its wait, by the poller, under no lock. */
  abstract void tell(Outcome outcome);

  @Override
  final void expire() {
    if (state == State.WAITING) {
      line.timeOver(this);
    } else {
      line.pass(this);
    }
  }
}
