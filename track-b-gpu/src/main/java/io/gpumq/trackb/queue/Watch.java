package io.gpumq.trackb.queue;

import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.link.Ring;

/**
 * Notices a handler that hangs: the oldest published message of a ring is not completed for longer
 * than the handler may take. A ring with nothing to do does not hang. For one thread at a time,
 * some hundred looks a second.
 */
final class Watch {
  private final String handler;
  private final long timeoutNanos;
  private final Control control;
  private final Ring ring;

  /** The oldest sequence that was not completed at the last look. */
  private long oldest;

  /** How long it has been that, and the time of the last look. */
  private long stoodNanos;

  private long lookedNanos;

  /** The heartbeat when it began to be that. */
  private long heartbeat;

  private long epoch;

  /**
   * @param timeoutNanos that the handler may take
   */
  Watch(String handler, long timeoutNanos, Control control, Ring ring) {
    this.handler = handler;
    this.timeoutNanos = timeoutNanos;
    this.control = control;
    this.ring = ring;
  }

  /**
   * Looks once.
   *
   * @param nowNanos as {@link System#nanoTime} tells it
   * @param deviceEpoch as {@link io.gpumq.trackb.spi.Carrier#epoch} tells it: the time before it
   *     changed counts for nothing
   * @return what hangs, or {@code null}
   */
  String look(long nowNanos, long deviceEpoch) {
    if (deviceEpoch != epoch) {
      epoch = deviceEpoch;
      stoodNanos = 0;
    }
    long head = control.acquireHead();
    long next = ring.completed();
    // A look is late when the whole process was held up: no fault of the handler's. One such gap is
    // no more than a part of the time allowed.
    long gap = Math.min(nowNanos - lookedNanos, timeoutNanos / 4);
    lookedNanos = nowNanos;
    if (next > oldest || next >= head || stoodNanos == 0) {
      oldest = next;
      stoodNanos = next < head ? 1 : 0;
      heartbeat = control.heartbeat();
      return null;
    }
    stoodNanos += gap;
    return stoodNanos <= timeoutNanos ? null : describe();
  }

  /** Null when it was completed meanwhile. */
  private String describe() {
    String message = ring.describe(oldest);
    if (message == null) {
      return null;
    }
    String stands = " has not been completed for " + timeoutNanos / 1_000_000 + " ms, its timeout";
    return control.heartbeat() != heartbeat
        ? "handler '"
            + handler
            + "' hangs on "
            + message
            + ", which"
            + stands
            + "; the rest of the device is alive"
        : message
            + stands
            + ", and the device shows no sign of life: handler '"
            + handler
            + "' hangs, or all of the device";
  }
}
