package io.gpumq.api;

/**
 * Tells that GpuMQ refuses something, or has failed. The message says what was given, what is
 * allowed, and what to do.
 */
public abstract class GpuMqException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  protected GpuMqException(String message) {
    super(message);
  }

  /**
   * Makes one with a message, and what it follows from.
   *
   * @param message what was given, what is allowed, what to do
   * @param cause what this follows from
   */
  protected GpuMqException(String message, Throwable cause) {
    super(message, cause);
  }
}
