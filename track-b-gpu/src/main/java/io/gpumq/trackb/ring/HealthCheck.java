package io.gpumq.trackb.ring;

/**
 * Asks the device whether a ring still runs, and looks whether a handler hangs; every waiting call
 * hears of it if so. For one thread at a time.
 */
final class HealthCheck {
  private final SharedFile file;
  private final RingState state;
  private final Shared shared;
  private final Watch watch;
  private final RunningRing ring;

  HealthCheck(SharedFile file, RingState state, Shared shared, Watch watch, RunningRing ring) {
    this.file = file;
    this.state = state;
    this.shared = shared;
    this.watch = watch;
    this.ring = ring;
  }

  /** Checks once; nothing of a queue that has failed, or closed. */
  void run() {
    if (state.isUsable()) {
      String why = file.looking(this::failure, () -> null);
      if (why != null) {
        state.fail(why);
        shared.wakeAll();
      }
    }
  }

  private String failure() {
    long epoch = ring.epoch();
    String why = ring.failure();
    if (why != null) {
      return why;
    }
    String hangs = watch.look(System.nanoTime(), epoch);
    return hangs == null ? null : ring.hung(hangs, epoch);
  }
}
