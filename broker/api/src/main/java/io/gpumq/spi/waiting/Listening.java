package io.gpumq.spi.waiting;

import io.gpumq.api.Waiting;
import java.util.Objects;

/** A wait without a thread. */
final class Listening extends Waiter implements Waiting {
  private final Listener listener;

  Listening(Listener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  @Override
  void tell(Outcome outcome) {
    listener.told(this, outcome);
  }

  @Override
  public boolean cancel() {
    return line.waiters().cancel(this);
  }

  @Override
  public void pass() {
    line.waiters().pass(this);
  }

  @Override
  public void waitAgain() {
    line.waiters().waitAgain(this);
  }
}
