package io.gpumq.trackb.ring;

import io.gpumq.trackb.layout.ControlBlock;
import java.util.function.LongFunction;

/**
 * Notices a handler that hangs: the oldest published sequence is not completed for longer than the
 * queue allows. What is completed and has no room among the dead letters does not hang, nor does a
 * ring with nothing to do. For one thread at a time, some hundred looks a second.
 */
final class Watch {
  /** Most words that one look reads. */
  private static final int MAX_STEP = 8192;

  private final String handler;
  private final long timeoutNanos;
  private final LongFunction<String> describer;
  private final ControlBlock control;
  private final Completions completions;

  /** The oldest sequence that was not completed at the last look. */
  private long oldest;

  /** How long it has been that, and the time of the last look. */
  private long stoodNanos;

  private long lookedNanos;

  /** The heartbeat when it began to be that. */
  private long heartbeat;

  private long epoch;

  /**
   * @param describer how a sequence is named
   */
  Watch(
      String handler,
      long timeoutNanos,
      LongFunction<String> describer,
      ControlBlock control,
      Completions completions) {
    this.handler = handler;
    this.timeoutNanos = timeoutNanos;
    this.describer = describer;
    this.control = control;
    this.completions = completions;
    this.oldest = completions.completed();
  }

  /**
   * Looks once.
   *
   * @param nowNanos as {@link System#nanoTime} tells it
   * @param deviceEpoch as {@link RunningRing#epoch} tells it: the time before it changed counts for
   *     nothing
   * @return what hangs, or {@code null}
   */
  String look(long nowNanos, long deviceEpoch) {
    if (deviceEpoch != epoch) {
      epoch = deviceEpoch;
      stoodNanos = 0;
    }
    long head = control.acquireHead();
    long next = Math.max(oldest, completions.completed());
    for (long end = Math.min(head, next + MAX_STEP); next < end; next++) {
      if (!completions.isComplete(next)) {
        break;
      }
    }
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
    // The words were read after the watermark: a sequence that is below it by now was completed and
    // released meanwhile, and its word may be a later lap's.
    return stoodNanos <= timeoutNanos || completions.completed() > oldest ? null : describe();
  }

  private String describe() {
    String stands = " has not been completed for " + timeoutNanos / 1_000_000 + " ms, its timeout";
    return control.heartbeat() != heartbeat
        ? "handler '"
            + handler
            + "' hangs on "
            + describer.apply(oldest)
            + ", which"
            + stands
            + "; the rest of the device is alive"
        : describer.apply(oldest)
            + stands
            + ", and the device shows no sign of life: handler '"
            + handler
            + "' hangs, or all of the device";
  }
}
