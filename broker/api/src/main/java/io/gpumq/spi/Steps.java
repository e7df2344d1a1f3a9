package io.gpumq.spi;

import java.lang.reflect.UndeclaredThrowableException;

/**
 * Runs the steps of an end, each whatever the others throw. It keeps the first failure, and throws
 * it when all are done; the later ones go with it as suppressed. For one thread.
 */
public final class Steps {
  private Throwable failure;

  /** Runs one step, and keeps what it throws. Returns this. */
  public Steps run(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      add(e);
    }
    return this;
  }

  private void add(Throwable e) {
    if (failure == null) {
      failure = e;
    } else if (failure != e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Undoes what was begun, after {@code cause}: every step runs, and failures go with the cause.
   *
   * @param cause why; the caller throws it
   * @param steps in this order
   */
  public static void undo(Throwable cause, Runnable... steps) {
    Steps all = new Steps();
    all.failure = cause;
    for (Runnable step : steps) {
      all.run(step);
    }
  }

  /** Returns what failed first, or {@code null}. */
  public Throwable failure() {
    return failure;
  }

  /**
   * Throws what failed first, if anything did. A checked exception, which a step can only throw by
   * a way round the compiler, comes as the cause of an {@link UndeclaredThrowableException}.
   */
  public void finish() {
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new UndeclaredThrowableException(failure);
    }
  }
}
