package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import java.time.Duration;
import java.util.Objects;

/**
 * Tells when a wait ends, as both tracks count it: by a difference of {@link System#nanoTime},
 * which may wrap, and a length that saturates. So a wait of any length is legal, up to for ever,
 * such as {@link java.time.temporal.ChronoUnit#FOREVER}'s. Immutable, but for {@link #restart}, by
 * which a thread uses one of its own again.
 */
public final class Deadline {
  private long startNanos;
  private long lengthNanos;

  private Deadline(long lengthNanos) {
    this.startNanos = System.nanoTime();
    this.lengthNanos = lengthNanos;
  }

  /** Returns the deadline that lies {@code wait}, zero or more, from now. */
  public static Deadline after(Duration wait) {
    return new Deadline(nanos(wait));
  }

  /**
   * Lies {@code wait}, zero or more, from now: a call that happens all the time makes none anew.
   */
  public void restart(Duration wait) {
    startNanos = System.nanoTime();
    lengthNanos = nanos(wait);
  }

  /**
   * Returns {@code wait} if a call may wait so long.
   *
   * @param what names the wait in the error, such as {@code timeout}
   * @param wait zero or more, of any length
   * @throws ConfigException if it is negative
   */
  public static Duration require(String what, Duration wait) {
    if (Objects.requireNonNull(wait, what).isNegative()) {
      throw new ConfigException(what + " " + wait + ": must be zero or more");
    }
    return wait;
  }

  /**
   * Returns a length in nanoseconds: {@link Long#MAX_VALUE}, 292 years, if it is longer, and {@link
   * Long#MIN_VALUE} if it is as far below zero.
   */
  public static long nanos(Duration length) {
    try {
      return length.toNanos();
    } catch (ArithmeticException e) {
      return length.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Returns whether the wait is over. */
  public boolean isPassed() {
    return remainingNanos() <= 0;
  }

  /**
   * Returns the nanoseconds that are left: zero or less when the wait is over, always {@link
   * Long#MAX_VALUE} of one for ever.
   */
  public long remainingNanos() {
    return lengthNanos == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : lengthNanos - (System.nanoTime() - startNanos);
  }
}
