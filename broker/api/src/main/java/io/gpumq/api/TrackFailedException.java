package io.gpumq.api;

/**
 * Tells that what carries the queue has died while it was in use: the kernel, the driver, Redis.
 * Every waiting call gets it at once. The queue can only be closed.
 *
 * <p>One call alone gets it where Redis refuses that for the moment, for want of memory, replicas
 * or connections. The message says that the queue goes on then, and the call can be made again.
 */
public class TrackFailedException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public TrackFailedException(String message) {
    super(message);
  }

  /**
   * Makes one with a message, and what it follows from.
   *
   * @param message what was given, what is allowed, what to do
   * @param cause what this follows from
   */
  public TrackFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
