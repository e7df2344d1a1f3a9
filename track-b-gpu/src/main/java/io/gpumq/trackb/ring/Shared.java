package io.gpumq.trackb.ring;

import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.delivery.DeadLetterStore;

/** What the lanes of one queue have in common. */
final class Shared {
  private final DeadLetterStore deadLetters;
  private volatile boolean intakeStopped;

  Shared(QueueConfig config) {
    deadLetters = new DeadLetterStore(config.deadLetterCapacity());
  }

  DeadLetterStore deadLetters() {
    return deadLetters;
  }

  /** From now on no lane takes a message. */
  void stopIntake() {
    intakeStopped = true;
  }

  boolean intakeStopped() {
    return intakeStopped;
  }
}
